using System.Buffers.Binary;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class NativeFramesTests
{
    [Fact]
    public void Every_native_sample_gives_what_independent_decoders_gave()
    {
        _ = SampleFiles.Path("golden.tsv");
        var failures = new List<string>();
        var compared = 0;
        foreach (var row in SampleFiles.Rows("golden.tsv"))
        {
            using var stream = File.OpenRead(SampleFiles.Path(row["path"]));
            var file = DicomFile.Read(stream);
            if (file.TransferSyntax.IsEncapsulated)
                continue;

            compared++;
            if (NativeFrames.TryOpen(file, stream, out var problem) is not { } frames)
            {
                failures.Add($"{row["path"]}: {problem}");
                continue;
            }

            if (frames.Count.ToString() != row["frames"] || Hash(frames) != row["sha256_canonical"])
                failures.Add($"{row["path"]}: {frames.Count} frames, {frames.Description}");
        }

        failures.ShouldBeEmpty();
        compared.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Frames_of_bits_begin_within_a_byte()
    {
        // PS3.5 8.1.1: frames of 3 x 3 bits follow one another without a gap, the first pixel in the lowest bit.
        byte[] pixels = [0b0000_0001, 0b1111_1110, 0b0000_0011, 0];
        var bytes = Image(TransferSyntax.ExplicitVrLittleEndian, 3, 3, 1, 1, Vr.OB, pixels, frames: 3);
        var frames = Open(bytes);

        frames.Count.ShouldBe(3);
        Samples(frames, 0).ShouldBe([1, 0, 0, 0, 0, 0, 0, 0, 0]);
        Samples(frames, 1).ShouldBe([1, 1, 1, 1, 1, 1, 1, 1, 1]);
        Samples(frames, 2).ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void Bytes_in_big_endian_words_are_swapped_even_across_frames()
    {
        var bytes = Image(TransferSyntax.ExplicitVrBigEndian, 1, 3, 1, 8, Vr.OW, [2, 1, 4, 3, 6, 5], frames: 2);
        var frames = Open(bytes);

        Samples(frames, 0).ShouldBe([1, 2, 3]);
        Samples(frames, 1).ShouldBe([4, 5, 6]);
    }

    [Fact]
    public void Big_endian_cells_come_out_little_endian()
    {
        Samples(Open(Image(TransferSyntax.ExplicitVrBigEndian, 1, 2, 1, 16, Vr.OW, [1, 2, 3, 4])), 0).ShouldBe([2, 1, 4, 3]);
        Samples(Open(Image(TransferSyntax.ExplicitVrBigEndian, 1, 1, 1, 32, Vr.OW, [1, 2, 3, 4])), 0).ShouldBe([4, 3, 2, 1]);
        Samples(Open(Image(TransferSyntax.ExplicitVrBigEndian, 1, 4, 1, 8, Vr.OB, [1, 2, 3, 4])), 0).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void Planes_are_interleaved_and_shared_chroma_is_repeated()
    {
        var planar = Image(TransferSyntax.ExplicitVrLittleEndian, 1, 2, 3, 8, Vr.OB, [1, 2, 3, 4, 5, 6], planar: true);
        Samples(Open(planar), 0).ShouldBe([1, 3, 5, 2, 4, 6]);

        var subsampled = Image(TransferSyntax.ExplicitVrLittleEndian, 1, 2, 3, 8, Vr.OB, [1, 2, 7, 8], photometric: "YBR_FULL_422");
        Samples(Open(subsampled), 0).ShouldBe([1, 7, 8, 2, 7, 8]);
    }

    [Fact]
    public void Only_frames_that_are_there_are_counted()
    {
        var bytes = Image(TransferSyntax.ExplicitVrLittleEndian, 2, 2, 1, 8, Vr.OB, new byte[10], frames: int.MaxValue);
        var frames = Open(bytes);

        frames.Count.ShouldBe(2);
        Should.Throw<ArgumentOutOfRangeException>(() => frames.Read(2, new byte[4]));
    }

    [Fact]
    public void Deflated_frames_are_read_one_by_one()
    {
        var pixels = new byte[40_000];
        new Random(1).NextBytes(pixels);
        var bytes = Image(TransferSyntax.DeflatedExplicitVrLittleEndian, 100, 100, 1, 8, Vr.OB, pixels, frames: 4);

        Samples(Open(bytes), 3).ShouldBe(pixels[30_000..]);
    }

    private static byte[] Image(
        TransferSyntax syntax,
        ushort rows,
        ushort columns,
        ushort samples,
        ushort bits,
        Vr vr,
        byte[] pixels,
        int frames = 1,
        bool planar = false,
        string photometric = "MONOCHROME2") => new DataSetBytes(syntax)
        .AddUInt16(Tag.SamplesPerPixel, samples)
        .Add(Tag.PhotometricInterpretation, Vr.CS, photometric)
        .AddUInt16(Tag.PlanarConfiguration, planar ? (ushort)1 : (ushort)0)
        .Add(Tag.NumberOfFrames, Vr.IS, frames.ToString())
        .AddUInt16(Tag.Rows, rows)
        .AddUInt16(Tag.Columns, columns)
        .AddUInt16(Tag.BitsAllocated, bits)
        .Add(Tag.PixelData, vr, pixels)
        .ToFile();

    private static NativeFrames Open(byte[] bytes)
    {
        var frames = NativeFrames.TryOpen(DicomFile.Read(bytes), new MemoryStream(bytes), out var problem);
        problem.ShouldBeEmpty();
        return frames.ShouldNotBeNull();
    }

    private static byte[] Samples(NativeFrames frames, int frame)
    {
        var samples = new byte[frames.SampleBytesPerFrame];
        frames.ReadSamples(frame, samples);
        return samples;
    }

    /// <summary>As the README beside the samples defines it: masked to Bits Stored, the sign extended to the cell.</summary>
    private static string Hash(NativeFrames frames)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var samples = new byte[frames.SampleBytesPerFrame];
        for (var frame = 0; frame < frames.Count; frame++)
        {
            frames.ReadSamples(frame, samples);
            Mask(samples, frames.Description);
            hash.AppendData(samples);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Mask(Span<byte> samples, PixelDescription pixels)
    {
        var shift = pixels.BitsAllocated - pixels.BitsStored;
        if (shift == 0)
            return;

        for (; !samples.IsEmpty; samples = samples[(pixels.BitsAllocated / 8)..])
        {
            if (pixels.BitsAllocated == 8)
            {
                var cell = samples[0] << shift;
                samples[0] = (byte)(pixels.IsSigned ? (sbyte)cell >> shift : (byte)cell >> shift);
            }
            else if (pixels.BitsAllocated == 16)
            {
                var word = BinaryPrimitives.ReadUInt16LittleEndian(samples);
                word = (ushort)(pixels.IsSigned ? (short)(word << shift) >> shift : (ushort)(word << shift) >> shift);
                BinaryPrimitives.WriteUInt16LittleEndian(samples, word);
            }
            else
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(samples);
                word = pixels.IsSigned ? (uint)((int)(word << shift) >> shift) : word << shift >> shift;
                BinaryPrimitives.WriteUInt32LittleEndian(samples, word);
            }
        }
    }
}
