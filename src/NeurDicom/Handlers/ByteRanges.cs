using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NeurDicom.Handlers;

/// <summary>A part of a representation.</summary>
internal readonly record struct ByteRange(long First, long Length)
{
    /// <summary>As <c>Content-Range</c> has it, RFC 9110 14.4.</summary>
    public string ToString(long size)
    {
        return string.Create(CultureInfo.InvariantCulture, $"bytes {First}-{First + Length - 1}/{size}");
    }
}

/// <summary>What the <c>Range</c> header asks for.</summary>
internal static class ByteRanges
{
    // More would cost more heads than bytes; RFC 9110 14.2 lets a server ignore such a header.
    private const int MostRanges = 32;

    /// <summary>
    /// The parts to send in the order asked for: null for everything, empty where none lies within the representation.
    /// </summary>
    public static IReadOnlyList<ByteRange>? Select(HttpRequest request, long size, string etag, DateTimeOffset modified)
    {
        // Range has a meaning for GET only (RFC 9110 14.2); one that is malformed or of another unit is ignored.
        if (!HttpMethods.IsGet(request.Method) || request.Headers.Range.Count != 1
            || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || header.Ranges.Count > MostRanges
            || !IsSameRepresentation(request.Headers.IfRange, etag, modified))
        {
            return null;
        }

        var ranges = new List<ByteRange>(header.Ranges.Count);
        foreach (var item in header.Ranges)
        {
            if (item.From is { } first)
            {
                if (first < size)
                    ranges.Add(new ByteRange(first, Math.Min(item.To ?? long.MaxValue - 1, size - 1) - first + 1));
            }
            else if (Math.Min(item.To ?? 0, size) is > 0 and var suffix)
            {
                ranges.Add(new ByteRange(size - suffix, suffix));
            }
        }

        // Overlapping ranges that add up to more than the whole are not worth it (RFC 9110 17.15).
        return ranges.Count > 1 && ranges.Sum(range => range.Length) > size ? null : ranges;
    }

    // If-Range compares strongly, and a date exactly (RFC 9110 13.1.5).
    private static bool IsSameRepresentation(StringValues condition, string etag, DateTimeOffset modified)
    {
        if (condition.Count == 0)
            return true;
        return RangeConditionHeaderValue.TryParse(condition.ToString(), out var parsed)
            && (parsed.EntityTag is { IsWeak: false } tag
                ? tag.Tag == etag
                : parsed.LastModified?.ToUnixTimeSeconds() == modified.ToUnixTimeSeconds());
    }
}
