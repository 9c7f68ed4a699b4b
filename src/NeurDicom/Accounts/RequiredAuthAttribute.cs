namespace NeurDicom.Accounts;

/// <summary>
/// The role that a handler's verbs require: the seeds' <c>required_auth</c>. Without methods it covers all verbs; with
/// methods it covers those, and wins over one without. HEAD counts as GET. OPTIONS is open to all.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
internal sealed class RequiredAuthAttribute(Role role, params string[] methods) : Attribute
{
    public Role Role { get; } = role;

    public IReadOnlyList<string> Methods { get; } = methods;
}

/// <summary>Says that a handler is open to callers who have not signed in; it needs a reason beside it.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class OpenToAllAttribute : Attribute;
