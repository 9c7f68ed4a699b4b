using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace NeurDicom.Browse;

/// <summary>
/// The original's form of a data set: an object with the elements' names as keys, plain values, several values as an
/// array, a sequence as an array of such objects. Made from the DICOM JSON (PS3.18 F.2) that lies ready beside the
/// file, token by token. An empty element is <c>""</c>, an empty sequence <c>[]</c>; a name in several alphabets is one
/// text again (PS3.5 6.2.1.1); what is too large to stand here is an object with its <c>BulkDataURI</c>. Pixel data is
/// left out, as in the original.
/// </summary>
internal static class NamedTags
{
    private const uint SpecificCharacterSet = 0x00080005;
    private const uint PixelData = 0x7FE00010;
    private const uint FloatPixelData = 0x7FE00008;
    private const uint DoubleFloatPixelData = 0x7FE00009;

    // The ingest refuses deeper data sets long before (Settings.MaxNesting); three levels of JSON for each of DICOM.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4096 };

    /// <param name="characterSet">
    /// What the file's Specific Character Set says; DICOM JSON has its own there. Null where it is not known.
    /// </param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> dicomJson, string? characterSet)
    {
        WriteDataSet(json, dicomJson, characterSet);
    }

    private static void WriteDataSet(Utf8JsonWriter json, ReadOnlySpan<byte> dataSet, string? characterSet)
    {
        var elements = new List<Element>(128);
        ReadElements(dataSet, elements);

        // Among equals by the tag, so what has no keyword stays in the order of the tags.
        CollectionsMarshal.AsSpan(elements).Sort(static (a, b) =>
            a.Name.Rank != b.Name.Rank ? a.Name.Rank.CompareTo(b.Name.Rank) : a.Tag.CompareTo(b.Tag));
        json.WriteStartObject();
        foreach (ref readonly var element in CollectionsMarshal.AsSpan(elements))
        {
            json.WritePropertyName(element.Name.Text);
            if (element.Tag == SpecificCharacterSet && characterSet is not null)
                WriteCharacterSet(json, characterSet);
            else
                WriteValue(json, dataSet[element.Start..element.End]);
        }

        json.WriteEndObject();
    }

    private static void ReadElements(ReadOnlySpan<byte> dataSet, List<Element> elements)
    {
        var reader = new Utf8JsonReader(dataSet, Options);
        Dictionary<uint, string>? creators = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTag = uint.TryParse(
                reader.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (!isTag || tag is PixelData or FloatPixelData or DoubleFloatPixelData)
                continue;

            TagName name;
            if ((tag & 0x10000) == 0)
            {
                name = TagName.Of(tag);
            }
            else
            {
                // (gggg,00bb) reserves the elements (gggg,bb00) to (gggg,bbFF), PS3.5 7.8.1.
                string? creator = null;
                if ((tag & 0xFFFF) is >= 0x10 and <= 0xFF)
                    (creators ??= [])[tag] = ReadFirstValue(dataSet[start..end]);
                else
                    creators?.TryGetValue((tag & 0xFFFF0000) | ((tag >> 8) & 0xFF), out creator);
                name = TagName.OfPrivate(tag, creator);
            }

            elements.Add(new Element(name, tag, start, end));
        }
    }

    private static string ReadFirstValue(ReadOnlySpan<byte> element)
    {
        var reader = new Utf8JsonReader(element, Options);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartArray)
                return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : "";
        }

        return "";
    }

    /// <summary>Writes what <c>{"vr": …, "Value": […]}</c> says.</summary>
    private static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> element)
    {
        var reader = new Utf8JsonReader(element, Options);
        var isSequence = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("vr"u8))
            {
                reader.Read();
                isSequence = reader.ValueTextEquals("SQ"u8);
            }
            else if (reader.ValueTextEquals("Value"u8))
            {
                reader.Read();
                WriteValues(json, element, ref reader, isSequence);
                return;
            }
            else if (reader.ValueTextEquals("BulkDataURI"u8))
            {
                reader.Read();
                json.WriteStartObject();
                json.WritePropertyName("BulkDataURI"u8);
                WriteScalar(json, ref reader);
                json.WriteEndObject();
                return;
            }
            else if (reader.ValueTextEquals("InlineBinary"u8))
            {
                reader.Read();
                WriteScalar(json, ref reader);
                return;
            }
            else
            {
                reader.Skip();
            }
        }

        if (isSequence)
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }
        else
        {
            json.WriteStringValue(""u8);
        }
    }

    private static void WriteValues(
        Utf8JsonWriter json, ReadOnlySpan<byte> element, ref Utf8JsonReader reader, bool isSequence)
    {
        // One value stands alone; whether there is a second one shows when the first has been passed over.
        var first = reader;
        first.Read();
        first.Skip();
        first.Read();
        var isArray = isSequence || first.TokenType != JsonTokenType.EndArray;

        if (isArray)
            json.WriteStartArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                WriteScalar(json, ref reader);
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            var inner = reader;
            reader.Skip();
            if (isSequence)
                WriteDataSet(json, element[start..(int)reader.BytesConsumed], null);
            else
                WritePersonName(json, ref inner);
        }

        if (isArray)
            json.WriteEndArray();
    }

    private static void WriteCharacterSet(Utf8JsonWriter json, string characterSet)
    {
        if (!characterSet.Contains('\\', StringComparison.Ordinal))
        {
            json.WriteStringValue(characterSet);
            return;
        }

        json.WriteStartArray();
        foreach (var term in characterSet.Split('\\'))
            json.WriteStringValue(term.Trim(' '));
        json.WriteEndArray();
    }

    private static void WritePersonName(Utf8JsonWriter json, ref Utf8JsonReader reader)
    {
        string? alphabetic = null, ideographic = null, phonetic = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref var group = ref alphabetic;
            if (reader.ValueTextEquals("Ideographic"u8))
                group = ref ideographic;
            else if (reader.ValueTextEquals("Phonetic"u8))
                group = ref phonetic;
            reader.Read();
            group = reader.GetString();
        }

        if (ideographic is null && phonetic is null)
        {
            json.WriteStringValue(alphabetic ?? "");
            return;
        }

        var name = new StringBuilder(alphabetic).Append('=').Append(ideographic);
        if (phonetic is not null)
            name.Append('=').Append(phonetic);
        json.WriteStringValue(name.ToString());
    }

    private static void WriteScalar(Utf8JsonWriter json, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                // An empty value among others.
                json.WriteStringValue(""u8);
                break;
            case JsonTokenType.String when !reader.ValueIsEscaped:
                json.WriteStringValue(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                json.WriteStringValue(reader.GetString());
                break;
            default:
                json.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private readonly record struct Element(TagName Name, uint Tag, int Start, int End);
}
