namespace NeurDicom;

/// <summary>Marks a property of <see cref="Settings"/> that can be set, with the sentence that help prints.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string summary) : Attribute
{
    public string Summary { get; } = summary;
}

/// <summary>A size in bytes, written as a number or with a unit.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SizeAttribute(long maximum = long.MaxValue) : Attribute
{
    public long Maximum { get; } = maximum;
}

/// <summary>One setting as the command line, the environment and help see it.</summary>
internal sealed record Setting(string Name, string Summary, string Default, bool IsSwitch, bool IsSize);
