using System.Buffers.Binary;

namespace NeurDicom.Dicom;

public ref partial struct DicomWalker
{
    // How far is looked to tell what odd bytes mean. The same whether the file is in memory or not.
    private const int LookAhead = 4096;

    /// <summary>
    /// Reads the header of an element whose VR the standard does not know: written in lower case, blank, from a later
    /// edition, or left out as in Implicit VR. The length form that leads to a next element is the right one.
    /// </summary>
    private readonly (Vr Vr, VrChoice Choice, uint Length, int Size, string Warning) ReadOddHeader(
        Tag tag,
        ReadOnlySpan<byte> header,
        long remaining)
    {
        var lower = (Vr)(BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) & 0xDFDF);
        var isLower = lower.IsKnown() && char.IsAsciiLetter((char)header[4]) && char.IsAsciiLetter((char)header[5]);
        var known = DataDictionary.VrOf(tag, out var choice);
        var vr = known;
        if (isLower)
            (vr, choice) = (lower, VrChoice.None);

        var shortLength = ReadUInt16(header[6..]);
        var longLength = remaining >= 12 ? ReadUInt32(header[8..]) : 0;
        var implicitLength = ReadUInt32(header[4..]);

        // PS3.5 7.1.2: every VR that is yet to come has the long form, whose reserved bytes are zero.
        if (remaining >= 12 && header[6] == 0 && header[7] == 0 && LeadsOn(tag, header, 12L + longLength, remaining))
            return (vr, choice, longLength, 12, "The VR is not one of the standard");
        if (LeadsOn(tag, header, 8L + shortLength, remaining))
            return (vr, choice, shortLength, 8, isLower ? "The VR is in lower case" : "The VR is not one of the "
                + "standard");
        if (implicitLength == Undefined || LeadsOn(tag, header, 8L + implicitLength, remaining))
            return (known, choice, implicitLength, 8, "The element has no VR, as in Implicit VR");

        throw new DicomFormatException("The VR is not one of the standard and no length fits", _position, tag);
    }

    /// <summary>Whether, <paramref name="size"/> bytes on, the data end or a later element starts.</summary>
    private readonly bool LeadsOn(Tag tag, ReadOnlySpan<byte> header, long size, long remaining)
    {
        if (size > remaining)
            return false;
        if (size == remaining)
            return true;
        if (remaining - size < 8)
            return false;
        if (size + 8 > LookAhead)
            return true; // Too far to look: the length at least fits.

        var next = header[(int)size..];
        var following = ReadTag(next, _level.IsBigEndian);
        return following.Group == 0xFFFE || (following > tag && (IsVr(next[4..]) || DataDictionary.IsKnown(following)));
    }
}
