using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>
/// A data set in the making, for <see cref="DicomWriter"/>. Elements may be set in any order and are written in that of
/// their tags. Values are checked when they are set, so that what can be built can be written.
/// </summary>
/// <example><code>
/// var image = new DicomDataSetBuilder()
///     .Set(Tag.SpecificCharacterSet, "ISO_IR 192")
///     .Set(Tag.PatientName, "Wang^XiaoDong=王^小東")
///     .Set(Tag.Rows, 512)
///     .SetSequence(Tag.RequestAttributesSequence, new DicomDataSetBuilder().Set(Tag.ScheduledProcedureStepID, "1"))
///     .SetBytes(Tag.PixelData, Vr.OW, pixels);
/// DicomWriter.WriteFile(stream, image, TransferSyntax.ExplicitVrLittleEndian);
/// </code></example>
public sealed class DicomDataSetBuilder
{
    private readonly SortedDictionary<Tag, ElementContent> _elements = [];

    /// <summary>How many elements there are, without those inside sequences.</summary>
    public int Count => _elements.Count;

    /// <summary>Whether any character set can hold all text, sequences included.</summary>
    internal bool IsAscii => _elements.Values.All(content => content switch
    {
        TextContent text => System.Text.Ascii.IsValid(text.Text),
        EncodedTextContent text => text.CharacterSet.IsPlain(text.Bytes.Span),
        ItemsContent items => items.Items.All(item => item.IsAscii),
        _ => true,
    });

    internal IEnumerable<KeyValuePair<Tag, ElementContent>> Elements => _elements;

    /// <summary>What text is encoded by; null where this data set says nothing and the one around it decides.</summary>
    internal CharacterSet? CharacterSet => _elements.GetValueOrDefault(Tag.SpecificCharacterSet) switch
    {
        TextContent { Text.Length: > 0 } terms => CharacterSet.For(System.Text.Encoding.ASCII.GetBytes(terms.Text)),
        BytesContent { Bytes.Length: > 0 } terms => CharacterSet.For(terms.Bytes.Span),
        null => null,
        _ => CharacterSet.Default,
    };

    /// <summary>
    /// Everything of a data set that was read, sequences included.
    /// Values that are not changed are written as they were, byte for byte;
    /// group lengths, which are retired (PS3.5 7.2), are left out.
    /// </summary>
    /// <exception cref="DicomValueException">A value was passed over when the data set was read.</exception>
    public static DicomDataSetBuilder From(DicomDataSet dataSet)
    {
        var builder = new DicomDataSetBuilder();
        foreach (var element in dataSet.Elements)
        {
            if (!element.Tag.IsGroupLength)
                builder.Set(element);
        }

        return builder;
    }

    /// <summary>Whether an element has this tag, be it empty.</summary>
    public bool Contains(Tag tag) => _elements.ContainsKey(tag);

    /// <summary>Takes an element away.</summary>
    public DicomDataSetBuilder Remove(Tag tag)
    {
        _elements.Remove(tag);
        return this;
    }

    /// <summary>Sets text, one value or several, with the VR of the dictionary. None makes the element empty.</summary>
    /// <exception cref="DicomValueException">A value is not in the form of the VR, or too long.</exception>
    public DicomDataSetBuilder Set(Tag tag, params ReadOnlySpan<string> values) => SetAs(tag, VrOf(tag), values);

    /// <summary>Sets text with a VR that the dictionary does not give, such as that of a private element.</summary>
    /// <inheritdoc cref="Set(Tag, ReadOnlySpan{string})"/>
    public DicomDataSetBuilder SetAs(Tag tag, Vr vr, params ReadOnlySpan<string> values)
    {
        CheckVr(tag, vr);
        return values.IsEmpty
            ? Put(tag, new BytesContent(vr, default))
            : Put(tag, new TextContent(vr, ValueBytes.Join(tag, vr, values)));
    }

    /// <summary>
    /// Sets a UID, also one with leading zeros (<see cref="Uid.IsStrict"/>): a reference has to be what it names.
    /// </summary>
    public DicomDataSetBuilder Set(Tag tag, Uid uid)
    {
        CheckVr(tag, Vr.UI);
        return Put(tag, new TextContent(Vr.UI, uid.Value));
    }

