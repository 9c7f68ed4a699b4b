using System.Globalization;

namespace Tornado.Internal;

/// <summary>Reads the values of options as Tornado does; texts that it misreads are errors here.</summary>
internal static class OptionText
{
    private static readonly string[] DateFormats =
    [
        "ddd MMM dd HH:mm:ss yyyy", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm",
        "yyyyMMdd HH:mm:ss", "yyyyMMdd HH:mm",
        "yyyy-MM-dd", "yyyyMMdd", "HH:mm:ss", "HH:mm",
    ];

    public static T Read<T>(string text)
        where T : IParsable<T>
    {
        if (typeof(T) == typeof(bool))
            return (T)(object)ReadBool(text);
        if (typeof(T) == typeof(DateTime))
            return (T)(object)ReadDate(text);
        if (typeof(T) == typeof(TimeSpan))
            return (T)(object)ReadSpan(text);
        return T.TryParse(text, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"it is no {typeof(T).Name}");
    }

    public static IReadOnlyList<T> ReadList<T>(string text)
        where T : IParsable<T>
    {
        var values = new List<T>();
        foreach (var item in text.Split(','))
        {
            if ((typeof(T) == typeof(int) || typeof(T) == typeof(long)) && item.Split(':') is [var low, var high])
                AddRange(
                    values,
                    long.Parse(low, CultureInfo.InvariantCulture),
                    long.Parse(high, CultureInfo.InvariantCulture));
            else
                values.Add(Read<T>(item));
        }
        return values;
    }

    private static void AddRange<T>(List<T> values, long low, long high)
        where T : IParsable<T>
    {
        // A range is typed by hand; a million values are a slip of the finger.
        if (high - low > 1_000_000)
            throw new FormatException("the range is too long");
        for (var value = low; value <= high; value++)
            values.Add(Read<T>(value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Tornado takes everything but false, 0 and f for true, "no" and "off" included.</summary>
    private static bool ReadBool(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "T" or "YES" or "Y" or "ON" => true,
        "FALSE" or "0" or "F" or "NO" or "N" or "OFF" => false,
        _ => throw new FormatException("it is neither true nor false"),
    };

    private static DateTime ReadDate(string text)
        => DateTime.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? text.Contains('-') || text.Length >= 8 && !text.Contains(':') || text.Length > 8
                ? date
                : new DateTime(1900, 1, 1).Add(date.TimeOfDay)
            : throw new FormatException("it is no date or time");

    /// <summary>Numbers with units, <c>1h 30m</c>; without a unit seconds; the blank between may be left out.</summary>
    private static TimeSpan ReadSpan(string text)
    {
        var sum = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
            throw new FormatException("it is no time span");
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length
                && (char.IsAsciiDigit(rest[digits]) || rest[digits] is '.' or '+' or '-' || IsExponent(rest, digits)))
                digits++;
            if (!double.TryParse(rest[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                throw new FormatException("it is no time span");
            rest = rest[digits..].TrimStart();
            var letters = 0;
            while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
                letters++;
            sum += number * UnitOf(rest[..letters].ToString());
            rest = rest[letters..].TrimStart();
        }
        return sum;
    }

    private static bool IsExponent(ReadOnlySpan<char> text, int at)
        => text[at] is 'e' or 'E'
            && at > 0
            && char.IsAsciiDigit(text[at - 1])
            && at + 1 < text.Length
            && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] is '-' or '+');

    private static TimeSpan UnitOf(string unit) => unit switch
    {
        "" or "s" or "sec" or "seconds" => TimeSpan.FromSeconds(1),
        "h" or "hours" => TimeSpan.FromHours(1),
        "m" or "min" or "minutes" => TimeSpan.FromMinutes(1),
        "ms" or "milliseconds" => TimeSpan.FromMilliseconds(1),
        "us" or "microseconds" => TimeSpan.FromMicroseconds(1),
        "d" or "days" => TimeSpan.FromDays(1),
        "w" or "weeks" => TimeSpan.FromDays(7),
        _ => throw new FormatException($"there is no unit of time {unit}"),
    };
}
