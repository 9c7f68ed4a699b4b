using System.Net;
using System.Net.Sockets;

namespace Tornado.Tests;

// Memory is measured for the whole process: nothing else may run beside.
[Collection(nameof(Alone))]
public sealed class StreamingTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData("/pieces")]
    [InlineData("/pipe")]
    public async Task A_large_upload_is_never_held_in_memory(string path)
    {
        await using var server = await TestServer.StartAsync(Rules());
        using var warm = await server.SendAsync("POST", path, new StreamContent(new Zeros(Megabyte)));
        var before = GC.GetTotalAllocatedBytes();

        using var answer = await server.SendAsync("POST", path, new StreamContent(new Zeros(256L * Megabyte)));

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe($"{256L * Megabyte}");

        // Client and server share this process; together they allocate far less than the body.
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(64L * Megabyte);
    }

    [Theory]
    [InlineData("/small", false)]
    [InlineData("/small", true)]
    [InlineData("/buffered", false)]
    [InlineData("/buffered", true)]
    public async Task A_body_over_the_limit_is_answered_with_413(string path, bool chunked)
    {
        await using var server = await TestServer.StartAsync(Rules(), new() { MaxBodySize = 1000 });
        var body = new StreamContent(new Zeros(2000));
        if (chunked)
            body.Headers.ContentLength = null;

        var head = $"POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
        var answer = await server.TalkAsync(chunked
            ? $"{head}Transfer-Encoding: chunked\r\n\r\n7d0\r\n{new string('x', 2000)}\r\n0\r\n\r\n"
            : $"{head}Content-Length: 2000\r\n\r\n{new string('x', 2000)}");

        answer.ShouldStartWith("HTTP/1.1 413 Request Entity Too Large\r\n");
        answer.ShouldEndWith(
            "<html><title>413: Request Entity Too Large</title><body>413: Request Entity Too Large</body></html>");
        body.Dispose();
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("fffffffffffffffff1")]
    public async Task A_chunk_without_a_size_is_answered_with_400(string size)
    {
        await using var server = await TestServer.StartAsync(Rules());

        var answer = await server.TalkAsync(
            $"POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc");

        answer.ShouldStartWith("HTTP/1.1 400 ");
    }

    // Case S18.
    [Fact]
    public async Task Prepare_may_change_the_limit_of_a_streamed_body()
    {
        await using var server = await TestServer.StartAsync(Rules());

        using var answer = await server.SendAsync("POST", "/small?max=5000", new ByteArrayContent(new byte[3000]));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_streamed_body_has_a_limit_of_its_own()
    {
        await using var server = await TestServer.StartAsync(Rules(), new() { MaxBodySize = 10 });

        using var answer = await server.SendAsync("POST", "/pipe", new ByteArrayContent(new byte[3000]));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // Case V16, where Tornado drops the connection.
    [Fact]
    public async Task A_piece_that_is_refused_gets_an_error_page()
    {
        await using var server = await TestServer.StartAsync(Rules());

        var answer = await server.TalkAsync("POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc");

        answer.ShouldStartWith("HTTP/1.1 415 ");
        answer.ShouldContain("Connection: close");
    }

    [Fact]
    public async Task Every_piece_waits_for_the_one_before()
    {
        var events = new Events();
        await using var server = await TestServer.StartAsync([Rule.To<SlowPieces>("/", new { events })]);

        (await server.SendAsync("POST", "/", new ByteArrayContent(new byte[500_000]))).Dispose();

        SlowPieces.Overlaps.ShouldBe(0);
    }

    [Fact]
    public async Task Output_waits_for_a_slow_client()
    {
        Endless.Written = 0;
        await using var server = await TestServer.StartAsync(Rules());
        await using var stream = await server.ConnectAsync();
        stream.Socket.ReceiveBufferSize = 4096;

        await stream.WriteAsync(
            "GET /endless HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        // The client reads nothing: only what the sockets buffer has been produced.
        Interlocked.Read(ref Endless.Written).ShouldBeLessThan(40L * Megabyte);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_stream_quietly()
    {
        Endless.Closed = new();
        await using var server = await TestServer.StartAsync(Rules());
        var stream = await server.ConnectAsync();
        await stream.WriteAsync(
            "GET /endless HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);

        stream.Socket.LingerState = new LingerOption(true, 0);
        await stream.DisposeAsync();

        (await Endless.Closed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken))
            .ShouldBeTrue();
        await Endless.Finished.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        server.Log.All.ShouldNotContain(
            l => l.Contains(" Error ", StringComparison.Ordinal) || l.Contains(" Warning ", StringComparison.Ordinal));
        server.Log.All.ShouldContain(
            l => l.StartsWith("tornado.general Debug Client went away GET /endless", StringComparison.Ordinal));
    }

    // Case F06: Tornado ends such an answer as if it were complete.
    [Fact]
    public async Task An_error_in_the_middle_cuts_the_connection()
    {
        await using var server = await TestServer.StartAsync(Rules());

        var answer = await server.TalkAsync("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n");

        answer.ShouldNotContain("\r\n0\r\n\r\n");
        (await server.Log.OfAsync("tornado.general")).ShouldContain(
            l => l.Contains("Cannot send error response after headers written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_is_copied_with_its_length()
    {
        await using var server = await TestServer.StartAsync(Rules(), new() { AutoHead = true });

        var get = await server.TalkAsync("GET /copied HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        var head = await server.TalkAsync("HEAD /copied HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        get.Length.ShouldBeGreaterThan(200_000);
        get.ShouldContain("Content-Length: 200000");
        head.ShouldContain("Content-Length: 200000");
        head.ShouldEndWith("\r\n\r\n");
    }

    private static Rule[] Rules() =>
    [
        Rule.To<Pieces>("/pieces"), Rule.To<Piped>("/pipe"), Rule.To<SmallPieces>("/small"), Rule.To<Buffered>(
            "/buffered"), Rule.To<Refused>("/refused"),
        Rule.To<Endless>("/endless"), Rule.To<Broken>("/broken"), Rule.To<Copied>("/copied"),
    ];

    [StreamRequestBody(MaxBodySize = -1)]
    private sealed class Pieces : RequestHandler
    {
        private long _received;

        public void Post() => Write($"{_received}");

        protected override Task DataReceivedAsync(ReadOnlyMemory<byte> chunk)
        {
            _received += chunk.Length;
            return Task.CompletedTask;
        }
    }

    [StreamRequestBody(MaxBodySize = -1)]
    private sealed class Piped : RequestHandler
    {
        public async Task PostAsync(CancellationToken cancel)
        {
            var received = 0L;
            while (true)
            {
                var read = await Request.BodyReader.ReadAsync(cancel);
                received += read.Buffer.Length;
                Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
            Write($"{received}");
        }
    }

    [StreamRequestBody(MaxBodySize = 1000)]
    private sealed class SmallPieces : RequestHandler
    {
        public void Post() => Write("ok");

        protected override void Prepare()
        {
            if (GetArgument("max", null) is not null)
                Request.MaxBodySize = GetArgument<long>("max", 0);
        }

        protected override Task DataReceivedAsync(ReadOnlyMemory<byte> chunk) => Task.CompletedTask;
    }

    private sealed class Buffered : RequestHandler
    {
        public void Post() => Write("ok");
    }

    [StreamRequestBody]
    private sealed class Refused : RequestHandler
    {
        public void Post() => Write("never");

        protected override Task DataReceivedAsync(ReadOnlyMemory<byte> chunk) => throw new HttpException(415);
    }

    [StreamRequestBody]
    private sealed class SlowPieces : RequestHandler
    {
        public static int Overlaps;
        private int _running;

        public void Initialize(Events events) => events.Add("initialize");

        public void Post() => Write("ok");

        protected override async Task DataReceivedAsync(ReadOnlyMemory<byte> chunk)
        {
            if (Interlocked.Increment(ref _running) != 1)
                Interlocked.Increment(ref Overlaps);
            await Task.Yield();
            Interlocked.Decrement(ref _running);
        }
    }

    private sealed class Endless : RequestHandler
    {
        public static long Written;
        public static TaskCompletionSource<bool> Closed = new();
        public static TaskCompletionSource<bool> Finished = new();
        private static readonly byte[] Piece = new byte[256 * 1024];

        public async Task GetAsync()
        {
            Finished = new();
            while (true)
            {
                WriteBytes(Piece);
                await FlushAsync();
                Interlocked.Add(ref Written, Piece.Length);
            }
        }

        protected override void OnConnectionClose() => Closed.TrySetResult(true);

        protected override void OnFinish() => Finished.TrySetResult(true);
    }

    private sealed class Broken : RequestHandler
    {
        public async Task GetAsync()
        {
            Write("partial");
            await FlushAsync();
            throw new InvalidOperationException("boom");
        }
    }

    private sealed class Copied : RequestHandler
    {
        public async Task GetAsync(CancellationToken cancel)
        {
            SetHeader("Content-Length", 200_000);
            await WriteFromAsync(new Zeros(200_000), cancel);
        }
    }

    /// <summary>A stream of so many zero bytes.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length { get; } = length;

        public override long Position { get => Length - _left; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
