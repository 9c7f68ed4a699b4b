using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace NeurDicom.Browse;

/// <summary>
/// The original's form of a data set: an object with the elements' names as keys, plain values, several values as an
/// array, a sequence as an array of such objects. An empty element is <c>""</c>, an empty sequence <c>[]</c>; a name in
/// several alphabets is one text again (PS3.5 6.2.1.1); what is too large to stand here is an object with its
/// <c>BulkDataURI</c>. Pixel data is left out, as in the original.
/// <para>
/// It is made in one pass over the DICOM JSON (PS3.18 F.2) that lies ready beside the file.
/// Numbers and texts are copied as they stand there, escapes included. Elements are written as they come, and put in
/// order at the end of their data set, behind what was written, from where they are moved to their place.
/// </para>
/// </summary>
internal ref struct NamedTags
{
    private const uint SpecificCharacterSet = 0x00080005;
    private const uint PixelData = 0x7FE00010;
    private const uint FloatPixelData = 0x7FE00008;
    private const uint DoubleFloatPixelData = 0x7FE00009;

    // A list that one enormous header made long is not kept.
    private const int MostSpareElements = 8192;

    [ThreadStatic]
    private static List<Element>? _spareElements;

    private readonly string? _characterSet;
    private readonly List<Element> _elements;
    private CompactJson _json;
    private byte[] _text;
    private int _length;

    private NamedTags(ReadOnlySpan<byte> dicomJson, string? characterSet)
    {
        _characterSet = characterSet;
        _json = new CompactJson(dicomJson);
        _elements = _spareElements ?? new List<Element>(256);
        _spareElements = null;
        _text = LargeBuffers.Rent((3 * dicomJson.Length) + 256);
    }

    /// <param name="dicomJson">As <see cref="Dicom.Json.DicomJsonWriter"/> writes it.</param>
    /// <param name="characterSet">
    /// What the file's Specific Character Set says; DICOM JSON has its own there. Null where it is not known.
    /// </param>
    /// <exception cref="InvalidDataException">It is not as it is written here.</exception>
    public static byte[] Make(ReadOnlySpan<byte> dicomJson, string? characterSet)
    {
        var tags = new NamedTags(dicomJson, characterSet);
        var text = tags.Make().ToArray();
        LargeBuffers.Return(tags._text);
        return text;
    }

    /// <summary>
    /// As <see cref="Make(ReadOnlySpan{byte}, string?)"/>, for an answer so large that a copy of it counts.
    /// </summary>
    public static ReadOnlyMemory<byte> MakeLarge(ReadOnlySpan<byte> dicomJson, string? characterSet)
    {
        var tags = new NamedTags(dicomJson, characterSet);
        return tags.Make();
    }

    private ReadOnlyMemory<byte> Make()
    {
        WriteDataSet(isNested: false);
        _elements.Clear();
        if (_elements.Capacity <= MostSpareElements)
            _spareElements = _elements;
        return _text.AsMemory(0, _length);
    }

    private void WriteDataSet(bool isNested)
    {
        var begin = _length;
        var first = _elements.Count;
        Dictionary<uint, string>? creators = null;
        var members = _json.BeginObject();
        while (_json.NextMember(ref members, out var key))
        {
            if (!uint.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag)
                || tag is PixelData or FloatPixelData or DoubleFloatPixelData)
            {
                _json.Skip();
                continue;
            }

            var start = _length;
            var name = NameOf(tag, creators);
            Add(name.Member);
            var value = _length;
            WriteValue();
            if (tag == SpecificCharacterSet && !isNested && _characterSet is not null)
            {
                _length = value;
                WriteCharacterSet(_characterSet);
            }
            else if ((tag & 0x10000) != 0 && (tag & 0xFFFF) is >= 0x10 and <= 0xFF)
            {
                if (TextOf(_text.AsSpan(value, _length - value)) is { } creator)
                    (creators ??= [])[tag] = creator;
            }

            _elements.Add(new Element(name.Rank, tag, start, _length - start));
        }

        Arrange(begin, first);
    }

    // (gggg,00bb) reserves the elements (gggg,bb00) to (gggg,bbFF), PS3.5 7.8.1.
    private static TagName NameOf(uint tag, Dictionary<uint, string>? creators)
    {
        if ((tag & 0x10000) == 0)
            return TagName.Of(tag);
        string? creator = null;
        creators?.TryGetValue((tag & 0xFFFF0000) | ((tag >> 8) & 0xFF), out creator);
        return TagName.OfPrivate(tag, creator);
    }

    private static string? TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text
            ? text
            : null;
    }

    /// <summary>Puts the elements of a data set, which lie one behind the other, in order between braces.</summary>
    private void Arrange(int begin, int first)
    {
        // Among equals by the tag, so what has no keyword stays in the order of the tags.
        var elements = CollectionsMarshal.AsSpan(_elements)[first..];
        elements.Sort(static (a, b) => a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.Tag.CompareTo(b.Tag));

        var end = _length;
        Add("{"u8);
        var isFirst = true;
        foreach (ref readonly var element in elements)
        {
            var comma = isFirst ? 1 : 0;
            Reserve(element.Length);
            _text.AsSpan(element.Start + comma, element.Length - comma).CopyTo(_text.AsSpan(_length));
            _length += element.Length - comma;
            isFirst = false;
        }

        Add("}"u8);
        _text.AsSpan(end, _length - end).CopyTo(_text.AsSpan(begin));
        _length -= end - begin;
        _elements.RemoveRange(first, _elements.Count - first);
    }

    /// <summary>Writes what <c>{"vr": …, "Value": […]}</c> says.</summary>
    private void WriteValue()
    {
        var begin = _length;
        var isSequence = false;
        var members = _json.BeginObject();
        while (_json.NextMember(ref members, out var key))
        {
            if (key.SequenceEqual("vr"u8))
            {
                isSequence = _json.ReadText().SequenceEqual("SQ"u8);
            }
            else if (key.SequenceEqual("Value"u8))
            {
                WriteValues(isSequence);
            }
            else if (key.SequenceEqual("BulkDataURI"u8))
            {
                Add("{\"BulkDataURI\":"u8);
                Add(_json.ReadScalar());
                Add("}"u8);
            }
            else if (key.SequenceEqual("InlineBinary"u8))
            {
                Add(_json.ReadScalar());
            }
            else
            {
                _json.Skip();
            }
        }

        if (_length == begin)
            Add(isSequence ? "[]"u8 : "\"\""u8);
    }

    private void WriteValues(bool isSequence)
    {
        // One value stands alone; how many there are shows at the end, when the bracket is written or not.
        var begin = _length;
        var count = 0;
        Add("["u8);
        var items = _json.BeginArray();
        while (_json.NextItem(ref items))
        {
            if (count++ > 0)
                Add(","u8);
            if (!_json.IsObject)
                AddScalar();
            else if (isSequence)
                WriteDataSet(isNested: true);
            else
                WritePersonName();
        }

        if (isSequence || count > 1)
        {
            Add("]"u8);
            return;
        }

        _text.AsSpan(begin + 1, _length - begin - 1).CopyTo(_text.AsSpan(begin));
        _length--;
    }

    private void WritePersonName()
    {
        ReadOnlySpan<byte> alphabetic = default, ideographic = default, phonetic = default;
        var members = _json.BeginObject();
        while (_json.NextMember(ref members, out var group))
        {
            var text = _json.ReadText();
            if (group.SequenceEqual("Ideographic"u8))
                ideographic = text;
            else if (group.SequenceEqual("Phonetic"u8))
                phonetic = text;
            else
                alphabetic = text;
        }

        Add("\""u8);
        Add(alphabetic);
        if (!ideographic.IsEmpty || !phonetic.IsEmpty)
        {
            Add("="u8);
            Add(ideographic);
        }

        if (!phonetic.IsEmpty)
        {
            Add("="u8);
            Add(phonetic);
        }

        Add("\""u8);
    }

    private void WriteCharacterSet(string characterSet)
    {
        var terms = characterSet.Split('\\', StringSplitOptions.TrimEntries);
        if (terms.Length > 1)
            Add("["u8);
        for (var i = 0; i < terms.Length; i++)
        {
            Add(i == 0 ? "\""u8 : ",\""u8);
            Add(JsonEncodedText.Encode(terms[i]).EncodedUtf8Bytes);
            Add("\""u8);
        }

        if (terms.Length > 1)
            Add("]"u8);
    }

    /// <summary>
    /// Copies a number, a truth value or a text as it stands; null, an empty value among others, is an empty text.
    /// </summary>
    private void AddScalar()
    {
        var scalar = _json.ReadScalar();
        Add(scalar.SequenceEqual("null"u8) ? "\"\""u8 : scalar);
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    private void Reserve(int length)
    {
        if (_text.Length - _length >= length)
            return;
        var larger = LargeBuffers.Rent(Math.Max(_length + length, 2 * _text.Length));
        _text.AsSpan(0, _length).CopyTo(larger);
        LargeBuffers.Return(_text);
        _text = larger;
    }

    private readonly record struct Element(int Rank, uint Tag, int Start, int Length);
}
