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
                samples[0] = (byte)(pixels.IsSigned ? (sbyte)(samples[0] << shift) >> shift : (byte)(samples[0] << shift) >> shift);
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
