using System.Buffers;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>
/// Holds values against the rules of their VRs (PS3.5 6.2), which reading itself does not. What breaks them is still
/// stored and shown; this is what a warning is made of.
/// </summary>
public static class ValueRules
{
    private static readonly SearchValues<byte> CodeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _"u8);

    /// <summary>Checks every element, those in sequences included, up to a number of warnings.</summary>
    public static IReadOnlyList<DicomWarning> Check(DicomDataSet dataSet, int mostWarnings = 100)
    {
        var warnings = new List<DicomWarning>();
        CheckAll(dataSet, warnings, mostWarnings);
        return warnings;
    }

    // As deep as the reader let the sequences be nested.
    private static void CheckAll(DicomDataSet dataSet, List<DicomWarning> warnings, int mostWarnings)
    {
        foreach (var element in dataSet.Elements)
        {
            if (warnings.Count >= mostWarnings)
                return;

            if (element.IsSequence)
            {
                foreach (var item in element.Items)
                    CheckAll(item, warnings, mostWarnings);
            }
            else if (element.OffsetTableLength % 4 != 0)
            {
                warnings.Add(new DicomWarning(
                    element.Tag, element.ValuePosition, "The length of the Basic Offset Table is no multiple of 4"));
            }
            else if (FindFault(element) is { } fault)
            {
                warnings.Add(new DicomWarning(element.Tag, element.ValuePosition, fault));
            }
        }
    }

    private static string? FindFault(DicomElement element)
    {
        var vr = element.Vr;
        var value = element.ValueSpan;
        if (value.IsEmpty)
            return null;
        if (vr.ValueSize() > 1)
            return value.Length % vr.ValueSize() != 0
                ? $"The length is no multiple of {vr.ValueSize()}, the size of {vr}"
                : null;
        if (!vr.IsText())
            return null;
        if (ValueText.TrimEnd(value).Contains((byte)0))
            return "There are NUL bytes inside the text";
        if (element.Tag == Tag.SpecificCharacterSet && FindFault(element.DataSet.CharacterSet.Faults) is { } fault)
            return fault;
        if (vr.IsCharacterSetDependent())
            return FindTextFault(element, vr, value);

        if (!vr.IsMultiValuedText())
            return null;
        foreach (var range in value.Split((byte)'\\'))
        {
            if (FindFault(vr, ValueText.Trim(value[range])) is { } found)
                return found;
        }

        return null;
    }

    private static string? FindTextFault(DicomElement element, Vr vr, ReadOnlySpan<byte> value)
    {
        // Nearly every value: what is no longer in bytes is no longer in characters.
        if (value.Length <= Longest(vr) && element.DataSet.CharacterSet.IsPlain(value))
            return null;

        var text = element.DataSet.CharacterSet.Decode(value, vr.Delimiters(), out var faults);
        if (FindFault(faults) is { } fault)
            return fault;

        var longest = Longest(vr);
        if (text.Length <= longest)
            return null;

        // A person name has 64 characters in each group, the others in each value.
        var limit = longest;
        foreach (var part in text.Split(vr switch { Vr.PN => ['\\', '='], Vr.LO or Vr.SH => ['\\'], _ => [] }))
        {
            if (part.Trim(' ').Length > limit)
                return $"The value is longer than the {limit} characters of {vr}";
        }

        return null;
    }

    private static string? FindFault(TextFaults faults) => faults switch
    {
        TextFaults.None => null,
        _ when (faults & TextFaults.UnknownTerm) != 0 => "The character set is not defined by the standard",
        _ when (faults & TextFaults.MisspeltTerm) != 0 => "The character set is misspelt",
        _ when (faults & TextFaults.ConflictingTerms) != 0 => "The character sets cannot be combined",
        _ when (faults & TextFaults.InvalidBytes) != 0 => "There are bytes that the character set does not have",
        _ => "There are escape sequences that the character set does not allow",
    };

    /// <summary>
    /// What is wrong with one value of a text whose characters are all ASCII, padding taken off; null: nothing.
    /// </summary>
    internal static string? FindFault(Vr vr, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return null;
        if (value.Length > Longest(vr))
            return $"The value is longer than the {Longest(vr)} bytes of {vr}";

        var isRight = vr switch
        {
            Vr.DA => DicomDate.TryParse(value, out _),
            Vr.TM => DicomTime.TryParse(value, out _),
            Vr.DT => DicomDateTime.TryParse(value, out _),
            // Without an exponent 16 bytes are never beyond the range of a double.
            Vr.DS => value.ContainsAny("Ee"u8) ? DecimalString.TryParse(value, out _) : DecimalString.IsNumber(value),
            Vr.IS => IntegerString.TryParse(value, out int _),
            Vr.AS => DicomAge.TryParse(value, out _),
            Vr.CS => !value.ContainsAnyExcept(CodeCharacters),
            Vr.UI => IsUid(value),
            _ => true,
        };
        return isRight ? null : $"The value is not in the form of {vr}";
    }

    // PS3.5 9.1; there are many in a header, so no text is made of them.
    private static bool IsUid(ReadOnlySpan<byte> value)
    {
        var start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && value[i] != '.')
            {
                if (!char.IsAsciiDigit((char)value[i]))
                    return false;
                continue;
            }

            if (i == start || (i - start > 1 && value[start] == '0'))
                return false;
            start = i + 1;
        }

        return true;
    }

    /// <summary>The longest value, PS3.5 Table 6.2-1.</summary>
    internal static int Longest(Vr vr) => vr switch
    {
        Vr.AE or Vr.CS or Vr.DS or Vr.SH or Vr.TM => 16,
        Vr.AS => 4,
        Vr.DA => 10, // ACR-NEMA wrote 1993.04.30.
        Vr.DT => 26,
        Vr.IS => 12,
        Vr.LO or Vr.PN or Vr.UI => 64,
        Vr.ST => 1024,
        Vr.LT => 10240,
        _ => int.MaxValue,
    };
}
