using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NeurDicom.Imaging;

/// <summary>The head of a file in NumPy's format, version 1.0 (NEP 1): the elements follow in C order.</summary>
internal static class NumpyHeader
{
    // Magic, version and the length of the text.
    private const int PrefixLength = 10;

    // The elements begin at a multiple of this.
    private const int Alignment = 64;

    /// <param name="type">For example <c>&lt;i2</c>: byte order, kind, bytes.</param>
    public static byte[] Write(string type, params ReadOnlySpan<long> shape)
    {
        var lengths = new StringBuilder();
        foreach (var length in shape)
            lengths.Append(CultureInfo.InvariantCulture, $"{length}, ");
        var sides = shape.Length == 1 ? lengths.ToString().TrimEnd() : lengths.ToString().TrimEnd(' ', ',');
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sides}), }}";

        // Blanks fill up, and a line feed ends it.
        var header = new byte[(PrefixLength + text.Length + 1 + Alignment - 1) / Alignment * Alignment];
        header.AsSpan().Fill((byte)' ');
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(header.Length - PrefixLength));
        Encoding.ASCII.GetBytes(text, header.AsSpan(PrefixLength));
        header[^1] = (byte)'\n';
        return header;
    }
}
