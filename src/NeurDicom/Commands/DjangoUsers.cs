using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeurDicom.Commands;

/// <summary>A row of a Django user table.</summary>
/// <param name="Where">Where in the file, for messages.</param>
/// <param name="Problem">Why it cannot be used, or null.</param>
internal sealed record DjangoUser(
    string Where, string Email, string Name, string Surname, string Password, bool IsActive, bool IsAdmin,
    string? Problem = null);

/// <summary>
/// Reads a Django user table: <c>manage.py dumpdata</c> (a JSON array, or an object a line),
/// PostgreSQL's <c>COPY</c> as pg_dump writes it, or CSV with a header (RFC 4180).
/// The original's columns are email, name, surname, is_active, is_staff, is_superuser and password;
/// those of Django's own user are taken too.
/// </summary>
internal static class DjangoUsers
{
    private const long LargestFile = 64 << 20;
    private const int MostRows = 100_000;

    private static readonly char[] Separators = [',', ';', '\t'];

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The rows, or what is wrong with the file as a whole.</summary>
    public static (IReadOnlyList<DjangoUser> Rows, string? Problem) Read(string file)
    {
        if (!File.Exists(file))
            return ([], $"{file}: there is no such file.");

        string text;
        try
        {
            if (ReadBytes(file) is not { } bytes)
                return ([], $"{file}: more than 64 MiB is no table of users.");
            text = StrictUtf8.GetString(bytes.Span).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return ([], $"{file}: this is not UTF-8.");
        }

        try
        {
            var rows = Parse(text).Take(MostRows + 1).ToList();
            return rows.Count switch
            {
                0 => ([], $"{file}: no users were found. It may be manage.py dumpdata, pg_dump with COPY, "
                    + "or CSV with a header."),
                > MostRows => ([], $"{file}: more than {MostRows} rows."),
                _ => (rows, null),
            };
        }
        catch (JsonException e)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{file}, line {(e.LineNumber ?? 0) + 1}");
            return ([], $"{line}: this is not JSON.");
        }
    }

    // A device has no length that could be asked for.
    private static ReadOnlyMemory<byte>? ReadBytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        var piece = new byte[64 << 10];
        while (stream.Read(piece) is > 0 and var read)
        {
            bytes.Write(piece, 0, read);
            if (bytes.Length > LargestFile)
                return null;
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    internal static IEnumerable<DjangoUser> Parse(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.StartsWith("["))
            return ParseArray(text);
        if (start.StartsWith("{"))
            return ParseLines(text);
        return text.Contains("\nCOPY ", StringComparison.Ordinal) || text.StartsWith("COPY ", StringComparison.Ordinal)
            ? ParseCopy(text)
            : ParseCsv(text);
    }

    private static List<DjangoUser> ParseArray(string text)
    {
        using var document = JsonDocument.Parse(text);
        var entries = document.RootElement.EnumerateArray().Select((entry, i) => OfEntry(entry, i + 1));
        return [.. entries.OfType<DjangoUser>()];
    }

    private static IEnumerable<DjangoUser> ParseLines(string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            if (OfEntry(document.RootElement, ++number) is { } user)
                yield return user;
        }
    }

    // {"model": "core.user", "pk": 1, "fields": {…}}; other models stand in the same file.
    private static DjangoUser? OfEntry(JsonElement entry, int number)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.String
            || !IsText(model) || !model.GetString()!.EndsWith(".user", StringComparison.OrdinalIgnoreCase)
            || !entry.TryGetProperty("fields", out var fields) || fields.ValueKind != JsonValueKind.Object)
            return null;

        var where = string.Create(CultureInfo.InvariantCulture, $"entry {number}");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in fields.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.String && !IsText(field.Value))
                return Refused(where, "a value is no Unicode.");
            if (field.Value.ValueKind is JsonValueKind.String
                or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number)
            {
                values[field.Name] = field.Value.ToString();
            }
        }

        return OfValues(where, values);
    }

    // The parser takes half a surrogate pair; reading it throws.
    private static bool IsText(JsonElement value)
    {
        try
        {
            _ = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static IEnumerable<DjangoUser> ParseCopy(string text)
    {
        string[]? columns = null;
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (columns is null)
            {
                columns = ReadCopyColumns(line);
                continue;
            }

            if (line == @"\.")
            {
                columns = null;
                continue;
            }

            // Of the tables of a whole dump, only one holds users.
            if (!IsUserTable(columns))
                continue;
            var where = string.Create(CultureInfo.InvariantCulture, $"line {number}");
            var values = line.Split('\t');
            yield return values.Length == columns.Length
                ? OfValues(where, columns, [.. values.Select(Unescape)])
                : Refused(where, "the number of values is not that of the columns.");
        }
    }

    // COPY public.core_user (id, password, …) FROM stdin;
    private static string[]? ReadCopyColumns(string line)
    {
        if (!line.StartsWith("COPY ", StringComparison.Ordinal)
            || !line.EndsWith(" FROM stdin;", StringComparison.Ordinal))
            return null;
        var (open, close) = (line.IndexOf('(', StringComparison.Ordinal), line.LastIndexOf(')'));
        return open < 0 || close < open
            ? null
            : [.. line[(open + 1)..close].Split(',').Select(column => column.Trim().Trim('"'))];
    }

    // postgresql.org, COPY, "Text Format"; NULL is \N.
    private static string? Unescape(string value)
    {
        if (value == @"\N")
            return null;
        if (!value.Contains('\\', StringComparison.Ordinal))
            return value;
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\' || i + 1 == value.Length)
            {
                text.Append(value[i]);
                continue;
            }

            text.Append(value[++i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\v',
                var c => c,
            });
        }

        return text.ToString();
    }

    private static IEnumerable<DjangoUser> ParseCsv(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var header = end < 0 ? text : text[..end];
        var separator = Separators.MaxBy(c => header.Count(each => each == c));
        string[]? columns = null;
        var number = 0;
        foreach (var values in CsvText.Read(text, separator))
        {
            number++;
            if (columns is null)
            {
                columns = [.. values.Select(value => value.Trim().ToLowerInvariant())];
                if (!IsUserTable(columns))
                    yield break;
                continue;
            }

            if (values is [""])
                continue;
            var where = string.Create(CultureInfo.InvariantCulture, $"row {number}");
            yield return values.Count == columns.Length
                ? OfValues(where, columns, values)
                : Refused(where, "the number of values is not that of the columns.");
        }
    }

    private static bool IsUserTable(string[] columns) =>
        columns.Contains("password") && (columns.Contains("email") || columns.Contains("username"));

    private static DjangoUser OfValues(string where, string[] columns, IReadOnlyList<string?> values)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < columns.Length; i++)
        {
            if (values[i] is { } value)
                named[columns[i]] = value;
        }

        return OfValues(where, named);
    }

    private static DjangoUser OfValues(string where, Dictionary<string, string> values)
    {
        var email = Text("email", "username");
        if (email.Length == 0)
            return Refused(where, "it has no email, which is the sign-in name.");
        if (Flag("is_active", true) is not { } isActive || Flag("is_staff", false) is not { } isStaff
            || Flag("is_superuser", false) is not { } isSuperuser)
            return Refused(where, "is_active, is_staff or is_superuser is neither true nor false.");
        return new DjangoUser(
            where, email, Text("name", "first_name"), Text("surname", "last_name"), Text("password"),
            isActive, isStaff || isSuperuser);

        string Text(params string[] names) =>
            names.Select(name => values.GetValueOrDefault(name)).FirstOrDefault(value => !string.IsNullOrEmpty(value))
                ?? "";

        bool? Flag(string name, bool standard) => values.GetValueOrDefault(name)?.ToLowerInvariant() switch
        {
            null or "" => standard,
            "t" or "true" or "1" or "yes" => true,
            "f" or "false" or "0" or "no" => false,
            _ => null,
        };
    }

    private static DjangoUser Refused(string where, string problem) =>
        new(where, "", "", "", "", false, false, problem);
}
