namespace NeurDicom.Dicom.Text;

/// <summary>
/// What was wrong with a Specific Character Set or with text that was decoded by it. Nothing here is fatal.
/// </summary>
[Flags]
public enum TextFaults
{
    /// <summary>Nothing was wrong.</summary>
    None = 0,

    /// <summary>A term is misspelt but plain enough to be understood, such as <c>ISO-IR 100</c>.</summary>
    MisspeltTerm = 1,

    /// <summary>A term is not defined; the text is read as UTF-8 where it is that, else as Latin 1.</summary>
    UnknownTerm = 2,

    /// <summary>A set that stands alone (UTF-8, GB18030, GBK) was given beside others (PS3.3 C.12.1.1.2).</summary>
    ConflictingTerms = 4,

    /// <summary>Bytes that the set does not hold; where they mean nothing, U+FFFD stands for them.</summary>
    InvalidBytes = 8,

    /// <summary>An escape sequence for a set that Specific Character Set does not name; it was followed.</summary>
    UndeclaredEscape = 16,

    /// <summary>An escape sequence that the standard does not define; U+FFFD stands for it.</summary>
    UnknownEscape = 32,
}
