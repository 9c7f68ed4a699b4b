using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;

namespace NeurDicom.Index;

/// <summary>
/// Writes rows as compact JSON. It does what <see cref="System.Text.Json.Utf8JsonWriter"/> does for names that need no
/// escape and values that rarely do, and nothing else: of a list of studies that one took two thirds of the time.
/// What is escaped is the same, <see cref="RowJson.Options"/>.
/// </summary>
internal sealed class JsonOutput : IDisposable
{
    private static readonly JavaScriptEncoder Encoder = RowJson.Options.Encoder!; // Not null: set there.

    // What the encoder leaves as it is, as far as it is ASCII.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Where(c => !Encoder.WillEncode(c)).Select(c => (byte)c)]);

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 << 10);
    private int _length;
    private bool _needsComma;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void WriteStartObject() => Begin((byte)'{');

    public void WriteEndObject() => End((byte)'}');

    public void WriteStartArray() => Begin((byte)'[');

    public void WriteEndArray() => End((byte)']');

    public void WriteStartObject(ReadOnlySpan<byte> name)
    {
        WritePropertyName(name);
        Begin((byte)'{');
    }

    public void WriteStartArray(ReadOnlySpan<byte> name)
    {
        WritePropertyName(name);
        Begin((byte)'[');
    }

    /// <param name="name">Copied as it is.</param>
    public void WritePropertyName(ReadOnlySpan<byte> name)
    {
        var target = Reserve(name.Length + 4);
        var at = 0;
        if (_needsComma)
            target[at++] = (byte)',';
        target[at++] = (byte)'"';
        name.CopyTo(target[at..]);
        at += name.Length;
        target[at++] = (byte)'"';
        target[at++] = (byte)':';
        _length += at;
        _needsComma = false;
    }

    public void WriteNull(ReadOnlySpan<byte> name)
    {
        WritePropertyName(name);
        "null"u8.CopyTo(Reserve(4));
        _length += 4;
        _needsComma = true;
    }

    public void WriteNumber(ReadOnlySpan<byte> name, long value)
    {
        WritePropertyName(name);
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _length += written;
        _needsComma = true;
    }

    public void WriteString(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        WritePropertyName(name);
        WriteStringValue(value);
    }

    public void WriteString(ReadOnlySpan<byte> name, string value)
    {
        WriteString(name, System.Text.Encoding.UTF8.GetBytes(value));
    }

    public void WriteStringValue(ReadOnlySpan<byte> value)
    {
        // An escape has six characters, of a character beyond U+FFFF twelve for its four bytes.
        var isPlain = value.IndexOfAnyExcept(Plain) < 0;
        var target = Reserve(3 + (isPlain ? value.Length : 6 * value.Length));
        var at = 0;
        if (_needsComma)
            target[at++] = (byte)',';
        target[at++] = (byte)'"';
        if (isPlain)
        {
            value.CopyTo(target[at..]);
            at += value.Length;
        }
        else
        {
            Encoder.EncodeUtf8(value, target[at..], out _, out var written);
            at += written;
        }

        target[at++] = (byte)'"';
        _length += at;
        _needsComma = true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Begin(byte bracket)
    {
        var target = Reserve(2);
        if (_needsComma)
        {
            target[0] = (byte)',';
            target = target[1..];
            _length++;
        }

        target[0] = bracket;
        _length++;
        _needsComma = false;
    }

    private void End(byte bracket)
    {
        Reserve(1)[0] = bracket;
        _length++;
        _needsComma = true;
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + length, 2 * _bytes.Length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(_length);
    }
}
