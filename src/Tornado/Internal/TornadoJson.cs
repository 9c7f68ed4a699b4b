using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tornado.Internal;

/// <summary>
/// JSON as Python's <c>json.dumps</c> and Tornado's <c>json_encode</c> write it: blanks behind comma and colon,
/// everything
/// beyond ASCII escaped, <c>&lt;/</c> escaped, floats in Python's shortest form. System.Text.Json cannot write it.
/// </summary>
internal static class TornadoJson
{
    private const int MaxDepth = 64;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    // What may stand in a JSON text as it is; the slash only where no < is before it.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(c => (char)c).Where(c => c is not ('"' or '\\' or '/'))]);

    public static bool IsDictionary(object value) => value is IDictionary or IEnumerable<KeyValuePair<string, object?>>
        || value.GetType().GetInterfaces().Any(i => i.IsGenericType
            && i.GetGenericTypeDefinition() is var g
                && (g == typeof(IReadOnlyDictionary<,>) || g == typeof(IDictionary<,>)));

    public static void Write(object? value, OutputBuffer output, JsonSerializerOptions options)
        => Write(value, output, options, 0);

    private static void Write(object? value, OutputBuffer output, JsonSerializerOptions options, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidOperationException($"The object to write as JSON is nested deeper than {MaxDepth}.");
        switch (value)
        {
            case null:
                output.Write("null"u8);
                break;
            case bool truth:
                output.Write(truth ? "true"u8 : "false"u8);
                break;
            case string text:
                WriteText(text, output);
                break;
            case double number:
                output.WriteUtf8(FloatText(number));
                break;
            case float number:
                // Through its own shortest digits: as a double 0.1f would be 0.10000000149011612.
                output.WriteUtf8(FloatText(double.Parse(number.ToString("R", Invariant), Invariant)));
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or decimal
                or System.Numerics.BigInteger:
                output.WriteUtf8(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case IDictionary map:
                WriteMap(map.Keys.Cast<object>().Select(k => (Key(k), map[k])), output, options, depth);
                break;
            case IEnumerable<KeyValuePair<string, object?>> map:
                WriteMap(map.Select(p => (p.Key, p.Value)), output, options, depth);
                break;
            case IEnumerable list when !IsDictionary(value) && value is not (byte[] or JsonNode):
                WriteList(list, output, options, depth);
                break;
            default:
                Reformat(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options), output);
                break;
        }
    }

    private static string Key(object key) => key switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        double number => FloatText(number),
        _ => Convert.ToString(key, CultureInfo.InvariantCulture) ?? "",
    };

    private static void WriteMap(
        IEnumerable<(string Key, object? Value)> map, OutputBuffer output, JsonSerializerOptions options, int depth)
    {
        var first = true;
        output.Write("{"u8);
        foreach (var (key, value) in map)
        {
            if (!first)
                output.Write(", "u8);
            first = false;
            WriteText(key, output);
            output.Write(": "u8);
            Write(value, output, options, depth + 1);
        }
        output.Write("}"u8);
    }

    private static void WriteList(IEnumerable list, OutputBuffer output, JsonSerializerOptions options, int depth)
    {
        var first = true;
        output.Write("["u8);
        foreach (var value in list)
        {
            if (!first)
                output.Write(", "u8);
            first = false;
            Write(value, output, options, depth + 1);
        }
        output.Write("]"u8);
    }

    /// <summary>Writes compact JSON again in Tornado's form.</summary>
    private static void Reformat(ReadOnlySpan<byte> json, OutputBuffer output)
    {
        var reader = new Utf8JsonReader(json);
        var before = JsonTokenType.None;
        while (reader.Read())
        {
            var closes = reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
            var follows = before
                is not (JsonTokenType.None or JsonTokenType.StartArray or JsonTokenType.StartObject
                    or JsonTokenType.PropertyName);
            if (follows && !closes)
                output.Write(", "u8);
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    WriteText(reader.GetString() ?? "", output);
                    output.Write(": "u8);
                    break;
                case JsonTokenType.String:
                    WriteText(reader.GetString() ?? "", output);
                    break;
                default:
                    output.Write(reader.ValueSpan);
                    break;
            }
            before = reader.TokenType;
        }
    }

    private static void WriteText(ReadOnlySpan<char> text, OutputBuffer output)
    {
        output.Write("\""u8);
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(Plain);
            if (run < 0)
                run = text.Length;
            output.WriteUtf8(text[..run]);
            if (run == text.Length)
                break;

            var c = text[run];
            switch (c)
            {
                case '"' or '\\':
                    output.Write([(byte)'\\', (byte)c]);
                    break;
                case '/':
                    output.Write(run > 0 && text[run - 1] == '<' ? "\\/"u8 : "/"u8);
                    break;
                case '\n':
                    output.Write("\\n"u8);
                    break;
                case '\r':
                    output.Write("\\r"u8);
                    break;
                case '\t':
                    output.Write("\\t"u8);
                    break;
                case '\b':
                    output.Write("\\b"u8);
                    break;
                case '\f':
                    output.Write("\\f"u8);
                    break;
                default:
                    output.WriteUtf8($"\\u{(int)c:x4}");
                    break;
            }
            text = text[(run + 1)..];
        }
        output.Write("\""u8);
    }

    /// <summary>
    /// Python's <c>repr</c> of a float: the shortest digits, an exponent from 1e16 on and below 1e-4.
    /// </summary>
    private static string FloatText(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "Infinity" : "-Infinity";

        // "E16" gives no shortest digits; "R" does, and is taken apart.
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0 && Math.Abs(value) is 0 or (>= 1e-4 and < 1e16))
            return text.Contains('.') ? text : text + ".0";

        var negative = text[0] == '-';
        var mantissa = (e < 0 ? text : text[..e]).TrimStart('-');
        var exponent = e < 0
            ? 0
            : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits[zeros..].TrimEnd('0');
        exponent -= zeros;
        Debug.Assert(digits.Length > 0, "Zero has been answered above.");

        var sign = negative ? "-" : "";
        if (exponent is >= 0 and < 16)
        {
            return digits.Length > exponent + 1
                ? $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}"
                : $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        }
        var fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
    }
}
