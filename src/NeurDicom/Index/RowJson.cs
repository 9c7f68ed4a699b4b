using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace NeurDicom.Index;

/// <summary>Columns as members of a JSON object, without a string in between.</summary>
internal static class RowJson
{
    /// <summary>
    /// Text as it is, and only what could be taken for HTML escaped: a patient's name must not become markup in a
    /// client that pastes it (the default would also write every Chinese character as six).
    /// </summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        SkipValidation = true,
    };

    public static void WriteText(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        if (row.IsNull(column))
            json.WriteNull(name);
        else
            json.WriteString(name, row.Bytes(column));
    }

    public static void WriteNumber(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        if (row.IsNull(column))
            json.WriteNull(name);
        else
            json.WriteNumber(name, row.Int64(column));
    }

    /// <summary>
    /// A DA value (PS3.5 6.2) as <c>2026-01-31</c>, null where it is empty, as it stands where it is no day.
    /// </summary>
    public static void WriteDay(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        var day = row.Bytes(column);
        if (day.IsEmpty)
        {
            json.WriteNull(name);
        }
        else if (day.Length == 8 && !day.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            Span<byte> text =
            [
                day[0], day[1], day[2], day[3], (byte)'-', day[4], day[5], (byte)'-', day[6], day[7],
            ];
            json.WriteString(name, text);
        }
        else
        {
            json.WriteString(name, day);
        }
    }

    /// <summary>
    /// A TM value (PS3.5 6.2) as <c>09:05:41.5</c>, null where it is empty, as it stands where it is no time.
    /// </summary>
    public static void WriteTime(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        var time = row.Bytes(column);
        var digits = time.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var whole = digits < 0 ? time.Length : digits;
        if (time.IsEmpty)
        {
            json.WriteNull(name);
        }
        else if (whole == 6 && time.Length <= 13 && (whole == time.Length || time[6] == '.'))
        {
            Span<byte> text = stackalloc byte[16];
            time[..2].CopyTo(text);
            text[2] = (byte)':';
            time[2..4].CopyTo(text[3..]);
            text[5] = (byte)':';
            time[4..].CopyTo(text[6..]);
            json.WriteString(name, text[..(time.Length + 2)]);
        }
        else
        {
            json.WriteString(name, time);
        }
    }

    /// <summary>Several values as the original printed them, Python's <c>['0.78', '0.78']</c>; one as it is.</summary>
    public static void WritePythonList(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        var text = row.Bytes(column);
        if (row.IsNull(column) || text.IsEmpty)
        {
            json.WriteNull(name);
        }
        else if (!text.Contains((byte)'\\'))
        {
            json.WriteString(name, text);
        }
        else
        {
            var values = System.Text.Encoding.UTF8.GetString(text).Split('\\', StringSplitOptions.TrimEntries);
            json.WriteString(name, $"['{string.Join("', '", values)}']");
        }
    }

    public static void WriteHex(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        Span<byte> text = stackalloc byte[64];
        Convert.TryToHexStringLower(row.Bytes(column), text, out var written);
        json.WriteString(name, text[..written]);
    }

    /// <summary>Milliseconds since 1970 as <c>2026-01-31T09:05:41.123Z</c>.</summary>
    public static void WriteInstant(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        Span<byte> text = stackalloc byte[32];
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(column));
        instant.TryFormat(text, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        json.WriteString(name, text[..written]);
    }

    /// <summary>Values joined by backslashes as an array.</summary>
    public static void WriteValues(this JsonOutput json, ReadOnlySpan<byte> name, in Rows row, int column)
    {
        json.WriteStartArray(name);
        var values = row.Bytes(column);
        foreach (var range in values.Split((byte)'\\'))
        {
            if (!values[range].IsEmpty)
                json.WriteStringValue(values[range]);
        }

        json.WriteEndArray();
    }
}
