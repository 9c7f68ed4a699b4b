using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace NeurDicom.Index;

/// <summary>
/// Where a page of a list ended: the value that the list is ordered by, and the id. Opaque to clients: the text is not
/// theirs to take apart, and what is in it may change.
/// </summary>
/// <param name="Order">The order that it belongs to; it means nothing in another one.</param>
/// <param name="Value">long, string or null.</param>
internal sealed record Cursor(string Order, object? Value, long Id)
{
    private const int LongestText = 8192;

    public override string ToString()
    {
        var value = Value switch
        {
            null => "n",
            long number => "i" + number.ToString(CultureInfo.InvariantCulture),
            _ => "s" + Value,
        };
        var id = Id.ToString(CultureInfo.InvariantCulture);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Order}\n{id}\n{value}"));
    }

    /// <summary>Reads a cursor that <see cref="ToString"/> wrote, or returns null.</summary>
    public static Cursor? Parse(string text)
    {
        if (text.Length > LongestText || !Base64Url.IsValid(text))
            return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n', 3);
        if (parts.Length != 3 || parts[2].Length == 0 || !TryReadNumber(parts[1], out var id))
            return null;
        return parts[2][0] switch
        {
            'n' => new Cursor(parts[0], null, id),
            'i' when TryReadNumber(parts[2][1..], out var number) => new Cursor(parts[0], number, id),
            's' => new Cursor(parts[0], parts[2][1..], id),
            _ => null,
        };
    }

    private static bool TryReadNumber(string text, out long number)
    {
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
