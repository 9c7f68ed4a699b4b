using System.Diagnostics;
using NeurDicom.Dicom;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

/// <summary>How long a picture takes: Python's min and max alone took the original 24 ms (NEURDICOM.md, defect 2).</summary>
public sealed class PictureTimeTests
{
    [Theory]
    [InlineData("/api/instances/1/raw")]
    [InlineData("/api/instances/1/image")]
    public async Task A_picture_of_512_by_512_takes_less_than_24_ms(string path)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile()
            .Short(Tag.Rows, 512).Short(Tag.Columns, 512)
            .Pixels([.. Enumerable.Range(0, 512 * 512).Select(i => i % 4096)]).Write());

        // The best of many: other tests run meanwhile, and the first ones are compiled.
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 200 && best > TimeSpan.FromMilliseconds(24); round++)
        {
            var watch = Stopwatch.StartNew();
            await server.Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        best.ShouldBeLessThan(TimeSpan.FromMilliseconds(24));
    }
}
