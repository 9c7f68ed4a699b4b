using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace NeurDicom;

/// <summary>
/// Reads <see cref="Settings"/> from its three sources and names everything that is wrong with them at once. What they
/// must be is checked in <c>SettingsReader.Checks.cs</c>.
/// </summary>
internal static partial class SettingsReader
{
    public const string EnvironmentPrefix = "NEURDICOM_";
    public const string FileName = "settings.json";

    // Read once by other parts and never kept, so they are no settings.
    private static readonly string[] OtherVariables = ["NEURDICOM_ADMIN_PASSWORD", "NEURDICOM_CERTIFICATE_PASSWORD"];

    private static readonly Dictionary<string, PropertyInfo> Properties = typeof(Settings).GetProperties()
        .Where(property => property.IsDefined(typeof(SettingAttribute)))
        .ToDictionary(property => SnakeCase(property.Name), StringComparer.Ordinal);

    /// <summary>Every setting in the order of <see cref="Settings"/>.</summary>
    public static IReadOnlyList<Setting> All { get; } = Describe();

    /// <summary>Reads the settings, or returns null and says in <paramref name="errors"/> all that is wrong.</summary>
    /// <param name="arguments"><c>--name value</c>, <c>--name=value</c>, and <c>--name</c> alone for a switch.</param>
    /// <param name="environment">The process's environment.</param>
    public static Settings? Read(
        IReadOnlyList<string> arguments, IDictionary environment, out IReadOnlyList<string> errors)
    {
        var problems = new List<string>();
        var settings = new Settings();
        var commandLine = ReadArguments(arguments, problems);
        var variables = ReadEnvironment(environment, problems);

        // Where the file lies is itself a setting, so that one is looked up first.
        var folder = commandLine.TryGetValue("data", out var given) || variables.TryGetValue("data", out given)
            ? given.Text
            : settings.Data;
        var values = ReadFile(Path.Combine(folder, FileName), problems);
        foreach (var (name, value) in variables.Concat(commandLine))
            values[name] = value;

        foreach (var (name, value) in values)
            Set(settings, name, value, problems);
        Check(settings, values, problems);
        errors = problems;
        return problems.Count == 0 ? settings : null;
    }

    private static Dictionary<string, Given> ReadArguments(IReadOnlyList<string> arguments, List<string> problems)
    {
        var values = new Dictionary<string, Given>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                problems.Add($"'{argument}' is not a setting; settings are written --name value.");
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            // Tornado takes --rest-port for --rest_port too.
            var name = (equals < 0 ? argument[2..] : argument[2..equals]).Replace('-', '_');
            var source = "--" + name;
            if (!Properties.TryGetValue(name, out var property))
            {
                problems.Add($"{source}: there is no such setting.{Suggest(name)}");
                if (equals < 0 && i + 1 < arguments.Count && !IsOption(arguments[i + 1]))
                    i++;
            }
            else if (equals >= 0)
            {
                values[name] = new Given(source, argument[(equals + 1)..]);
            }
            else if (i + 1 < arguments.Count && !IsOption(arguments[i + 1])
                && (property.PropertyType != typeof(bool) || ReadSwitch(arguments[i + 1]) is not null))
            {
                values[name] = new Given(source, arguments[++i]);
            }
            else if (property.PropertyType == typeof(bool))
            {
                values[name] = new Given(source, "true");
            }
            else
            {
                problems.Add($"{source} needs a value.");
            }
        }

