using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom.Json;

/// <summary>
/// Writes pieces of JSON as UTF-8. It knows no structure, so it does not check one:
/// what <c>Utf8JsonWriter</c> spends on that is more than a data set takes to parse.
/// </summary>
internal ref struct JsonOutput(IBufferWriter<byte> output)
{
    private const int Chunk = 4096;

    // What JSON asks for (RFC 8259 7), and what would end a script that someone puts the text into.
    private static readonly SearchValues<byte> Special = SearchValues.Create(SpecialBytes());

    private Span<byte> _span;
    private int _used;

    /// <summary>Hands what was written to the output; has to be called last.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _span = default;
        _used = 0;
    }

    /// <summary>Writes bytes that are JSON already.</summary>
    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        _used += json.Length;
    }

    public void Raw(byte json)
    {
        Room(1)[0] = json;
        _used++;
    }

    /// <summary>Writes a tag as eight upper-case digits.</summary>
    public void Hexadecimal(uint value)
    {
        Hexadecimal(Room(8), value);
        _used += 8;
    }

    public void Number(long number)
    {
        var isWritten = Utf8Formatter.TryFormat(number, Room(20), out var written);
        Debug.Assert(isWritten);
        _used += written;
    }

    public void Number(ulong number)
    {
        var isWritten = Utf8Formatter.TryFormat(number, Room(20), out var written);
        Debug.Assert(isWritten);
        _used += written;
    }

    /// <summary>
    /// Writes the shortest text that reads back as the same double. JSON has none for NaN and infinities: null.
    /// </summary>
    public void Number(double number)
    {
        if (!double.IsFinite(number))
        {
            Raw("null"u8);
            return;
        }

        var isWritten = number.TryFormat(Room(32), out var written, "R", CultureInfo.InvariantCulture);
        Debug.Assert(isWritten);
        _used += written;
    }

    /// <summary>Writes a string from UTF-8 that is valid.</summary>
    public void String(scoped ReadOnlySpan<byte> utf8)
    {
        Raw((byte)'"');
        Escaped(utf8);
        Raw((byte)'"');
    }

    /// <summary>Writes a part of a string from UTF-8 that is valid.</summary>
    public void Escaped(scoped ReadOnlySpan<byte> utf8)
    {
        int plain;
        while ((plain = utf8.IndexOfAny(Special)) >= 0)
        {
            Raw(utf8[..plain]);
            Escape(utf8[plain]);
            utf8 = utf8[(plain + 1)..];
        }

        Raw(utf8);
    }

    /// <summary>Starts the member of an element: <c>"GGGGEEEE":{"vr":"XX"</c>.</summary>
    public void Member(uint tag, Vr vr, bool isFirst)
    {
        if (!isFirst)
            Raw((byte)',');

        var room = Room(21);
        room[0] = (byte)'"';
        Hexadecimal(room[1..], tag);
        "\":{\"vr\":\""u8.CopyTo(room[9..]);
        room[18] = (byte)vr;
        room[19] = (byte)((ushort)vr >> 8);
        room[20] = (byte)'"';
        _used += 21;
    }

    /// <summary>Writes a string of bytes in base 64.</summary>
    public void Base64String(scoped ReadOnlySpan<byte> bytes)
    {
        var room = Room(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        room[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, room[1..], out _, out var written);
        room[written + 1] = (byte)'"';
        _used += written + 2;
    }

    /// <summary>
    /// Writes the text of a DS or IS as a number, with all its digits, or as a string where it is none
    /// (<see cref="DicomJsonWriter"/> has the reasons).
    /// </summary>
    public void NumberText(scoped ReadOnlySpan<byte> text)
    {
        if (IsJsonNumber(text))
            Raw(text);
        else if (DecimalString.TryParse(text, out var number))
            Number(number);
        else
            String(text);
    }

    /// <summary>Whether text is a JSON number (RFC 8259 6) that no reader overflows on.</summary>
    private static bool IsJsonNumber(ReadOnlySpan<byte> text)
    {
        var i = text.Length > 0 && text[0] == '-' ? 1 : 0;
        var whole = Digits(text, i);
        if (whole == 0 || (whole > 1 && text[i] == '0') || text.Length > 64)
            return false;

        i += whole;
        if (i < text.Length && text[i] == '.')
        {
            var fraction = Digits(text, i + 1);
            if (fraction == 0)
                return false;
            i += fraction + 1;
        }

        if (i < text.Length && text[i] is (byte)'e' or (byte)'E')
            return DecimalString.IsNumber(text) && DecimalString.TryParse(text, out _);

        return i == text.Length;
    }

    private static int Digits(ReadOnlySpan<byte> text, int start)
    {
        var i = start;
        while (i < text.Length && (uint)(text[i] - '0') <= 9)
            i++;
        return i - start;
    }

    private static void Hexadecimal(Span<byte> room, uint value)
    {
        for (var i = 7; i >= 0; i--, value >>= 4)
            room[i] = "0123456789ABCDEF"u8[(int)(value & 15)];
    }

    private void Escape(byte b)
    {
        switch (b)
        {
            case (byte)'"':
                Raw("\\\""u8);
                break;
            case (byte)'\\':
                Raw("\\\\"u8);
                break;
            case (byte)'\r':
                Raw("\\r"u8);
                break;
            case (byte)'\n':
                Raw("\\n"u8);
                break;
            case (byte)'\t':
                Raw("\\t"u8);
                break;
            default:
                Raw("\\u00"u8);
                Raw("0123456789ABCDEF"u8[b >> 4]);
                Raw("0123456789ABCDEF"u8[b & 15]);
                break;
        }
    }

    private Span<byte> Room(int length)
    {
        if (_span.Length - _used < length)
        {
            output.Advance(_used);
            _span = output.GetSpan(Math.Max(length, Chunk));
            _used = 0;
        }

        return _span[_used..];
    }

    private static byte[] SpecialBytes()
    {
        var bytes = new List<byte>("\"\\<>&"u8.ToArray());
        for (byte control = 0; control < 0x20; control++)
            bytes.Add(control);
        return [.. bytes];
    }
}
