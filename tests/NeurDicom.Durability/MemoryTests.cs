using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NeurDicom.Load;
using Shouldly;
using Xunit;

namespace NeurDicom.Durability;

/// <summary>The memory of the server is bounded by what it does at one time, not by what is sent.</summary>
public sealed class MemoryTests : IDisposable
{
    private const long MegaByte = 1_000_000;
    private const int Files = 3000;

    private readonly string _folder = Directory.CreateTempSubdirectory("neurdicom-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Large_files_and_many_files_are_stored_in_less_than_300_megabytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process's memory is read from Linux's /proc.");
        await using var server = ServerProcess.Start(Path.Combine(_folder, "data"));
        await server.ReadyAsync();
        var atStart = server.PeakMemory;

        var large = InstanceTemplate.MultiFrame(512, 600, 1);
        large.Length.ShouldBeGreaterThan(300 * MegaByte);
        await StoreAsync(server, new LargeInstance(large), instances: 1);
        var afterLarge = server.PeakMemory;

        await StoreAsync(server, new ManyInstances(InstanceTemplate.Square(64, 2), Files), Files);
        var afterMany = server.PeakMemory;

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"peak in MB: {atStart / MegaByte} at the start, {afterLarge / MegaByte} after {large.Length / MegaByte} MB in one file, "
            + $"{afterMany / MegaByte} after {Files} files in one request");
        afterMany.ShouldBeLessThan(300 * MegaByte);
    }

    private static async Task StoreAsync(ServerProcess server, HttpContent content, int instances)
    {
        using (content)
        {
            using var answer = await server.Http.PostAsync("/api/instances", content, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(text.Length, 500))));
            using var report = JsonDocument.Parse(text);
            report.RootElement.GetProperty("instances").GetArrayLength().ShouldBe(instances);
        }
    }

    /// <summary>The header, and one frame again and again.</summary>
    private sealed class LargeInstance : HttpContent
    {
        private readonly InstanceTemplate _template;

        public LargeInstance(InstanceTemplate template)
        {
            _template = template;
            Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var header = _template.Copy();
            _template.Stamp(header, 1);
            await stream.WriteAsync(header);
            for (long sent = header.Length; sent < _template.Length; sent += _template.Frame.Length)
                await stream.WriteAsync(_template.Frame);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _template.Length;
            return true;
        }
    }

    /// <summary>A form with this many files, of which one is held.</summary>
    private sealed class ManyInstances : HttpContent
    {
        private readonly InstanceTemplate _template;
        private readonly int _count;

        public ManyInstances(InstanceTemplate template, int count)
        {
            _template = template;
            _count = count;
            Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var copy = _template.Copy();
            for (var number = 1; number <= _count; number++)
            {
                _template.Stamp(copy, number);
                var head = string.Create(CultureInfo.InvariantCulture,
                    $"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{number}.dcm\"\r\n\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                await stream.WriteAsync(copy);
                await stream.WriteAsync("\r\n"u8.ToArray());
            }

            await stream.WriteAsync("--b--\r\n"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
