namespace NeurDicom.Dicom;

/// <summary>
/// The value representations of PS3.5 6.2. The number of each is its two letters as they lie in a file,
/// read as a little endian word.
/// </summary>
public enum Vr : ushort
{
    /// <summary>No value representation: items and delimiters.</summary>
    None = 0,

    /// <summary>Application Entity.</summary>
    AE = 'A' | ('E' << 8),

    /// <summary>Age String.</summary>
    AS = 'A' | ('S' << 8),

    /// <summary>Attribute Tag.</summary>
    AT = 'A' | ('T' << 8),

    /// <summary>Code String.</summary>
    CS = 'C' | ('S' << 8),

    /// <summary>Date.</summary>
    DA = 'D' | ('A' << 8),

    /// <summary>Decimal String.</summary>
    DS = 'D' | ('S' << 8),

    /// <summary>Date Time.</summary>
    DT = 'D' | ('T' << 8),

    /// <summary>Floating Point Double.</summary>
    FD = 'F' | ('D' << 8),

    /// <summary>Floating Point Single.</summary>
    FL = 'F' | ('L' << 8),

    /// <summary>Integer String.</summary>
    IS = 'I' | ('S' << 8),

    /// <summary>Long String.</summary>
    LO = 'L' | ('O' << 8),

    /// <summary>Long Text.</summary>
    LT = 'L' | ('T' << 8),

    /// <summary>Other Byte.</summary>
    OB = 'O' | ('B' << 8),

    /// <summary>Other Double.</summary>
    OD = 'O' | ('D' << 8),

    /// <summary>Other Float.</summary>
    OF = 'O' | ('F' << 8),

    /// <summary>Other Long.</summary>
    OL = 'O' | ('L' << 8),

    /// <summary>Other 64-bit Very Long.</summary>
    OV = 'O' | ('V' << 8),

    /// <summary>Other Word.</summary>
    OW = 'O' | ('W' << 8),

    /// <summary>Person Name.</summary>
    PN = 'P' | ('N' << 8),

    /// <summary>Short String.</summary>
    SH = 'S' | ('H' << 8),

    /// <summary>Signed Long.</summary>
    SL = 'S' | ('L' << 8),

    /// <summary>Sequence of Items.</summary>
    SQ = 'S' | ('Q' << 8),

    /// <summary>Signed Short.</summary>
    SS = 'S' | ('S' << 8),

    /// <summary>Short Text.</summary>
    ST = 'S' | ('T' << 8),

    /// <summary>Signed 64-bit Very Long.</summary>
    SV = 'S' | ('V' << 8),

    /// <summary>Time.</summary>
    TM = 'T' | ('M' << 8),

    /// <summary>Unlimited Characters.</summary>
    UC = 'U' | ('C' << 8),

    /// <summary>Unique Identifier.</summary>
    UI = 'U' | ('I' << 8),

    /// <summary>Unsigned Long.</summary>
    UL = 'U' | ('L' << 8),

    /// <summary>Unknown.</summary>
    UN = 'U' | ('N' << 8),

    /// <summary>Universal Resource Identifier or Locator.</summary>
    UR = 'U' | ('R' << 8),

    /// <summary>Unsigned Short.</summary>
    US = 'U' | ('S' << 8),

    /// <summary>Unlimited Text.</summary>
    UT = 'U' | ('T' << 8),

    /// <summary>Unsigned 64-bit Very Long.</summary>
    UV = 'U' | ('V' << 8),
}

/// <summary>What PS3.5 6.2 and 7.1.2 say of each value representation.</summary>
public static class Vrs
{
    // Bit n of entry m: the VR with letters 'A'+m, 'A'+n exists, or has the 32-bit length form of PS3.5 Table 7.1-1.
    private static readonly uint[] Known = Masks(Enum.GetValues<Vr>());
    private static readonly uint[] Long =
        Masks([Vr.OB, Vr.OD, Vr.OF, Vr.OL, Vr.OV, Vr.OW, Vr.SQ, Vr.SV, Vr.UC, Vr.UN, Vr.UR, Vr.UT, Vr.UV]);

    /// <summary>Whether the standard knows the VR.</summary>
    public static bool IsKnown(this Vr vr) => Has(Known, vr);

    /// <summary>Whether Explicit VR gives it a 32-bit length after two reserved bytes (PS3.5 7.1.2).</summary>
    public static bool HasLongForm(this Vr vr) => Has(Long, vr);

    /// <summary>Whether Specific Character Set applies to it (PS3.5 6.1.2.2).</summary>
    public static bool IsCharacterSetDependent(this Vr vr) =>
        vr is Vr.LO or Vr.LT or Vr.PN or Vr.SH or Vr.ST or Vr.UC or Vr.UT;

    /// <summary>Whether values are text, of any repertoire.</summary>
    public static bool IsText(this Vr vr) => vr.IsCharacterSetDependent() ||
        vr is Vr.AE or Vr.AS or Vr.CS or Vr.DA or Vr.DS or Vr.DT or Vr.IS or Vr.TM or Vr.UI or Vr.UR;

    /// <summary>Whether a backslash separates values; in LT, ST, UT and UR it is a character (PS3.5 6.4).</summary>
    public static bool IsMultiValuedText(this Vr vr) => vr.IsText() && vr is not (Vr.LT or Vr.ST or Vr.UT or Vr.UR);

    /// <summary>Bytes of one value, or 0 where it is not fixed; of one word for OB to OW.</summary>
    public static int ValueSize(this Vr vr) => vr switch
    {
        Vr.US or Vr.SS or Vr.OW => 2,
        Vr.UL or Vr.SL or Vr.FL or Vr.AT or Vr.OF or Vr.OL => 4,
        Vr.FD or Vr.SV or Vr.UV or Vr.OD or Vr.OV => 8,
        Vr.OB or Vr.UN => 1,
        _ => 0,
    };

    /// <summary>Whether values are numbers in binary, one after the other.</summary>
    public static bool IsBinaryNumber(this Vr vr) =>
        vr is Vr.US or Vr.SS or Vr.UL or Vr.SL or Vr.FL or Vr.FD or Vr.SV or Vr.UV;

    /// <summary>
    /// Whether the value is a run of bytes or words without meaning of its own: OB, OD, OF, OL, OV, OW, UN.
    /// </summary>
    public static bool IsBulk(this Vr vr) => vr is Vr.OB or Vr.OD or Vr.OF or Vr.OL or Vr.OV or Vr.OW or Vr.UN;

    /// <summary>Reads two letters; <see cref="Vr.None"/> where they are no VR.</summary>
    public static Vr Parse(ReadOnlySpan<char> letters)
    {
        var vr = letters.Length == 2 && letters[1] < 0x80 ? (Vr)(letters[0] | (letters[1] << 8)) : Vr.None;
        return vr.IsKnown() ? vr : Vr.None;
    }

    private static bool Has(uint[] masks, Vr vr)
    {
        var first = ((uint)vr & 0xFF) - 'A';
        var second = ((uint)vr >> 8) - 'A';
        return first < (uint)masks.Length && second < 26 && (masks[first] & (1u << (int)second)) != 0;
    }

    private static uint[] Masks(ReadOnlySpan<Vr> vrs)
    {
        var masks = new uint[26];
        foreach (var vr in vrs)
        {
            if (vr != Vr.None)
                masks[((int)vr & 0xFF) - 'A'] |= 1u << (((int)vr >> 8) - 'A');
        }

        return masks;
    }
}
