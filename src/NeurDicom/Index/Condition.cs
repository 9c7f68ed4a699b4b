using System.Globalization;
using System.Text;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Index;

/// <summary>
/// One filter as SQL with its values. A plain value is matched as DICOM matches (PS3.4 C.2.2.2): as it stands, with
/// <c>*</c> and <c>?</c> as wildcards, dates also as a range. A value may begin with <c>exact:</c>, <c>startswith:</c>
/// or <c>contains:</c>; then wildcards are ordinary characters.
/// </summary>
/// <param name="Values">For the question marks of <paramref name="Sql"/>, in order: long or string.</param>
/// <param name="IsExact">Whether an index on the column leads to the rows: a value, a range, a beginning.</param>
internal sealed record Condition(Field Field, string Sql, IReadOnlyList<object> Values, bool IsExact)
{
    // Longer than any value representation but UT and the like, which are not filtered by (PS3.5 6.2).
    private const int LongestValue = 1024;

    /// <summary>Whether it can be looked up, and so may be what a statement begins with.</summary>
    public bool IsSelective => IsExact && Field.IsIndexed;

    /// <summary>
    /// Whether a list of this level may begin with it: its rows are looked up, or found by reading all patients,
    /// of whom there are far fewer than of what lies below them.
    /// </summary>
    public bool MayBegin(Level list) => IsSelective || (Field.Name == "patient_name" && list > Level.Patient);

    /// <summary>
    /// Reads a filter's value, or returns null and says in <paramref name="problem"/> what is expected.
    /// </summary>
    public static Condition? Parse(Field field, string value, out string problem)
    {
        problem = $"The value has at most {LongestValue} characters.";
        if (value.Length > LongestValue)
            return null;

        if (field.Kind == FieldKind.Date)
            return ParseDate(field, Strip(value, "exact:") ?? value, out problem);
        if (field.Kind == FieldKind.Number)
            return ParseNumber(field, Strip(value, "exact:") ?? value, out problem);
        if (Strip(value, "exact:") is { } exact)
            return Matches(field, exact, literal: true, "", "");
        if (Strip(value, "startswith:") is { } start)
            return Matches(field, start, literal: true, "", "*");
        if (Strip(value, "contains:") is { } part)
            return Matches(field, part, literal: true, "*", "*");
        return Matches(field, value, literal: false, "", "");
    }

    private static string? Strip(string value, string prefix)
    {
        return value.StartsWith(prefix, StringComparison.Ordinal) ? value[prefix.Length..] : null;
    }

    private static Condition Matches(Field field, string value, bool literal, string before, string after)
    {
        if (field.Kind == FieldKind.Name)
            value = SearchText.Fold(value);
        var hasWildcards = before.Length + after.Length > 0 || (!literal && value.AsSpan().ContainsAny('*', '?'));

        if (field.Kind == FieldKind.Text)
        {
            return hasWildcards
                ? new Condition(
                    field, $"{field.Column} LIKE ? ESCAPE '\\'", [Like(value, literal, before, after)], false)
                : new Condition(field, $"{field.Column} = ? COLLATE NOCASE", [value], false);
        }

        if (!hasWildcards)
            return new Condition(field, Indexed(field, value, $"{field.Column} = ?"), [value], true);

        var pattern = Glob(value, literal, before, after);
        var wildcard = literal ? -1 : value.AsSpan().IndexOfAny('*', '?');
        var head = before.Length > 0 ? "" : wildcard < 0 ? value : value[..wildcard];
        if (head.Length == 0)
            return new Condition(field, $"{field.Column} GLOB ?", [pattern], false);

        // The range lets the index be used; a bound pattern alone would not. U+10FFFF sorts behind every character.
        return new Condition(
            field,
            Indexed(field, head, $"({field.Column} >= ? AND {field.Column} <= ? AND {field.Column} GLOB ?)"),
            [head, head + "\U0010FFFF", pattern],
            true);
    }

    private static string Indexed(Field field, string value, string sql)
    {
        return field.IndexedWhere is { } condition && value.Length > 0 ? $"({sql} AND {condition})" : sql;
    }

    private static string Glob(string value, bool literal, string before, string after)
    {
        var pattern = new StringBuilder(before);
        foreach (var c in value)
        {
            // In GLOB a bracket opens a set of characters, and a set of one takes the meaning away.
            if (c == '[' || (literal && c is '*' or '?'))
                pattern.Append('[').Append(c).Append(']');
            else
                pattern.Append(c);
        }

        return pattern.Append(after).ToString();
    }

    private static string Like(string value, bool literal, string before, string after)
    {
        var pattern = new StringBuilder(before.Length > 0 ? "%" : "");
        foreach (var c in value)
        {
            _ = c switch
            {
                '%' or '_' or '\\' => pattern.Append('\\').Append(c),
                '*' when !literal => pattern.Append('%'),
                '?' when !literal => pattern.Append('_'),
                _ => pattern.Append(c),
            };
        }

        return pattern.Append(after.Length > 0 ? "%" : "").ToString();
    }

    private static Condition? ParseNumber(Field field, string value, out string problem)
    {
        problem = "Expected a whole number.";
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new Condition(field, $"{field.Column} = ?", [number], false)
            : null;
    }

    private static Condition? ParseDate(Field field, string value, out string problem)
    {
        problem = "Expected a day as 20260131 or 2026-01-31, or a range as 20260101-20260131 with either side open.";
        if (ReadDay(value) is { } day)
            return new Condition(field, $"{field.Column} = ?", [day], true);

        // A day may itself have hyphens, so every hyphen is tried as the one between two days (PS3.4 C.2.2.2.5).
        for (var hyphen = value.IndexOf('-', StringComparison.Ordinal); hyphen >= 0;
            hyphen = value.IndexOf('-', hyphen + 1))
        {
            var (first, last) = (value[..hyphen], value[(hyphen + 1)..]);
            if (first.Length == 0 && ReadDay(last) is { } until)
            {
                // The empty text of a date that is there without a value lies before every day.
                return new Condition(field, $"({field.Column} > '' AND {field.Column} <= ?)", [until], true);
            }

            if (last.Length == 0 && ReadDay(first) is { } from)
                return new Condition(field, $"{field.Column} >= ?", [from], true);
            if (ReadDay(first) is { } begin && ReadDay(last) is { } end)
                return new Condition(field, $"({field.Column} >= ? AND {field.Column} <= ?)", [begin, end], true);
        }

        return null;
    }

    private static string? ReadDay(string text)
    {
        return DateOnly.TryParseExact(
            text, ["yyyyMMdd", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)
            : null;
    }
}