    /// <summary>Sets a date.</summary>
    public DicomDataSetBuilder Set(Tag tag, DateOnly date) =>
        Set(tag, date.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>
    /// Sets whole numbers, binary or as text, by the VR of the dictionary.
    /// Where that leaves US or SS, Pixel Representation decides, which has to be set before (PS3.5 A.1).
    /// </summary>
    /// <exception cref="DicomValueException">A number is beyond the range of the VR.</exception>
    public DicomDataSetBuilder Set(Tag tag, params ReadOnlySpan<long> numbers) => SetAs(tag, VrOf(tag), numbers);

    /// <inheritdoc cref="Set(Tag, ReadOnlySpan{long})"/>
    public DicomDataSetBuilder SetAs(Tag tag, Vr vr, params ReadOnlySpan<long> numbers)
    {
        CheckVr(tag, vr);
        return Put(tag, new BytesContent(vr, ValueBytes.Numbers(tag, vr, numbers)));
    }

    /// <summary>
    /// Sets numbers with fractions, binary or as text. A DS keeps as many digits as its 16 bytes hold.
    /// </summary>
    /// <exception cref="DicomValueException">A number is not finite, or the VR has no fractions.</exception>
    public DicomDataSetBuilder Set(Tag tag, params ReadOnlySpan<double> numbers) => SetAs(tag, VrOf(tag), numbers);

    /// <inheritdoc cref="Set(Tag, ReadOnlySpan{double})"/>
    public DicomDataSetBuilder SetAs(Tag tag, Vr vr, params ReadOnlySpan<double> numbers)
    {
        CheckVr(tag, vr);
        return Put(tag, new BytesContent(vr, ValueBytes.Numbers(tag, vr, numbers)));
    }

    /// <summary>Sets an element that has no value, as Type 2 allows (PS3.5 7.4.3).</summary>
    public DicomDataSetBuilder SetEmpty(Tag tag) =>
        VrOf(tag) is Vr.SQ ? SetSequence(tag) : Put(tag, new BytesContent(VrOf(tag), default));

    /// <summary>
    /// Sets a value as it is to lie in the file, little endian. It is not copied before it is written.
    /// </summary>
    public DicomDataSetBuilder SetBytes(Tag tag, Vr vr, ReadOnlyMemory<byte> bytes)
    {
        CheckVr(tag, vr);
        if (vr is Vr.SQ)
            throw new DicomValueException(tag, vr, "A sequence has items");
        if (bytes.Length % Math.Max(1, vr.ValueSize()) != 0)
            throw new DicomValueException(tag, vr, $"The length is no multiple of {vr.ValueSize()}");
        return Put(tag, new BytesContent(vr, bytes));
    }

    /// <summary>Sets a long value that is read from a stream when it is written, and never held in memory.</summary>
    /// <param name="open">
    /// Gives a stream that holds at least <paramref name="length"/> bytes; it is disposed of.
    /// </param>
    public DicomDataSetBuilder SetStream(Tag tag, Vr vr, long length, Func<Stream> open)
    {
        CheckVr(tag, vr);
        if (!vr.IsBulk())
            throw new DicomValueException(tag, vr, "Only values of bytes or words are streamed");
        if (length < 0 || length > DataSetLayout.LongestValue)
            throw new DicomValueException(tag, vr, "The value is longer than an element can be");
        return Put(tag, new StreamContent(vr, length, open));
    }

    /// <summary>Sets encapsulated pixel data, for the transfer syntaxes that have it (PS3.5 A.4).</summary>
    /// <param name="fragments">The basic offset table, which may be empty, then the fragments.</param>
    public DicomDataSetBuilder SetFragments(Tag tag, IReadOnlyList<ReadOnlyMemory<byte>> fragments)
    {
        if (!tag.IsPixelData)
            throw new DicomValueException(tag, Vr.OB, "Only pixel data is made of fragments");
        if (fragments.Count == 0)
            throw new DicomValueException(tag, Vr.OB, "The basic offset table is missing; it may be empty");
        return Put(tag, new FragmentsContent(Vr.OB, fragments));
    }

    /// <summary>Sets a sequence; no items make it empty. The items may still change until they are written.</summary>
    public DicomDataSetBuilder SetSequence(Tag tag, params IReadOnlyList<DicomDataSetBuilder> items)
    {
        CheckVr(tag, Vr.SQ);
        return Put(tag, new ItemsContent(items));
    }

    /// <summary>Sets an element as another data set has it.</summary>
    /// <exception cref="DicomValueException">The value was passed over when the data set was read.</exception>
    public DicomDataSetBuilder Set(DicomElement element)
    {
        if (element.IsDeferred)
            throw new DicomValueException(element.Tag, element.Vr, "The value was passed over when the file was read");
        if (element.IsEncapsulated)
            return Put(element.Tag, new FragmentsContent(element.Vr, element.Fragments));
        if (element.IsSequence)
            return Put(element.Tag, new ItemsContent([.. element.Items.Select(From)]));

        var (vr, bytes) = (element.Vr, element.Value);
        if (vr.IsCharacterSetDependent())
            return Put(element.Tag, new EncodedTextContent(vr, bytes, element.DataSet.CharacterSet));
        if (element.IsBigEndian && vr.ValueSize() > 1)
        {
            var swapped = bytes.ToArray();
            ValueBytes.SwapWords(vr, swapped);
            bytes = swapped;
        }

        return Put(element.Tag, new BytesContent(vr, bytes));
    }

    /// <summary>The data set as a reader sees it, from bytes in memory.</summary>
    public DicomDataSet ToDataSet(TransferSyntax? syntax = null)
    {
        syntax ??= TransferSyntax.ExplicitVrLittleEndian;
        var bytes = new MemoryStream();
        using var writer = new DicomWriter(bytes, syntax);
        writer.Write(this);
        writer.Flush();
        return DicomDataSet.Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), syntax, DicomWriter.ReadBack);
    }

    internal Uid? FindUid(Tag tag)
    {
        var text = _elements.GetValueOrDefault(tag) switch
        {
            TextContent content => content.Text,
            BytesContent content => System.Text.Encoding.ASCII.GetString(content.Bytes.Span),
            _ => null,
        };
        return Uid.TryParse(text, out var uid) ? uid : null;
    }

    private DicomDataSetBuilder Put(Tag tag, ElementContent content)
    {
        if (tag.Group is 0 or 2 or 0xFFFE or 0xFFFF || tag.IsGroupLength)
        {
            throw new DicomValueException(
                tag, content.Vr, "Commands, meta information, delimiters and group lengths are no part of a data set");
        }

        _elements[tag] = content;
        return this;
    }

    private Vr VrOf(Tag tag)
    {
        var vr = DataDictionary.VrOf(tag, out var choice);
        return choice switch
        {
            VrChoice.UsOrSs or VrChoice.UsOrSsOrOw => HasSignedPixels() ? Vr.SS : Vr.US,
            VrChoice.ObOrOw or VrChoice.UsOrOw =>
                throw new DicomValueException(
                    tag, vr, "The dictionary leaves the choice of the VR; it has to be given"),
            _ when vr is Vr.UN =>
                throw new DicomValueException(tag, vr, "The dictionary does not know the VR; it has to be given"),
            _ => vr,
        };
    }

    private bool HasSignedPixels() =>
        _elements.GetValueOrDefault(Tag.PixelRepresentation) is BytesContent { Bytes: { Length: 2 } value } &&
        value.Span[0] == 1;

    private static void CheckVr(Tag tag, Vr vr)
    {
        if (!vr.IsKnown())
            throw new DicomValueException(tag, vr, "There is no such VR");
        if (DataDictionary.Find(tag) is { Vrs.Count: > 0 } entry && !entry.Vrs.Contains(vr) && vr is not Vr.UN)
            throw new DicomValueException(tag, vr, $"The dictionary says {string.Join(" or ", entry.Vrs)}");
    }
}
