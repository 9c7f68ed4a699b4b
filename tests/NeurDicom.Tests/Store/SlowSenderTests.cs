using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Store;
using NeurDicom.Tests.Archive;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Store;

/// <summary>Senders whose bytes come a few at a time hold up neither one another nor anybody else.</summary>
public sealed class SlowSenderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/dicom")]
    [InlineData("application/zip")]
    public async Task Many_who_drip_keep_nobody_from_storing(string type)
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, MaxStores = 2 });
        var slow = Picture(512).Write();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        // Beyond the first buffer, and within what is kept in memory.
        var senders = Enumerable.Range(0, 6).Select(_ => DripAsync(server, type, slow, 100_000, stop.Token)).ToArray();
        await Task.Delay(500, Cancel);

        for (var i = 0; i < 5; i++)
        {
            using var response = await server.PostDicomAsync(new PictureFile().Write()).WaitAsync(TimeSpan.FromSeconds(5), Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1100)]
    public async Task What_comes_with_a_pause_is_stored_byte_for_byte(int rows)
    {
        await using var archive = new ArchiveFixture();
        using var ingest = new InstanceIngest(archive.Writer);
        var file = Picture(rows).Write();

        var result = await ingest.StoreAsync(new PausingStream(file), null, ArchiveFixture.Tester, Cancel);

        result.Outcome.ShouldBe(StoreOutcome.Stored, result.Reason);
        (await archive.ReadAsync(1)).ShouldBe(file);
        // A file is kept for what is large only, and is announced no longer.
        Directory.GetFiles(Path.Combine(archive.Path, "large")).Length.ShouldBe(file.Length > 1 << 20 ? 1 : 0);
        await archive.Writer.WriteAsync((_, _) => 0, Cancel);
        (await archive.CountAsync("SELECT count(*) FROM open_files")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_no_dicom_is_refused_after_a_pause_and_what_follows_read()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
        var good = new PictureFile().Write();
        var stream = client.GetStream();
        byte[] first = [.. Part("bad"), .. new byte[200_000]];
        byte[] second = [.. new byte[50_000], .. "\r\n"u8, .. Part("good"), .. good, .. "\r\n--b--\r\n"u8];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST /api/instances HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {first.Length + second.Length}\r\n\r\n")), Cancel);
        await stream.WriteAsync(first, Cancel);
        await Task.Delay(1500, Cancel);
        await stream.WriteAsync(second, Cancel);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        answer.ShouldStartWith("HTTP/1.1 202 ");
        answer.ShouldContain("\"stored\"");
        answer.ShouldContain("\"refused\"");

        static byte[] Part(string name) =>
            Encoding.ASCII.GetBytes($"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n");
    }

    private static PictureFile Picture(int rows) => new PictureFile().Short(Tag.Rows, rows).Short(Tag.Columns, 512)
        .Pixels([.. Enumerable.Range(0, rows * 512).Select(i => i & 0xFFF)]);

    private static async Task DripAsync(ArchiveServer server, string type, byte[] body, int atOnce, CancellationToken stop)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, stop);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n")), stop);
            await client.GetStream().WriteAsync(body.AsMemory(0, atOnce), stop);
            for (var at = atOnce; at < body.Length; at += 100)
            {
                await Task.Delay(20, stop);
                await client.GetStream().WriteAsync(body.AsMemory(at, Math.Min(100, body.Length - at)), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>A body as a bad line gives it: it stops twice for longer than a slot waits.</summary>
    private sealed class PausingStream(byte[] bytes) : MemoryStream(bytes)
    {
        private int _pauses;

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
        {
            if (Position > (_pauses + 1) * 80_000 && _pauses < 2)
            {
                _pauses++;
                await Task.Delay(1200, cancel);
            }

            return Read(buffer.Span[..Math.Min(buffer.Length, 17_001)]);
        }
    }
}
