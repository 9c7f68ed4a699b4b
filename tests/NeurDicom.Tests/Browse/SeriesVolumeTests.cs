using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

public sealed class SeriesVolumeTests
{
    private const int NiftiHead = 352;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slices_are_ordered_by_their_position_and_rescaled()
    {
        await using var server = await ArchiveServer.StartAsync();
        // Instance numbers run the other way, and the files come in no order at all.
        foreach (var slice in new[] { 2, 0, 3, 1 })
            await StoreAsync(server, Slice(z: 5 * slice, value: 100 * slice).Text(Tag.InstanceNumber, "IS", $"{9 - slice}"));

        var (head, volume) = await NpyAsync(server, "");

        head.ShouldBe("{'descr': '<i2', 'fortran_order': False, 'shape': (4, 8, 8), }");
        var values = MemoryMarshal.Cast<byte, short>(volume).ToArray();
        for (var slice = 0; slice < 4; slice++)
            values.Skip(64 * slice).Take(64).ShouldBe(Enumerable.Range(0, 64).Select(pixel => (short)(100 * slice + pixel - 1024)));
    }

    [Fact]
    public async Task A_slope_with_a_fraction_makes_floats_slice_by_slice()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Slice(z: 0, value: 10).Text(Tag.RescaleSlope, "DS", "0.5"));
        await StoreAsync(server, Slice(z: 1, value: 20).Text(Tag.RescaleSlope, "DS", "0.25").Text(Tag.RescaleIntercept, "DS", "1.5"));

        var (head, volume) = await NpyAsync(server, "");

        head.ShouldContain("'<f4'");
        var values = MemoryMarshal.Cast<byte, float>(volume).ToArray();
        values[0].ShouldBe(10 * 0.5f - 1024);
        values[64].ShouldBe(20 * 0.25f + 1.5f);
    }

    [Fact]
    public async Task Values_that_16_bits_cannot_hold_are_floats()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Slice(z: 0, value: 0).Short(Tag.BitsStored, 16).Short(Tag.HighBit, 15));

        (await NpyAsync(server, "")).Head.ShouldContain("'<f4'");
    }

    [Fact]
    public async Task The_affine_leads_to_nibabels_coordinates()
    {
        await using var server = await ArchiveServer.StartAsync();
        // Sagittal: columns run to the back, rows down; 2 mm between rows, 0.5 mm between columns.
        foreach (var x in new[] { -3.0, 0, 3 })
        {
            await StoreAsync(server, Slice(z: 0, value: 0).Text(Tag.ImageOrientationPatient, "DS", "0\\1\\0\\0\\0\\-1")
                .Text(Tag.ImagePositionPatient, "DS", string.Create(CultureInfo.InvariantCulture, $"{x}\\-50\\70"))
                .Text(Tag.PixelSpacing, "DS", "2\\0.5"));
        }

        using var response = await server.GetAsync("/api/series/1/volume?format=nii");
        var nifti = await response.Content.ReadAsByteArrayAsync(Cancel);

        // The normal of such slices points to the right, where x falls in DICOM and rises in NIfTI.
        double[] expected = [0, 0, 3, -3, -0.5, 0, 0, 50, 0, -2, 0, 70];
        Floats(nifti, 280, 12).ShouldBe(expected.Select(number => (float)number));
        response.Headers.GetValues("X-Volume-Affine").Single().ShouldBe("0,0,3,-3,-0.5,0,0,50,0,-2,0,70,0,0,0,1");
        Floats(nifti, 76, 4).ShouldBe([1, 0.5f, 2, 3]);
        // A quaternion of unit length whose rotation gives the affine's directions.
        var (b, c, d) = (Floats(nifti, 256, 3)[0], Floats(nifti, 256, 3)[1], Floats(nifti, 256, 3)[2]);
        var a = Math.Sqrt(Math.Max(0, 1 - b * b - c * c - d * d));
        (2 * (b * c + a * d)).ShouldBe(-1, 1e-5);
        (2 * (c * d + a * b)).ShouldBe(-1, 1e-5);
        (2 * (b * d + a * c)).ShouldBe(1, 1e-5);
    }

    [Fact]
    public async Task A_nifti_file_has_its_head_and_its_values()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Slice(z: 0, value: 1));
        await StoreAsync(server, Slice(z: 2.5, value: 2));

        using var response = await server.GetAsync("/api/series/1/volume?format=nii");
        var nifti = await response.Content.ReadAsByteArrayAsync(Cancel);

        BinaryPrimitives.ReadInt32LittleEndian(nifti).ShouldBe(348);
        Shorts(nifti, 40, 4).ShouldBe(new short[] { 3, 8, 8, 2 });
        Shorts(nifti, 70, 2).ShouldBe(new short[] { 4, 16 });
        Floats(nifti, 108, 3).ShouldBe([352, 1, 0]);
        Shorts(nifti, 252, 2).ShouldBe(new short[] { 1, 1 });
        Encoding.ASCII.GetString(nifti, 344, 4).ShouldBe("n+1\0");
        nifti.Length.ShouldBe(NiftiHead + 2 * 64 * 2);
        BinaryPrimitives.ReadInt16LittleEndian(nifti.AsSpan(NiftiHead)).ShouldBe((short)(1 - 1024));
    }

    [Fact]
    public async Task The_frames_of_an_enhanced_object_are_slices()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Enhanced([3, 0, 6]));

        var (head, volume) = await NpyAsync(server, "");

        head.ShouldContain("(3, 8, 8)");
        var values = MemoryMarshal.Cast<byte, short>(volume).ToArray();
        // Frames 2, 1, 3 by their places; frame 2 has an intercept of its own.
        (values[0], values[64], values[128]).ShouldBe(((short)(200 - 7), (short)100, (short)300));
    }

    [Fact]
    public async Task A_dose_lies_along_its_offsets_in_grays()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Slice(z: 0, value: 0).Pixels([.. Enumerable.Range(0, 192)]).Text(Tag.NumberOfFrames, "IS", "3")
            .Text(Tag.GridFrameOffsetVector, "DS", "0\\-2\\-4").Text(Tag.DoseGridScaling, "DS", "0.001")
            .Text(Tag.RescaleIntercept, "DS", null));

        var (head, volume) = await NpyAsync(server, "");

        head.ShouldContain("'<f4', 'fortran_order': False, 'shape': (3, 8, 8)");
        MemoryMarshal.Cast<byte, float>(volume)[0].ShouldBe(0.128f);
    }

    public static TheoryData<string, string> Differences => new()
    {
        { "rows", "differ in their rows and columns: 8 x 8 in 3 of them" },
        { "orientation", "differ in their orientation" },
        { "spacing", "differ in their pixel spacing" },
        { "gap", "Between the slices 3 and 4" },
        { "beside", "beside its place" },
        { "space", "frame of reference" },
        { "twice", "Some places hold several slices" },
        { "position", "Image Position (Patient) is missing" },
        { "no orientation", "Image Orientation (Patient) is missing" },
        { "skew", "not two directions at right angles" },
        { "no spacing", "Pixel Spacing is missing" },
        { "colour", "in colour" },
        { "compressed", "1.2.840.10008.1.2.4.90" },
        { "short", "shorter than one frame" },
        { "frames", "has no position of its own" },
        { "none", "no pixel data" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task What_makes_no_volume_is_refused_with_what_differs(string which, string reason)
    {
        await using var server = await ArchiveServer.StartAsync();
        for (var slice = 0; slice < 3; slice++)
            await StoreAsync(server, Slice(z: 2 * slice, value: 0));
        var odd = which == "compressed" ? Slice(z: 6, value: 0, "1.2.840.10008.1.2.4.90") : Slice(z: 6, value: 0);
        _ = which switch
        {
            "rows" => odd.Short(Tag.Rows, 4).Short(Tag.Columns, 16),
            "orientation" => odd.Text(Tag.ImageOrientationPatient, "DS", "0\\1\\0\\0\\0\\-1"),
            "spacing" => odd.Text(Tag.PixelSpacing, "DS", "1\\1.1"),
            "gap" => odd.Text(Tag.ImagePositionPatient, "DS", "0\\0\\8"),
            "beside" => odd.Text(Tag.ImagePositionPatient, "DS", "1\\0\\6"),
            "space" => odd.Text(Tag.FrameOfReferenceUid, "UI", "2.25.1"),
            "twice" => odd.Text(Tag.ImagePositionPatient, "DS", "0\\0\\4"),
            "position" => odd.Text(Tag.ImagePositionPatient, "DS", null),
            "no orientation" => odd.Text(Tag.ImageOrientationPatient, "DS", null),
            "skew" => odd.Text(Tag.ImageOrientationPatient, "DS", "1\\0\\0\\1\\0\\0"),
            "no spacing" => odd.Text(Tag.PixelSpacing, "DS", null),
            "colour" => odd.Short(Tag.SamplesPerPixel, 3).Short(Tag.Columns, 2).Text(Tag.PhotometricInterpretation, "CS", "RGB"),
            "short" => odd.Pixels(1),
            "frames" => odd.Text(Tag.NumberOfFrames, "IS", "2").Short(Tag.Rows, 4),
            "none" => odd.Bytes(Tag.PixelData, "OW", null),
            _ => odd,
        };
        await StoreAsync(server, odd);

        using var response = await server.GetAsync("/api/series/1/volume");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var detail = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["detail"]!.GetValue<string>();
        detail.ShouldContain(reason);
        detail.ShouldContain("instance", Case.Insensitive);
    }

    [Fact]
    public async Task Of_several_echoes_one_is_asked_for()
    {
        await using var server = await ArchiveServer.StartAsync();
        foreach (var (z, echo) in new[] { (0, 90), (0, 20), (2, 20), (2, 90) })
            await StoreAsync(server, Slice(z, value: echo).Text(Tag.EchoTime, "DS", $"{echo}"));

        using var all = await server.GetAsync("/api/series/1/volume");
        var (_, second) = await NpyAsync(server, "?part=2");
        using var third = await server.GetAsync("/api/series/1/volume?part=3");

        all.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await all.Content.ReadAsStringAsync(Cancel)).ShouldContain("part=1 to part=2");
        MemoryMarshal.Cast<byte, short>(second)[0].ShouldBe((short)(90 - 1024));
        MemoryMarshal.Cast<byte, short>(second)[64].ShouldBe((short)(90 - 1024));
        third.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_tilted_gantry_shears_the_affine_and_is_told()
    {
        await using var server = await ArchiveServer.StartAsync();
        for (var slice = 0; slice < 3; slice++)
            await StoreAsync(server, Slice(0, value: 0).Text(Tag.ImagePositionPatient, "DS", $"0\\{slice}\\{5 * slice}"));

        using var response = await server.GetAsync("/api/series/1/volume?format=nii");
        var nifti = await response.Content.ReadAsByteArrayAsync(Cancel);

        response.Headers.GetValues("X-Volume-Assumed").Single().ShouldContain("sheared by 11.31 degrees");
        Shorts(nifti, 252, 2).ShouldBe(new short[] { 0, 1 });
        Floats(nifti, 280 + 16, 4).ShouldBe([0, -1, -1, 0]);
    }

    [Fact]
    public async Task The_distance_of_a_single_slice_is_told_to_be_assumed()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Slice(0, value: 0).Text(Tag.SliceThickness, "DS", "3.5"));

        using var response = await server.GetAsync("/api/series/1/volume?format=nii");

        response.Headers.GetValues("X-Volume-Assumed").Single().ShouldContain("3.5 mm");
        Floats(await response.Content.ReadAsByteArrayAsync(Cancel), 88, 1)[0].ShouldBe(3.5f);
    }

    [Fact]
    public async Task Parts_of_a_volume_can_be_asked_for_and_none_is_sent_twice()
    {
        await using var server = await ArchiveServer.StartAsync();
        for (var slice = 0; slice < 3; slice++)
            await StoreAsync(server, Slice(slice, value: 10 * slice));
        using var whole = await server.GetAsync("/api/series/1/volume?format=nii");
        var bytes = await whole.Content.ReadAsByteArrayAsync(Cancel);

        using var part = await server.GetAsync("/api/series/1/volume?format=nii", ("Range", "bytes=340-700"));
        using var again = await server.GetAsync("/api/series/1/volume?format=nii", ("If-None-Match", whole.Headers.ETag!.ToString()));
        using var head = await server.SendAsync(HttpMethod.Head, "/api/series/1/volume?format=nii");
        await StoreAsync(server, Slice(3, value: 30));
        using var grown = await server.GetAsync("/api/series/1/volume?format=nii", ("If-None-Match", whole.Headers.ETag!.ToString()));

        (await part.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes[340..701]);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        head.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        grown.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/series/4711/volume", HttpStatusCode.NotFound)]
    [InlineData("/api/series/1/volume?format=nrrd", HttpStatusCode.BadRequest)]
    [InlineData("/api/series/1/volume?part=0", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_meant_is_refused(string path, HttpStatusCode status)
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, Slice(0, value: 0));

        using var response = await server.GetAsync(path);

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Nibabel_and_numpy_read_what_we_write()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python) && await PythonAsync(
                "import importlib.util as u; print(u.find_spec('nibabel') is not None and u.find_spec('numpy') is not None)") == "True",
            "python3-nibabel is not installed: volumes are not compared with it.");
        await using var server = await ArchiveServer.StartAsync();
        for (var slice = 0; slice < 4; slice++)
            await StoreAsync(server, Slice(2 * slice, value: 10 * slice).Text(Tag.ImageOrientationPatient, "DS", "0.8\\0.6\\0\\-0.6\\0.8\\0"));

        var said = await PythonAsync($"""
            import io, sys, urllib.request, numpy as np, nibabel as nib
            get = lambda f: urllib.request.urlopen('{server.Http.BaseAddress}api/series/1/volume?format=' + f).read()
            a = np.load(io.BytesIO(get('npy')))
            n = nib.Nifti1Image.from_bytes(get('nii'))
            print(a.shape, n.shape, (n.get_fdata().T == a).all(), np.allclose(n.get_qform(), n.get_sform(), atol=1e-4),
                n.affine.round(3).tolist())
            """);

        said.ShouldBe("(4, 8, 8) (8, 8, 4) True True "
            + "[[-0.8, 0.6, 0.0, 0.0], [-0.6, -0.8, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 1.0]]");
    }

    private static PictureFile Slice(double z, int value, string transferSyntax = "1.2.840.10008.1.2.1") =>
        new PictureFile { TransferSyntax = transferSyntax }
            .Short(Tag.BitsStored, 12).Short(Tag.HighBit, 11).Pixels([.. Enumerable.Range(value, 64)])
            .Text(Tag.RescaleSlope, "DS", "1").Text(Tag.RescaleIntercept, "DS", "-1024")
            .Text(Tag.ImageOrientationPatient, "DS", "1\\0\\0\\0\\1\\0").Text(Tag.PixelSpacing, "DS", "1\\1")
            .Text(Tag.ImagePositionPatient, "DS", string.Create(CultureInfo.InvariantCulture, $"0\\0\\{z}"));

    private static PictureFile Enhanced(double[] places) => new PictureFile()
        .Short(Tag.BitsStored, 12).Short(Tag.HighBit, 11).Text(Tag.NumberOfFrames, "IS", $"{places.Length}")
        .Pixels([.. places.SelectMany((_, frame) => Enumerable.Repeat(100 * (frame + 1), 64))])
        .Sequence(Tag.SharedFunctionalGroupsSequence, shared => shared
            .Sequence(Tag.PlaneOrientationSequence, plane => plane.Text(Tag.ImageOrientationPatient, "DS", "1\\0\\0\\0\\1\\0"))
            .Sequence(Tag.PixelMeasuresSequence, measures => measures.Text(Tag.PixelSpacing, "DS", "1\\1")))
        .Sequence(Tag.PerFrameFunctionalGroupsSequence, [.. places.Select<double, Action<PictureFile>>((z, frame) => item =>
        {
            item.Sequence(Tag.PlanePositionSequence, plane => plane
                .Text(Tag.ImagePositionPatient, "DS", string.Create(CultureInfo.InvariantCulture, $"0\\0\\{z}")));
            if (frame == 1)
            {
                item.Sequence(Tag.PixelValueTransformationSequence, values => values
                    .Text(Tag.RescaleSlope, "DS", "1").Text(Tag.RescaleIntercept, "DS", "-7"));
            }
        })]);

    private static async Task<(string Head, byte[] Values)> NpyAsync(ArchiveServer server, string query)
    {
        using var response = await server.GetAsync("/api/series/1/volume" + query);
        var npy = await response.Content.ReadAsByteArrayAsync(Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(npy));
        var end = 10 + BinaryPrimitives.ReadUInt16LittleEndian(npy.AsSpan(8));
        return (Encoding.ASCII.GetString(npy, 10, end - 10).Trim(), npy[end..]);
    }

    private static async Task StoreAsync(ArchiveServer server, PictureFile file) =>
        (await server.StoreAsync(file.Write()))["outcome"]!.GetValue<string>().ShouldBe("stored");

    private static async Task<string> PythonAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script]) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldBe(0);
        return said.Trim();
    }

    private static short[] Shorts(byte[] bytes, int at, int count) => MemoryMarshal.Cast<byte, short>(bytes.AsSpan(at))[..count].ToArray();

    private static float[] Floats(byte[] bytes, int at, int count) => MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at))[..count].ToArray();
}
