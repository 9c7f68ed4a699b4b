using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom.Json;

/// <summary>
/// Writes the <c>"Value"</c> array of one element, or nothing where it is empty (PS3.18 F.2.4 and F.2.5).
/// </summary>
internal static class ValueJson
{
    private const byte Separator = (byte)'\\';

    /// <summary>Writes text of any repertoire, DS and IS included.</summary>
    public static void Text(ref JsonOutput json, Vr vr, ReadOnlySpan<byte> value, CharacterSet characterSet)
    {
        value = ValueText.TrimEnd(value);
        if (value.IsEmpty)
            return;

        if (characterSet.IsPlain(value) || (characterSet.IsUtf8 && Utf8.IsValid(value)))
        {
            Utf8Text(ref json, vr, value);
            return;
        }

        // Text decodes to delimiters as they are (CharacterSet has the reasons), so the rest goes on in UTF-8.
        var characters = ArrayPool<char>.Shared.Rent(value.Length + 4);
        var length = characterSet.Decode(value, characters, vr.Delimiters(), out _);
        var utf8 = ArrayPool<byte>.Shared.Rent(length * 3);
        Utf8Text(ref json, vr, utf8.AsSpan(0, Encoding.UTF8.GetBytes(characters.AsSpan(0, length), utf8)));
        ArrayPool<char>.Shared.Return(characters, clearArray: true);
        ArrayPool<byte>.Shared.Return(utf8, clearArray: true);
    }

    /// <summary>Writes numbers in binary.</summary>
    public static void Numbers(ref JsonOutput json, Vr vr, ReadOnlySpan<byte> value, bool isBigEndian)
    {
        var size = vr.ValueSize();
        if (value.Length < size)
            return;

        json.Raw(",\"Value\":["u8);
        for (var first = true; value.Length >= size; value = value[size..], first = false)
        {
            if (!first)
                json.Raw((byte)',');
            Number(ref json, vr, Word(vr, value, isBigEndian));
        }

        json.Raw((byte)']');
    }

    /// <summary>Writes bytes or words in base 64; words are little endian there (PS3.18 F.2.7).</summary>
    public static void Inline(ref JsonOutput json, Vr vr, ReadOnlySpan<byte> value, bool isBigEndian)
    {
        json.Raw(",\"InlineBinary\":"u8);
        var size = isBigEndian ? vr.ValueSize() : 1;
        if (size == 1)
        {
            json.Base64String(value);
            return;
        }

        var swapped = ArrayPool<byte>.Shared.Rent(value.Length);
        value.CopyTo(swapped);
        for (var i = 0; i + size <= value.Length; i += size)
            swapped.AsSpan(i, size).Reverse();
        json.Base64String(swapped.AsSpan(0, value.Length));
        ArrayPool<byte>.Shared.Return(swapped, clearArray: true);
    }

    private static void Utf8Text(ref JsonOutput json, Vr vr, ReadOnlySpan<byte> value)
    {
        json.Raw(",\"Value\":["u8);
        if (!vr.IsMultiValuedText())
        {
            json.String(value);
        }
        else
        {
            int end;
            while ((end = value.IndexOf(Separator)) >= 0)
            {
                One(ref json, vr, value[..end]);
                json.Raw((byte)',');
                value = value[(end + 1)..];
            }

            One(ref json, vr, value);
        }

        json.Raw((byte)']');
    }

    private static void One(ref JsonOutput json, Vr vr, ReadOnlySpan<byte> value)
    {
        // Leading spaces are the value's own in UC only (PS3.5 6.2).
        value = vr == Vr.UC ? ValueText.TrimEnd(value) : ValueText.Trim(value);
        if (value.IsEmpty)
            json.Raw("null"u8);
        else if (vr == Vr.PN)
            Name(ref json, value);
        else if (vr is Vr.DS or Vr.IS)
            json.NumberText(value);
        else
            json.String(value);
    }

    private static void Name(ref JsonOutput json, ReadOnlySpan<byte> name)
    {
        var isFirst = true;
        for (var group = 0; group < 3 && !name.IsEmpty; group++)
        {
            // A third group takes what is left: there is no fourth.
            var end = group < 2 ? name.IndexOf((byte)'=') : -1;
            var text = ValueText.Trim(end < 0 ? name : name[..end]);
            name = end < 0 ? [] : name[(end + 1)..];
            if (text.IsEmpty)
                continue;

            json.Raw(isFirst ? (byte)'{' : (byte)',');
            isFirst = false;
            json.Raw(group switch
            {
                0 => "\"Alphabetic\":"u8,
                1 => "\"Ideographic\":"u8,
                _ => "\"Phonetic\":"u8,
            });
            json.String(text);
        }

        json.Raw(isFirst ? "null"u8 : "}"u8);
    }

    private static void Number(ref JsonOutput json, Vr vr, ulong word)
    {
        switch (vr)
        {
            case Vr.US or Vr.UL or Vr.UV:
                json.Number(word);
                break;
            case Vr.SS:
                json.Number((short)word);
                break;
            case Vr.SL:
                json.Number((int)word);
                break;
            case Vr.SV:
                json.Number((long)word);
                break;
            case Vr.FL:
                // As a double: a reader gets the value of the file, not the nearest double of its shortest text.
                json.Number((double)BitConverter.UInt32BitsToSingle((uint)word));
                break;
            case Vr.FD:
                json.Number(BitConverter.UInt64BitsToDouble(word));
                break;
            case Vr.AT:
                json.Raw((byte)'"');
                json.Hexadecimal((uint)word);
                json.Raw((byte)'"');
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(vr), vr, null);
        }
    }

    private static ulong Word(Vr vr, ReadOnlySpan<byte> value, bool isBigEndian) => (vr.ValueSize(), isBigEndian) switch
    {
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(value),
        (2, true) => BinaryPrimitives.ReadUInt16BigEndian(value),

        // A tag is two numbers, the group first.
        (4, false) when vr == Vr.AT => BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(value), 16),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(value),
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(value),
        (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(value),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(value),
    };
}
