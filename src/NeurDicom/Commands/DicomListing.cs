using System.Globalization;
using System.Text;
using NeurDicom.Dicom;

namespace NeurDicom.Commands;

/// <summary>
/// Writes a file for people to read, one line an element, in the form that dcmdump has made familiar:
/// <c>(0010,0010) PN [Doe^Jane]   # 8, 1 PatientName</c>.
/// </summary>
internal sealed class DicomListing(TextWriter output, int maxLength)
{
    private const int ValueColumn = 56;

    /// <summary>Values are cut here unless the whole is asked for.</summary>
    public const int ShortLength = 64;

    public void Write(DicomFile file)
    {
        if (!file.Meta.IsEmpty)
        {
            output.WriteLine("# File meta information");
            Write(file.Meta, 0);
            output.WriteLine();
        }

        output.WriteLine($"# Data set, {file.Encoding.Name}");
        Write(file.DataSet, 0);
    }

    private void Write(DicomDataSet dataSet, int depth)
    {
        foreach (var element in dataSet.Elements)
        {
            if (element.IsSequence)
                WriteSequence(element, depth);
            else if (element.IsEncapsulated)
                WriteFragments(element, depth);
            else
                WriteLine(depth, element.Tag.ToString(), element.Vr.ToString(), DescribeValue(element), element.Length,
                    element.IsEmpty ? 0 : Math.Max(1, element.ValueCount), DescribeName(element));
        }
    }

    private void WriteSequence(DicomElement sequence, int depth)
    {
        var items = sequence.Items;
        WriteLine(
            depth, sequence.Tag.ToString(), "SQ", $"({Count(items.Count, "item")})", sequence.Length, 1,
            DescribeName(sequence));
        for (var i = 0; i < items.Count; i++)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Indent(depth + 1)}Item {i + 1}"));
            Write(items[i], depth + 2);
        }
    }

    private void WriteFragments(DicomElement element, int depth)
    {
        var fragments = element.Fragments;
        WriteLine(depth, element.Tag.ToString(), element.Vr.ToString(), $"({Count(fragments.Count, "fragment")})",
            element.Length, 1, DescribeName(element));
    }

    private void WriteLine(
        int depth, string tag, string vr, string value, uint length, int count, string name)
    {
        var line = $"{Indent(depth)}{tag} {vr} {value}";
        var width = length == uint.MaxValue ? "u/l" : length.ToString(CultureInfo.InvariantCulture);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{line.PadRight(ValueColumn)} # {width,3}, {count} {name}"));
    }

    private string DescribeValue(DicomElement element)
    {
        if (element.IsDeferred)
            return string.Create(CultureInfo.InvariantCulture, $"({element.Length} bytes)");
        if (element.IsEmpty)
            return "(no value)";

        var vr = element.Vr;
        if (vr == Vr.UI)
            return DescribeUid(element);
        if (vr.IsText())
            return $"[{Cut(Printable(element.GetString() ?? ""))}]";
        if (vr == Vr.AT)
            return Cut(Join(element, static (e, i) => e.TryGetTag(i, out var tag) ? tag.ToString() : "?"));
        if (vr.IsBinaryNumber())
            return Cut(Join(element, DescribeNumber));
        return DescribeBytes(element);
    }

    private string DescribeUid(DicomElement element)
    {
        var text = element.GetString() ?? "";
        var name = Uid.TryParse(text, out var uid) ? UidRegistry.Find(uid)?.Keyword : null;
        return $"[{Cut(Printable(text))}]{(string.IsNullOrEmpty(name) ? "" : $" = {name}")}";
    }

    private static string DescribeNumber(DicomElement element, int index)
    {
        if (element.Vr is Vr.FL or Vr.FD)
            return element.TryGetDouble(index, out var real) ? real.ToString("R", CultureInfo.InvariantCulture) : "?";
        if (element.TryGetInt64(index, out var number))
            return number.ToString(CultureInfo.InvariantCulture);
        return element.TryGetUInt64(index, out var large) ? large.ToString(CultureInfo.InvariantCulture) : "?";
    }

    private string DescribeBytes(DicomElement element)
    {
        var bytes = element.Value.Span;
        var shown = bytes[..Math.Min(bytes.Length, maxLength / 3)];
        var text = new StringBuilder();
        foreach (var b in shown)
            text.Append(text.Length == 0 ? "" : "\\").Append(b.ToString("x2", CultureInfo.InvariantCulture));
        return shown.Length < bytes.Length ? text.Append("\\…").ToString() : text.ToString();
    }

    // A table of 65,536 numbers is not formatted for the 64 characters that are shown.
    private string Join(DicomElement element, Func<DicomElement, int, string> describe)
    {
        var text = new StringBuilder();
        for (var i = 0; i < element.ValueCount && text.Length <= maxLength; i++)
            text.Append(i == 0 ? "" : "\\").Append(describe(element, i));
        return text.ToString();
    }

    private static string DescribeName(DicomElement element)
    {
        var name = DataDictionary.Find(element.Tag)?.Keyword;
        if (string.IsNullOrEmpty(name))
            name = element.Name.Length > 0 ? element.Name : "Unknown";
        return element.PrivateCreator is { } creator ? $"{name} ({Printable(creator)})" : name;
    }

    private static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static string Indent(int depth) => new(' ', 2 * depth);

    private string Cut(string text) => text.Length <= maxLength ? text : text[..(maxLength - 1)] + "…";

    // What a file says must not move the cursor or colour the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => c switch
    {
        '\r' => "\\r",
        '\n' => "\\n",
        '\t' => "\\t",
        _ when char.IsControl(c) => "�",
        _ => c.ToString(),
    }));
}
