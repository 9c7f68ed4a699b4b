using System.Globalization;

namespace NeurDicom.Dicom;

/// <summary>A data element tag: group and element number (PS3.5 7.1). Ordered as elements are in a data set.</summary>
public readonly partial struct Tag(uint value) : IEquatable<Tag>, IComparable<Tag>
{
    /// <summary>From group and element number.</summary>
    public Tag(ushort group, ushort element)
        : this(((uint)group << 16) | element)
    {
    }

    /// <summary>Group in the upper, element number in the lower 16 bits.</summary>
    public uint Value { get; } = value;

    /// <summary>The group number.</summary>
    public ushort Group => (ushort)(Value >> 16);

    /// <summary>The element number.</summary>
    public ushort Element => (ushort)Value;

    /// <summary>Odd groups belong to vendors (PS3.5 7.8).</summary>
    public bool IsPrivate => (Value & 0x10000) != 0;

    /// <summary>A private creator reserves a block of private elements (PS3.5 7.8.1).</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x10 and <= 0xFF;

    /// <summary>Group lengths are retired outside groups 0000 and 0002 (PS3.5 7.2).</summary>
    public bool IsGroupLength => Element == 0;

    /// <summary>Pixel Data, Float Pixel Data or Double Float Pixel Data.</summary>
    public bool IsPixelData => Value is 0x7FE00010 or 0x7FE00008 or 0x7FE00009;

    /// <summary>The tag of the creator that reserved this private element's block.</summary>
    public Tag PrivateCreator => new(Group, (ushort)(Element >> 8));

    /// <summary>
    /// Reads <c>00100010</c>, <c>0010,0010</c>, <c>(0010,0010)</c> or a keyword of the dictionary such as
    /// <c>PatientName</c>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Tag tag)
    {
        var digits = text is ['(', .. var inner, ')'] ? inner : text;
        var split = digits.Length == 9 && digits[4] == ',' ? 5 : 4;
        if (digits.Length == split + 4 &&
            TryParseHex(digits[..4], out var group) && TryParseHex(digits[split..], out var element))
        {
            tag = new Tag(group, element);
            return true;
        }

        return DataDictionary.TryFindKeyword(text, out tag);
    }

    /// <summary>Eight hexadecimal digits, as DICOM JSON writes a tag (PS3.18 F.2.2).</summary>
    public string ToHexString() => Value.ToString("X8", CultureInfo.InvariantCulture);

    /// <summary><c>(0010,0010)</c>.</summary>
    public override string ToString() => $"({Group:X4},{Element:X4})";

    /// <inheritdoc/>
    public bool Equals(Tag other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tag other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Value;

    /// <inheritdoc/>
    public int CompareTo(Tag other) => Value.CompareTo(other.Value);

    /// <summary>Equality of group and element.</summary>
    public static bool operator ==(Tag left, Tag right) => left.Value == right.Value;

    /// <summary>Inequality of group or element.</summary>
    public static bool operator !=(Tag left, Tag right) => left.Value != right.Value;

    /// <summary>Order of a data set.</summary>
    public static bool operator <(Tag left, Tag right) => left.Value < right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(Tag left, Tag right) => left.Value > right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(Tag left, Tag right) => left.Value <= right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(Tag left, Tag right) => left.Value >= right.Value;

    private static bool TryParseHex(ReadOnlySpan<char> digits, out ushort value) =>
        ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
