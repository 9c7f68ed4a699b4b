using System.Globalization;
using System.Text;

namespace NeurDicom.Dicom;

/// <summary>
/// The keys of a directory record, taken out of a file. What the file has in a form that the standard does not allow is
/// mended or left out: one odd value must not keep a study from being exported.
/// </summary>
internal static class DirectoryKeys
{
    // Presentation states name every image they show; a report's title has a handful of parts.
    private const int MostItems = 10_000;
    private const int Deepest = 4;

    /// <summary>Adds the keys of a type to a record.</summary>
    /// <param name="number">Stands in for a number or a name that the file lacks.</param>
    public static void Copy(DicomDataSet file, DirectoryRecordType type, string number, DicomDataSetBuilder record)
    {
        foreach (var key in type.Keys)
        {
            if (TryCopy(file, key, record))
                continue;
            if (key.Type == 1 && Substitute(file, key.Tag, number) is { } text)
                record.Set(key.Tag, text);
            else if (key.Type is 1 or 2)
                record.SetEmpty(key.Tag);
        }

        if (type == DirectoryRecordType.Private && file.GetUid(Tag.SopClassUid) is { } sopClass)
            record.Set(Tag.PrivateRecordUid, sopClass);
    }

    private static bool TryCopy(DicomDataSet file, RecordKey key, DicomDataSetBuilder record)
    {
        // The last verification lies in the observers' sequence (PS3.3 C.17.2).
        if (key.Tag == Tag.VerificationDateTime)
        {
            var observers = file.GetSequence(Tag.VerifyingObserverSequence);
            return observers.OrderBy(item => item.GetString(Tag.VerificationDateTime), StringComparer.Ordinal)
                .LastOrDefault()
                is { } last && TryCopyText(last, key.Tag, record);
        }

        if (DataDictionary.VrOf(key.Tag) is not Vr.SQ)
            return TryCopyValue(file, key.Tag, record);

        // Of a report's content only what modifies its title (PS3.3 F.5.25 and F.5.28).
        var left = MostItems;
        var items = file.GetSequence(key.Tag)
            .Where(item => key.Tag != Tag.ContentSequence || item.GetString(Tag.RelationshipType) == "HAS CONCEPT MOD")
            .Select(item => Copy(item, 1, ref left))
            .ToList();
        if (items.Count > 0)
            record.SetSequence(key.Tag, items);
        return items.Count > 0;
    }

    private static DicomDataSetBuilder Copy(DicomDataSet item, int depth, ref int left)
    {
        var copy = new DicomDataSetBuilder();
        foreach (var element in item.Elements)
        {
            if (element.Tag.IsPrivate || element.Tag.IsGroupLength || element.Tag == Tag.SpecificCharacterSet)
                continue;
            if (!element.IsSequence)
            {
                TryCopyValue(item, element.Tag, copy);
                continue;
            }

            if (depth == Deepest || DataDictionary.VrOf(element.Tag) is not Vr.SQ)
                continue;
            var items = new List<DicomDataSetBuilder>();
            foreach (var inner in element.Items)
            {
                if (left-- > 0)
                    items.Add(Copy(inner, depth + 1, ref left));
            }

            copy.SetSequence(element.Tag, items);
        }

        return copy;
    }

    private static bool TryCopyValue(DicomDataSet file, Tag tag, DicomDataSetBuilder record)
    {
        if (!file.TryGet(tag, out var element) || element.IsEmpty || element.IsDeferred || tag.Group <= 2)
            return false;
        if (element.Vr.IsText())
            return TryCopyText(file, tag, record);
        if (!element.Vr.IsBinaryNumber() && element.Vr is not Vr.AT)
            return false;
        record.Set(element);
        return true;
    }

    private static bool TryCopyText(DicomDataSet file, Tag tag, DicomDataSetBuilder record)
    {
        if (!file.TryGet(tag, out var element) || !element.Vr.IsText() || DataDictionary.VrOf(tag) != element.Vr)
            return false;
        var vr = element.Vr;
        if (vr is Vr.UI && element.GetUid() is { } uid)
        {
            record.Set(tag, uid);
            return true;
        }

        var values = element.GetStrings();
        for (var i = 0; i < values.Length; i++)
            values[i] = Mend(values[i], vr);
        if (Array.TrueForAll(values, value => value.Length == 0))
            return false;
        try
        {
            record.SetAs(tag, vr, values);
            return true;
        }
        catch (DicomValueException)
        {
            return false;
        }
    }

    // What no writer should have written.
    private static string Mend(string text, Vr vr)
    {
        var mended = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsControl(rune) || (vr is Vr.LT or Vr.ST or Vr.UT && rune.Value is '\r' or '\n' or '\f' or '\t'))
                mended.Append(rune.ToString());
        }

        // The forms of ACR-NEMA: 11:20:00 and 1994.11.05.
        if (vr is Vr.TM)
            mended.Replace(":", "");
        else if (vr is Vr.DA)
            mended.Replace(".", "");

        // A name has its length in each of three groups.
        var longest = ValueRules.Longest(vr);
        if (!vr.IsCharacterSetDependent() || mended.Length <= longest)
            return mended.ToString();
        if (vr is not Vr.PN)
            return Cut(mended.ToString(), longest);
        return string.Join('=', mended.ToString().Split('=').Take(3).Select(group => Cut(group, longest)));
    }

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>What stands for a key that the file should have and has not.</summary>
    private static string? Substitute(DicomDataSet file, Tag tag, string number)
    {
        if (tag == Tag.StudyDate)
            return FirstDate(file, Tag.SeriesDate, Tag.AcquisitionDate, Tag.ContentDate);
        return DataDictionary.VrOf(tag) switch
        {
            Vr.DA => FirstDate(file, Tag.SeriesDate, Tag.StudyDate),
            Vr.TM => "000000",
            Vr.IS => number.TrimStart('P', 'A', 'S', 'T', 'E', 'I', 'M', '0'),
            Vr.SH or Vr.LO => number,
            _ when tag == Tag.Modality => "OT",
            _ when tag == Tag.CompletionFlag => "PARTIAL",
            _ when tag == Tag.VerificationFlag => "UNVERIFIED",
            Vr.CS => "UNKNOWN",
            _ => null,
        };
    }

    private static string FirstDate(DicomDataSet file, params ReadOnlySpan<Tag> tags)
    {
        foreach (var tag in tags)
        {
            if (file.GetDate(tag) is { } date)
                return date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        }

        return "19000101";
    }
}
