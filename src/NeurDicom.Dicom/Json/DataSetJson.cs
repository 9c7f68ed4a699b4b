using System.Buffers;
using System.Text;
using System.Text.Json;

namespace NeurDicom.Dicom.Json;

/// <summary>
/// One run of <see cref="DicomJsonWriter"/>: the output, the options, and where in the nesting it is.
/// </summary>
internal ref struct DataSetJson(IBufferWriter<byte> output, DicomJsonOptions options, Span<BulkStep> path)
{
    private const uint DataSetTrailingPadding = 0xFFFCFFFC;

    private readonly Span<BulkStep> _path = path;
    private JsonOutput _json = new(output);
    private int _depth;

    public void Flush() => _json.Flush();

    public void Write(DicomDataSet dataSet)
    {
        _json.Raw((byte)'{');
        var isFirst = true;
        if (IsAscending(dataSet))
        {
            foreach (var element in dataSet.Elements)
                Write(element, ref isFirst);
        }
        else
        {
            // F.2.2 asks for ascending order, and JSON for one member of a name: the first, as a lookup finds it.
            var sorted = dataSet.Elements.DistinctBy(element => element.Tag.Value)
                .OrderBy(element => element.Tag.Value);
            foreach (var element in sorted)
                Write(element, ref isFirst);
        }

        _json.Raw((byte)'}');
    }

    private void Write(in DicomElement element, ref bool isFirst)
    {
        var tag = element.Tag;
        if (tag.IsGroupLength || tag.Group == 2 || tag.Value == DataSetTrailingPadding)
            return;

        var vr = element.Vr;
        if (options.Convert?.Invoke(element) is { } values)
        {
            _json.Member(tag.Value, vr, isFirst);
            isFirst = false;
            _json.Raw(",\"Value\":"u8);
            _json.Raw(JsonSerializer.SerializeToUtf8Bytes(values));
            _json.Raw((byte)'}');
            return;
        }

        var isBulk = IsBulk(element, tag, vr);
        if (isBulk && !options.WriteBulkDataUris)
            return;

        _json.Member(tag.Value, vr, isFirst);
        isFirst = false;
        if (element.IsSequence)
            Items(element);
        else if (isBulk)
            BulkDataUri(tag.Value);
        else if (tag == Tag.SpecificCharacterSet)
            _json.Raw(element.IsEmpty ? ""u8 : ",\"Value\":[\"ISO_IR 192\"]"u8);
        else if (vr.IsText())
            ValueJson.Text(ref _json, vr, element.ValueSpan, element.DataSet.CharacterSet);
        else if (vr.IsBinaryNumber() || vr == Vr.AT)
            ValueJson.Numbers(ref _json, vr, element.ValueSpan, element.IsBigEndian);
        else if (!element.IsEmpty)
            ValueJson.Inline(ref _json, vr, element.ValueSpan, element.IsBigEndian);
        _json.Raw((byte)'}');
    }

    private readonly bool IsBulk(in DicomElement element, Tag tag, Vr vr)
    {
        if (element.IsSequence || element.IsEmpty)
            return false;
        return element.IsDeferred || element.IsEncapsulated || tag.IsPixelData ||
            (vr.IsBulk() && element.Length > options.LargestInline);
    }

    private void Items(in DicomElement sequence)
    {
        _json.Raw(",\"Value\":["u8);
        var items = sequence.Items;
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _json.Raw((byte)',');
            _path[_depth++] = new BulkStep(sequence.Tag.Value, i);
            Write(items[i]);
            _depth--;
        }

        _json.Raw((byte)']');
    }

    private void BulkDataUri(uint tag)
    {
        _json.Raw(",\"BulkDataURI\":\""u8);
        _json.Escaped(Encoding.UTF8.GetBytes(options.BulkDataPrefix));
        foreach (var step in _path[.._depth])
        {
            _json.Hexadecimal(step.Tag);
            _json.Raw((byte)'/');
            _json.Number((long)step.Item);
            _json.Raw((byte)'/');
        }

        _json.Hexadecimal(tag);
        _json.Raw((byte)'"');
    }

    private static bool IsAscending(DicomDataSet dataSet)
    {
        long last = -1;
        foreach (var element in dataSet.Elements)
        {
            if (element.Tag.Value <= last)
                return false;
            last = element.Tag.Value;
        }

        return true;
    }
}
