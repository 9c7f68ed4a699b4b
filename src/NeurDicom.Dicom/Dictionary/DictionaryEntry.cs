namespace NeurDicom.Dicom;

/// <summary>A row of the data dictionary, PS3.6 chapters 6 to 9 and PS3.7 Annex E.</summary>
/// <param name="Pattern">Eight hexadecimal digits; <c>x</c> stands for any digit of a repeating group.</param>
/// <param name="Vrs">More than one where the standard leaves the choice, such as US or SS.</param>
/// <param name="Multiplicity">The value multiplicity as printed: <c>1</c>, <c>1-n</c>, <c>2-2n</c>.</param>
/// <param name="Note">For a retired element the edition it was last in; DICONDE, DICOS or PS3.7.</param>
public sealed record DictionaryEntry(
    string Pattern,
    IReadOnlyList<Vr> Vrs,
    string Multiplicity,
    string Keyword,
    string Name,
    bool IsRetired,
    string Note)
{
    /// <summary>The VR, or the first of several; UN where the row has none.</summary>
    public Vr Vr => Vrs.Count > 0 ? Vrs[0] : Vr.UN;
}