        return values;
    }

    private static bool IsOption(string argument)
    {
        return argument.StartsWith("--", StringComparison.Ordinal);
    }

    private static Dictionary<string, Given> ReadEnvironment(IDictionary environment, List<string> problems)
    {
        var values = new Dictionary<string, Given>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in environment)
        {
            if (entry.Key is not string key || !key.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)
                || OtherVariables.Contains(key))
            {
                continue;
            }

            var name = key[EnvironmentPrefix.Length..].ToLowerInvariant();
            if (Properties.ContainsKey(name))
                values[name] = new Given(key, (string?)entry.Value ?? "");
            else
                problems.Add($"{key} in the environment: there is no such setting.{Suggest(name)}");
        }

        return values;
    }

    private static Dictionary<string, Given> ReadFile(string path, List<string> problems)
    {
        var values = new Dictionary<string, Given>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return values;
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file, new JsonDocumentOptions
            {
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
            });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{path}: expected an object of settings.");
                return values;
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                var source = $"{member.Name} in {path}";
                if (member.Name == "data")
                    problems.Add($"{source}: the data folder cannot be set by a file that lies in it.");
                else if (!Properties.ContainsKey(member.Name))
                    problems.Add($"{source}: there is no such setting.{Suggest(member.Name)}");
                else if (member.Value.ValueKind == JsonValueKind.Object)
                    problems.Add($"{source}: expected a single value.");
                else if (member.Value.ValueKind == JsonValueKind.Array)
                    values[member.Name] = new Given(source, string.Join(',', member.Value.EnumerateArray()));
                else if (member.Value.ValueKind != JsonValueKind.Null)
                    values[member.Name] = new Given(source, member.Value.ToString());
            }
        }
        catch (JsonException e)
        {
            // What the reader says counts from 0 and quotes single bytes.
            var line = (e.LineNumber ?? 0) + 1;
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}, line {line}: this is not JSON; look there, or at the end of the line before, "
                + $"for a missing quotation mark, comma or brace."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{path}: {e.Message}");
        }

        return values;
    }

    private static void Set(Settings settings, string name, Given given, List<string> problems)
    {
        var property = Properties[name];
        if (Convert(property, given.Text.Trim(), out var expected) is { } value)
            property.SetValue(settings, value);
        else
            problems.Add($"{given.Source}: '{given.Text}' is not {expected}.");
    }

    private static object? Convert(PropertyInfo property, string text, out string expected)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(string))
        {
            expected = "text";
            return text;
        }

        if (type == typeof(bool))
        {
            expected = "true or false";
            return ReadSwitch(text);
        }

        if (property.IsDefined(typeof(SizeAttribute)))
        {
            expected = "a size such as 512MiB or 8GiB";
            return ReadSize(text);
        }

        if (type == typeof(int))
        {
            expected = "a whole number";
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        }

        if (type.IsEnum)
        {
            expected = "one of " + string.Join(", ", Enum.GetNames(type)).ToLowerInvariant();
            return !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse(type, text, true, out var member)
                && Enum.IsDefined(type, member) && !char.IsAsciiDigit(text[0])
                ? member
                : null;
        }

        expected = "a list separated by commas";
        return text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static bool? ReadSwitch(string text)
    {
        // Tornado's options take the same words (tornado/options.py _parse_bool).
        return text.ToLowerInvariant() switch
        {
            "true" or "t" or "1" or "yes" or "on" => true,
            "false" or "f" or "0" or "no" or "off" => false,
            _ => null,
        };
    }

    /// <summary>
    /// Reads <c>1024</c>, <c>16KiB</c>, <c>8 GiB</c>, <c>10GB</c>; null where it is none of these or too large.
    /// </summary>
    public static long? ReadSize(string text)
    {
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
            digits++;
        long? unit = text[digits..].TrimStart().ToLowerInvariant() switch
        {
            "" or "b" => 1,
            "kib" or "k" => 1L << 10,
            "mib" or "m" => 1L << 20,
            "gib" or "g" => 1L << 30,
            "tib" or "t" => 1L << 40,
            "kb" => 1000,
            "mb" => 1000_000,
            "gb" => 1000_000_000,
            "tb" => 1000_000_000_000,
            _ => null,
        };
        return unit is { } factor
            && decimal.TryParse(
                text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue / factor
            ? (long)(number * factor)
            : null;
    }

    private static List<Setting> Describe()
    {
        var defaults = new Settings();
        var all = new List<Setting>();
        foreach (var (name, property) in Properties)
        {
            var value = property.GetValue(defaults);
            var text = value switch
            {
                null => "off",
                long bytes when property.IsDefined(typeof(SizeAttribute)) => FormatSize(bytes),
                bool flag => flag ? "true" : "false",
                Enum member => member.ToString().ToLowerInvariant(),
                IReadOnlyList<string> list => string.Join(',', list),
                _ => System.Convert.ToString(value, CultureInfo.InvariantCulture)!, // Not null: value is not.
            };
            all.Add(new Setting(
                name,
                property.GetCustomAttribute<SettingAttribute>()!.Summary, // Only marked properties are in the table.
                text,
                property.PropertyType == typeof(bool),
                property.IsDefined(typeof(SizeAttribute))));
        }

        return all;
    }

    private static string FormatSize(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        while (bytes >= 1024 && bytes % 1024 == 0 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + units[unit];
    }

    private static string Suggest(string name)
    {
        var near = Properties.Keys.Where(known => Distance(known, name) <= 2).MinBy(known => Distance(known, name));
        return near is null ? "" : $" Is {near} meant?";
    }

    /// <summary>Levenshtein's distance: how many characters differ.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>A value as it was written, and where.</summary>
    private sealed record Given(string Source, string Text);
}
