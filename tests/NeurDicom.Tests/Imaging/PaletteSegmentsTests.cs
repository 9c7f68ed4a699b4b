using System.Runtime.InteropServices;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class PaletteSegmentsTests
{
    [Fact]
    public void Runs_and_lines_make_the_table() =>
        Words(7, 0, 2, 0, 100, 1, 4, 500, 0, 1, 7).ShouldBe(new ushort[] { 0, 100, 200, 300, 400, 500, 7 });

    [Fact]
    public void A_line_may_fall() => Words(4, 0, 1, 9, 1, 3, 0).ShouldBe(new ushort[] { 9, 6, 3, 0 });

    [Fact]
    public void A_reference_repeats_segments_from_where_the_table_is()
    {
        // PS3.3 C.7.9.2.3: two segments from byte 8 on, low part of the offset first; the line starts where the table ends.
        Words(8, 0, 2, 1, 2, 0, 2, 5, 6, 1, 1, 8, 2, 2, 8, 0).ShouldBe(new ushort[] { 1, 2, 5, 6, 8, 5, 6, 8 });
    }

    [Fact]
    public void Segments_of_bytes_have_offsets_of_four_bytes() =>
        PaletteSegments.Expand([0, 1, 0, 1, 2, 10, 2, 1, 3, 0, 0, 0], 5, 8, isBigEndian: false).ShouldBe(new ushort[] { 0, 5, 10, 10, 10 });

    [Theory]
    [InlineData("a line before any value", 3, 1, 3, 9)]
    [InlineData("a run without its values", 3, 0, 3, 9)]
    [InlineData("an unknown kind", 3, 5, 1, 9)]
    [InlineData("fewer than the table has", 3, 0, 2, 9, 9)]
    [InlineData("a reference to itself", 3, 2, 1, 0, 0)]
    [InlineData("a reference to nowhere", 3, 0, 1, 1, 2, 1, 0xFFFF, 0xFFFF)]
    [InlineData("a run of nothing, for ever", 3, 0, 0, 0, 0)]
    public void Broken_segments_make_no_table(string why, int count, params int[] words) => Words(count, words).ShouldBeNull(why);

    [Fact]
    public void No_more_is_made_than_the_table_has() =>
        Words(3, 0, 1, 0, 1, 60_000, 6, 0, 1, 1)!.Length.ShouldBe(3);

    private static ushort[]? Words(int count, params int[] words) => PaletteSegments.Expand(
        MemoryMarshal.AsBytes<ushort>(words.Select(word => (ushort)word).ToArray()), count, 16, isBigEndian: false);
}
