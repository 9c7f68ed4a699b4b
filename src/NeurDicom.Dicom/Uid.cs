using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace NeurDicom.Dicom;

/// <summary>
/// A unique identifier: digits and dots, 1 to 64 characters (PS3.5 9.1). A value of this type is safe in a path, a
/// query and a header by construction.
/// </summary>
/// <remarks>
/// Components with leading zeros, which the standard forbids and real files hold, are taken; <see cref="IsStrict"/>
/// tells. <c>default</c> is not a UID and its <see cref="Value"/> is empty.
/// </remarks>
public readonly struct Uid : IEquatable<Uid>, IComparable<Uid>, ISpanParsable<Uid>
{
    /// <summary>The longest UID: 64 characters (PS3.5 9.1).</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789.");

    private readonly string? _value;

    private Uid(string value) => _value = value;

    /// <summary>The text, without padding.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether the UID keeps every rule of PS3.5 9.1: no leading zeros, no empty component.</summary>
    public bool IsStrict
    {
        get
        {
            foreach (var component in Value.AsSpan().Split('.'))
            {
                var digits = Value.AsSpan(component);
                if (digits.IsEmpty || (digits.Length > 1 && digits[0] == '0'))
                    return false;
            }

            return true;
        }
    }

    /// <summary>Takes a UID that is known to be one, such as a constant.</summary>
    /// <exception cref="FormatException">The text is not a UID.</exception>
    public static Uid Parse(string text) =>
        TryParse(text, out var uid) ? uid : throw new FormatException("A UID has 1 to 64 digits and dots (PS3.5 9.1).");

    /// <summary>The UID that a UUID is (PS3.5 B.2): <c>2.25.</c> and its number.</summary>
    public static Uid FromGuid(Guid uuid) => new(string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"2.25.{System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(uuid.ToByteArray(bigEndian: true))}"));

    /// <summary>
    /// Reads a UID as it stands in an element or in a URL: one trailing NUL or any trailing spaces are padding.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Uid uid)
    {
        text = text.TrimEnd(" \0");
        uid = default;
        if (text.IsEmpty || text.Length > MaxLength || text.ContainsAnyExcept(Characters))
            return false;
        if (text[0] == '.' || text[^1] == '.' || text.IndexOf("..") >= 0)
            return false;

        uid = new Uid(text.ToString());
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Uid)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out Uid uid) => TryParse(text.AsSpan(), out uid);

    static Uid IParsable<Uid>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Uid>.TryParse(string? s, IFormatProvider? provider, out Uid result) =>
        TryParse(s, out result);

    static Uid ISpanParsable<Uid>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    static bool ISpanParsable<Uid>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Uid result) =>
        TryParse(s, out result);

    /// <inheritdoc/>
    public int CompareTo(Uid other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public bool Equals(Uid other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Uid other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Ordinal equality.</summary>
    public static bool operator ==(Uid left, Uid right) => left.Equals(right);

    /// <summary>Ordinal inequality.</summary>
    public static bool operator !=(Uid left, Uid right) => !left.Equals(right);

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator <(Uid left, Uid right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(Uid left, Uid right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(Uid left, Uid right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(Uid left, Uid right) => left.CompareTo(right) >= 0;
}
