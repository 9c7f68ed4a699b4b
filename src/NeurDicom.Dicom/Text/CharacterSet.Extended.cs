namespace NeurDicom.Dicom.Text;

/// <summary>The single-byte sets and the code extensions of ISO/IEC 2022: PS3.5 6.1.2.4 and 6.1.2.5.</summary>
public sealed partial class CharacterSet
{
    /// <summary>
    /// Walks the bytes with the two code elements G0 and G1. A set that a file invokes without having declared it is
    /// followed all the same, since its meaning is certain; the fault says so.
    /// </summary>
    private int DecodeExtended(
        ReadOnlySpan<byte> bytes, Span<char> text, TextDelimiters delimiters, out TextFaults faults)
    {
        faults = TextFaults.None;
        var (g0, g1) = (_g0, _g1);
        var written = 0;
        var i = 0;
        while (i < bytes.Length)
        {
            var b = bytes[i];
            if (b == Escape)
            {
                if (GraphicSet.Find(bytes[(i + 1)..]) is not { } set)
                {
                    faults |= TextFaults.UnknownEscape;
                    text[written++] = GraphicSet.Replacement;
                    i++;
                    continue;
                }

                faults |= IsDeclared(set) ? TextFaults.None : TextFaults.UndeclaredEscape;
                if (set.IsG1)
                    g1 = set;
                else
                    g0 = set;
                i += 1 + set.Escape.Length;
            }
            else if (b >= 0x80)
            {
                (text[written++], var used) = HighByte(bytes[i..], g1, ref faults);
                i += used;
            }
            else if (g0.IsDoubleByte && b is > 0x20 and < 0x7F)
            {
                // The standard has the state switched back before a delimiter, so a 5C here is half a character.
                if (i + 1 < bytes.Length && bytes[i + 1] is > 0x20 and < 0x7F)
                {
                    text[written++] = Faulty(g0.At(b, bytes[i + 1]), ref faults);
                    i += 2;
                }
                else
                {
                    text[written++] = Faulty(GraphicSet.Replacement, ref faults);
                    i++;
                }
            }
            else
            {
                if (IsReset(b, delimiters))
                    (g0, g1) = (_g0, _g1);
                text[written++] = (char)b;
                i++;
            }
        }

        return written;
    }

    private (char Character, int Used) HighByte(ReadOnlySpan<byte> bytes, GraphicSet? g1, ref TextFaults faults)
    {
        if (g1 is null)
        {
            // Korean and Chinese senders leave the escape sequence out, and the declared set leaves no doubt.
            faults |= TextFaults.InvalidBytes;
            g1 = Array.Find(_declared, set => set.IsG1 && set.IsDoubleByte);
            if (g1 is null)
                return (GraphicSet.Replacement, 1);
        }

        if (!g1.IsDoubleByte)
            return (Faulty(g1.At(bytes[0]), ref faults), 1);
        if (bytes.Length > 1 && bytes[0] > 0xA0 && bytes[1] > 0xA0)
            return (Faulty(g1.At(bytes[0], bytes[1]), ref faults), 2);

        return (Faulty(GraphicSet.Replacement, ref faults), 1);
    }

    private static char Faulty(char decoded, ref TextFaults faults)
    {
        if (decoded == GraphicSet.Replacement)
            faults |= TextFaults.InvalidBytes;
        return decoded;
    }

    private bool IsDeclared(GraphicSet set) =>
        set == _g0
            || set == _g1
            || (set == GraphicSet.Ascii && _declared.Length > 0)
            || Array.IndexOf(_declared, set) >= 0;

    private static bool IsReset(byte b, TextDelimiters delimiters) => b switch
    {
        (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' => true,
        (byte)'\\' => delimiters != TextDelimiters.None,
        (byte)'^' or (byte)'=' => delimiters == TextDelimiters.PersonNames,
        _ => false,
    };
}
