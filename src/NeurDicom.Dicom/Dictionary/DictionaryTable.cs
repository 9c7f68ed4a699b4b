namespace NeurDicom.Dicom;

/// <summary>A table of this folder, as it is embedded in the assembly.</summary>
internal static class DictionaryTable
{
    public static Stream Open(string name) =>
        typeof(DictionaryTable).Assembly.GetManifestResourceStream($"NeurDicom.Dicom.Dictionary.{name}")
            ?? throw new InvalidOperationException($"The table {name} is not embedded.");

    public static byte[] Read(string name)
    {
        using var stream = Open(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Takes the next cell of a line, up to a tab or the end.</summary>
    public static ReadOnlySpan<byte> Cell(ref ReadOnlySpan<byte> line)
    {
        var tab = line.IndexOf((byte)'\t');
        var cell = tab < 0 ? line : line[..tab];
        line = tab < 0 ? [] : line[(tab + 1)..];
        return cell;
    }
}
