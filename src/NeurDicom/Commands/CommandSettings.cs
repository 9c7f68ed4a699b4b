using System.Collections;
using System.CommandLine;

namespace NeurDicom.Commands;

/// <summary>The options that stand for settings, and how a command reads its settings from them.</summary>
internal static class CommandSettings
{
    /// <summary>One option for a setting, in Tornado's spelling (<c>--rest_port</c>), and with hyphens too.</summary>
    public static Option<string?> CreateOption(Setting setting)
    {
        var name = "--" + setting.Name;
        var hyphens = name.Replace('_', '-');
        var value = setting.Default.Length == 0 ? "nothing" : setting.Default;
        return new Option<string?>(name, hyphens == name ? [] : [hyphens])
        {
            Description = $"{setting.Summary} [{value}]",
            HelpName = setting.IsSwitch ? "true|false" : setting.IsSize ? "size" : "value",
            Arity = setting.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
    }

    /// <summary>The option that every command has which works on an archive.</summary>
    public static Option<string?> CreateDataOption() =>
        CreateOption(SettingsReader.All.Single(setting => setting.Name == "data"));

    /// <summary>Reads the settings, or prints all that is wrong with them and returns null.</summary>
    public static Settings? Read(ParseResult parsed, IEnumerable<Option<string?>> options, IDictionary environment)
    {
        var arguments = new List<string>();
        foreach (var option in options)
        {
            if (parsed.GetResult(option) is { Implicit: false })
                arguments.Add($"{option.Name}={parsed.GetValue(option) ?? "true"}");
        }

        var settings = SettingsReader.Read(arguments, environment, out var errors);
        foreach (var error in errors)
            parsed.InvocationConfiguration.Error.WriteLine($"neurdicom: {error}");
        return settings;
    }
}
