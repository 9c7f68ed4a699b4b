using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

public sealed class InstanceRawTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    // NEURDICOM.md, defects 1 and 4; golden.md, row 28: the original did not subtract the lowest value, and wrapped.
    [Fact]
    public async Task Lum_8_subtracts_the_lowest_value_and_does_not_wrap()
    {
        int[] values = [.. Enumerable.Range(0, 64).Select(index => index * 65 - 1024)];

        var lum = await RawAsync(Signed(values), "");

        lum.ShouldBe(values.Select(value => (byte)((value + 1024) * 255 / (63 * 65.0) + 0.5)).ToArray());
        (lum[0], lum[^1]).ShouldBe(((byte)0, (byte)255));
    }

    [Theory]
    [InlineData("ramp", 0, 255)]
    [InlineData("offset", 1000, 1255)]
    [InlineData("tomograph", -1024, 3071)]
    [InlineData("two values", 7, 8)]
    public async Task Lum_8_reaches_from_black_to_white(string what, int low, int high)
    {
        int[] values = [.. Enumerable.Range(0, 64).Select(index => low + (high - low) * index / 63)];

        var lum = await RawAsync(Signed(values), "?format=LUM_8");

        lum[0].ShouldBe((byte)0, what);
        lum[^1].ShouldBe((byte)255, what);
        lum.ShouldBe(lum.Order());
    }

    // golden.md, row 29: the original's difference of 16-bit numbers overflowed, and all was zero.
    [Fact]
    public async Task The_whole_range_of_signed_words_does_not_overflow()
    {
        int[] values = [.. Enumerable.Range(0, 64).Select(index => -32768 + 65535 * index / 63)];

        var lum = await RawAsync(Signed(values), "");

        lum.ShouldBe(values.Select(value => (byte)((value + 32768) * 255 / 65535.0 + 0.5)).ToArray());
    }

    // golden.md, row 29, px_constant and px_zero.
    [Theory]
    [InlineData(1000, 128)]
    [InlineData(0, 0)]
    public async Task A_frame_of_one_value_is_grey_and_an_empty_one_black(int value, int expected) =>
        (await RawAsync(Signed([.. Enumerable.Repeat(value, 64)]), "")).ShouldAllBe(shade => shade == expected);

    // golden.md, row 30: frames are addressed, and pixels stay as stored for MONOCHROME1 and rescale.
    [Fact]
    public async Task All_frames_are_sent_or_the_one_asked_for()
    {
        int[] first = [.. Enumerable.Range(0, 64)];
        int[] second = [.. Enumerable.Range(64, 64)];
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Signed([.. first, .. second]).Text(Tag.NumberOfFrames, "IS", "2"));

        var all = await GetAsync(server, id, "");
        var native = await GetAsync(server, id, "?format=native&frame=2");
        var one = await GetAsync(server, id, "?frame=2");

        all.ShouldBe(Enumerable.Range(0, 128).Select(value => (byte)(value * 255 / 127.0 + 0.5)).ToArray());
        native.ShouldBe(MemoryMarshal.AsBytes<short>(second.Select(value => (short)value).ToArray()).ToArray());
        one.ShouldBe(Enumerable.Range(0, 64).Select(value => (byte)(value * 255 / 63.0 + 0.5)).ToArray());
        using var beyond = await server.GetAsync($"/api/instances/{id}/raw?frame=3");
        beyond.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Values_are_as_stored_whatever_they_mean()
    {
        int[] values = [.. Enumerable.Range(0, 64)];
        var plain = await RawAsync(Signed(values), "");

        (await RawAsync(Signed(values).Text(Tag.PhotometricInterpretation, "CS", "MONOCHROME1"), "")).ShouldBe(plain);
        (await RawAsync(Signed(values).Text(Tag.RescaleSlope, "DS", "2").Text(Tag.RescaleIntercept, "DS", "-1024"), "")).ShouldBe(plain);
    }

    [Fact]
    public async Task Lum_16_uses_all_sixteen_bits_low_byte_first()
    {
        var lum = MemoryMarshal.Cast<byte, ushort>(await RawAsync(Signed([.. Enumerable.Range(-10, 64)]), "?format=LUM_16")).ToArray();

        lum.ShouldBe(Enumerable.Range(0, 64).Select(value => (ushort)(value * 65535 / 63.0 + 0.5)).ToArray());
    }

    [Fact]
    public async Task Native_pixels_are_those_of_the_file()
    {
        int[] values = [.. Enumerable.Range(0, 64).Select(value => 0xF000 | value)];
        var file = Signed(values).Short(Tag.BitsStored, 12).Short(Tag.HighBit, 11);

        (await RawAsync(file, "?format=native")).ShouldBe(MemoryMarshal.AsBytes<ushort>(values.Select(value => (ushort)value).ToArray()).ToArray());
        (await RawAsync(file, "?format=RAW")).Length.ShouldBe(128);
    }

    [Fact]
    public async Task Colours_come_as_rgb_and_as_their_brightness()
    {
        byte[] pixels = [.. Enumerable.Range(0, 192).Select(value => (byte)value)];
        var file = new PictureFile().Short(Tag.SamplesPerPixel, 3).Short(Tag.BitsAllocated, 8).Short(Tag.BitsStored, 8)
            .Short(Tag.HighBit, 7).Text(Tag.PhotometricInterpretation, "CS", "RGB").Bytes(Tag.PixelData, "OW", pixels);

        (await RawAsync(file, "")).ShouldBe(pixels);
        (await RawAsync(file, "?format=RGB_24")).ShouldBe(pixels);
        var lum = await RawAsync(file, "?format=LUM_8");
        lum.Length.ShouldBe(64);
        lum[1].ShouldBe((byte)(0.299 * 3 + 0.587 * 4 + 0.114 * 5 + 0.5));
        (await RawAsync(file, "?format=LUM_16")).Length.ShouldBe(128);
    }

    [Fact]
    public async Task Grey_as_rgb_has_three_equal_samples()
    {
        var rgb = await RawAsync(Signed([.. Enumerable.Range(0, 64)]), "?format=RGB_24");

        rgb.Length.ShouldBe(192);
        rgb.Chunk(3).Select(pixel => pixel[0]).ShouldBe(Enumerable.Range(0, 64).Select(value => (byte)(value * 255 / 63.0 + 0.5)));
        rgb.Chunk(3).ShouldAllBe(pixel => pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    }

    [Fact]
    public async Task A_palette_picture_comes_in_its_colours()
    {
        var file = Signed([.. Enumerable.Range(0, 64)]).Short(Tag.PixelRepresentation, 0).Text(Tag.PhotometricInterpretation, "CS", "PALETTE COLOR")
            .Palette(2, 0, 16, [0xFFFF, 0], [0, 0xFFFF], [0, 0]);

        var rgb = await RawAsync(file, "");

        rgb[..6].ShouldBe(new byte[] { 255, 0, 0, 0, 255, 0 });
        (await RawAsync(file, "?format=LUM_8"))[0].ShouldBe((byte)76);
    }

    [Theory]
    [InlineData("", "(1, 8, 8)", 64 * 2)]
    [InlineData("&frame=1", "(8, 8)", 64 * 2)]
    public async Task Npy_has_a_header_that_numpy_understands(string query, string shape, int length)
    {
        var npy = await RawAsync(Signed([.. Enumerable.Range(-32, 64)]), "?format=npy" + query);

        var end = 10 + BinaryPrimitives.ReadUInt16LittleEndian(npy.AsSpan(8));
        npy[..8].ShouldBe(new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0 });
        (end % 64).ShouldBe(0);
        npy[end - 1].ShouldBe((byte)'\n');
        Encoding.ASCII.GetString(npy, 10, end - 10).Trim().ShouldBe($"{{'descr': '<i2', 'fortran_order': False, 'shape': {shape}, }}");
        npy[end..].Length.ShouldBe(length);
        MemoryMarshal.Cast<byte, short>(npy.AsSpan(end)).ToArray().ShouldBe(Enumerable.Range(-32, 64).Select(value => (short)value).ToArray());
    }

    [Fact]
    public async Task Npy_holds_values_and_not_the_rest_of_their_cells()
    {
        // Twelve bits, signed, in the upper part of the cell; an overlay's bit below.
        var npy = await RawAsync(Signed([0x8001, 0x7FF1, 0xFFF0, .. new int[61]]).Short(Tag.BitsStored, 12).Short(Tag.HighBit, 15), "?format=npy");

        MemoryMarshal.Cast<byte, short>(npy.AsSpan(128))[..3].ToArray().ShouldBe(new short[] { -2048, 2047, -1 });
    }

    [Fact]
    public async Task Headers_tell_what_the_numbers_are()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Signed([.. Enumerable.Range(-32, 64)]).Short(Tag.Rows, 4).Short(Tag.Columns, 16));

        using var response = await server.GetAsync($"/api/instances/{id}/raw");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        Header(response, "X-Image-Width").ShouldBe("16");
        Header(response, "X-Image-Height").ShouldBe("4");
        Header(response, "X-Image-Frames").ShouldBe("1");
        Header(response, "X-Image-Bits").ShouldBe("8");
        Header(response, "X-Image-Samples").ShouldBe("1");
        Header(response, "X-Image-Minimum").ShouldBe("-32");
        Header(response, "X-Image-Maximum").ShouldBe("31");
    }

    [Fact]
    public async Task Parts_of_it_can_be_asked_for()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Signed([.. Enumerable.Range(0, 128)]).Text(Tag.NumberOfFrames, "IS", "2"));
        var whole = await GetAsync(server, id, "?format=npy");

        using var part = await server.GetAsync($"/api/instances/{id}/raw?format=npy", ("Range", "bytes=100-299"));
        using var head = await server.SendAsync(HttpMethod.Head, $"/api/instances/{id}/raw?format=npy");

        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(whole[100..300]);
        head.Content.Headers.ContentLength.ShouldBe(whole.Length);
    }

    // golden.md, raw_if_none_match: the original had done all the work by then.
    [Fact]
    public async Task What_the_client_has_is_not_sent_again()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Signed(new int[64]));
        using var first = await server.GetAsync($"/api/instances/{id}/raw");
        var etag = first.Headers.ETag!.ToString();

        using var again = await server.GetAsync($"/api/instances/{id}/raw", ("If-None-Match", etag));
        using var other = await server.GetAsync($"/api/instances/{id}/raw?format=LUM_16", ("If-None-Match", etag));

        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // NEURDICOM.md, defect 4: every other word meant the pixels as stored.
    [Theory]
    [InlineData("format=LUM_12", "format")]
    [InlineData("format=jpeg", "format")]
    [InlineData("frame=0", "frame")]
    [InlineData("frame=x", "frame")]
    public async Task A_word_that_means_nothing_is_a_400(string query, string field)
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Signed(new int[64]));

        using var response = await server.GetAsync($"/api/instances/{id}/raw?{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ProblemAsync(response))["errors"]![field].ShouldNotBeNull();
    }

    // golden.md, rows 1 and 25, and upload_truncated: each was a 500.
    [Fact]
    public async Task What_there_is_not_is_told_and_no_failure()
    {
        await using var server = await ArchiveServer.StartAsync();
        var none = await StoreAsync(server, new PictureFile());
        var half = await StoreAsync(server, Signed(new int[60]));
        var packed = await StoreAsync(server, new PictureFile { TransferSyntax = "1.2.840.10008.1.2.4.90" }.Pixels(new int[64]));

        using var missing = await server.GetAsync("/api/instances/4711/raw");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await ShouldBeRefusedAsync(server, none, "no pixel data");
        await ShouldBeRefusedAsync(server, half, "shorter than one frame");
        await ShouldBeRefusedAsync(server, packed, "1.2.840.10008.1.2.4.90");
    }

    [Fact]
    public async Task Frames_that_are_missing_are_named()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Signed(new int[100]).Text(Tag.NumberOfFrames, "IS", "2"));

        await ShouldBeRefusedAsync(server, id, "end of frame 2");
        (await GetAsync(server, id, "?frame=1")).Length.ShouldBe(64);
    }

    [Fact]
    public async Task Every_native_sample_gives_the_values_that_others_read()
    {
        await using var server = await ArchiveServer.StartAsync();
        var compared = 0;
        var table = File.ReadLines(SharedSamples.Path("golden.tsv")).Select(line => line.Split('\t')).ToList();
        var columns = table[0].Index().ToDictionary(column => column.Item, column => column.Index);
        foreach (var row in table.Skip(1))
        {
            var path = SharedSamples.Path(row[columns["path"]]);
            var file = await File.ReadAllBytesAsync(path, Cancel);
            if (DicomFile.Read(file).TransferSyntax.IsEncapsulated || (await server.StoreAsync(file))["id"]?.GetValue<long>() is not { } id)
                continue;
            var npy = await GetAsync(server, id, "?format=npy");
            var values = npy.AsSpan(10 + BinaryPrimitives.ReadUInt16LittleEndian(npy.AsSpan(8)));
            Convert.ToHexStringLower(SHA256.HashData(values)).ShouldBe(row[columns["sha256_canonical"]], path);
            compared++;
            // Some samples are one picture in several encodings, under one UID.
            using var deleted = await server.SendAsync(HttpMethod.Delete, $"/api/instances/{id}");
            deleted.EnsureSuccessStatusCode();
        }

        compared.ShouldBeGreaterThan(100);
    }

    // golden.md, rows 28 and 29, over the files that were recorded: what the original gave is no longer given.
    [Theory]
    [InlineData("px_offset")]
    [InlineData("px_ct")]
    [InlineData("px_ramp255")]
    [InlineData("px_full_i16")]
    [InlineData("px_full_u16")]
    [InlineData("px_mono1")]
    [InlineData("px_rescale")]
    [InlineData("px_multiframe")]
    [InlineData("px_u8")]
    public async Task The_recorded_probes_are_scaled_right(string probe)
    {
        var file = await File.ReadAllBytesAsync(SharedSamples.Path($"../../neurdicom/recorded/samples/{probe}.dcm"), Cancel);
        await using var server = await ArchiveServer.StartAsync();
        var id = (await server.StoreAsync(file))["id"]!.GetValue<long>();
        var dataSet = DicomFile.Read(file).DataSet;
        var native = await GetAsync(server, id, "?format=native");
        double[] values = dataSet.GetInt32(Tag.BitsAllocated) == 8 ? [.. native.Select(value => (double)value)]
            : dataSet.GetInt32(Tag.PixelRepresentation) == 1 ? [.. MemoryMarshal.Cast<byte, short>(native).ToArray().Select(value => (double)value)]
            : [.. MemoryMarshal.Cast<byte, ushort>(native).ToArray().Select(value => (double)value)];

        var lum = await GetAsync(server, id, "");

        var (low, high) = (values.Min(), values.Max());
        lum.ShouldBe(values.Select(value => (byte)((value - low) * 255 / (high - low) + 0.5)).ToArray());
    }

    private static PictureFile Signed(int[] values) => new PictureFile().Short(Tag.PixelRepresentation, 1).Pixels(values);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static async Task<byte[]> RawAsync(PictureFile file, string query)
    {
        await using var server = await ArchiveServer.StartAsync();
        return await GetAsync(server, await StoreAsync(server, file), query);
    }

    private static async Task<byte[]> GetAsync(ArchiveServer server, long id, string query)
    {
        using var response = await server.GetAsync($"/api/instances/{id.ToString(CultureInfo.InvariantCulture)}/raw{query}");
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    private static async Task<long> StoreAsync(ArchiveServer server, PictureFile file) =>
        (await server.StoreAsync(file.Write()))["id"].ShouldNotBeNull().GetValue<long>();

    private static async Task ShouldBeRefusedAsync(ArchiveServer server, long id, string reason)
    {
        using var response = await server.GetAsync($"/api/instances/{id}/raw");
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ProblemAsync(response))["detail"]!.GetValue<string>().ShouldContain(reason);
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel)).ShouldNotBeNull();
}
