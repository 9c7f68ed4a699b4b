namespace NeurDicom.Dicom.Text;

/// <summary>
/// The delimiters of a text, at which the state of code extensions goes back to value 1 (PS3.5 6.1.2.5.3).
/// Line ends, form feeds and tabs are such in every text.
/// </summary>
public enum TextDelimiters
{
    /// <summary>ST, LT and UT: a backslash is a character like others.</summary>
    None,

    /// <summary>SH, LO and UC: values are separated by backslashes.</summary>
    Values,

    /// <summary>PN: besides, groups by <c>=</c> and components by <c>^</c>.</summary>
    PersonNames,
}

/// <summary>Which value representations have which delimiters.</summary>
internal static class VrDelimiters
{
    public static TextDelimiters Delimiters(this Vr vr) => vr switch
    {
        Vr.PN => TextDelimiters.PersonNames,
        Vr.ST or Vr.LT or Vr.UT or Vr.UR => TextDelimiters.None,
        _ => TextDelimiters.Values,
    };
}
