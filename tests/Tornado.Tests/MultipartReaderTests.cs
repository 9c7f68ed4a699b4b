using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Tornado.Tests;

public sealed class MultipartReaderTests
{
    private const string Form =
        "--1234\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nval\r\n" +
        "--1234\r\nContent-Disposition: form-data; name=\"files\"; filename=\"ab.txt\"\r\n" +
        "Content-Type: text/plain\r\n\r\n" +
        "Foo\r\n--12345 no\r\n-\r\n\r\n" +
        "--1234\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--1234--\r\nepilogue";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task Parts_are_the_same_however_the_bytes_arrive(int pieceSize)
    {
        var parts = await ReadAsync(Form, pieceSize);

        parts.ShouldBe(["a||val", "files|ab.txt|Foo\r\n--12345 no\r\n-\r\n", "empty||"]);
    }

    [Fact]
    public async Task Random_parts_come_out_as_they_went_in()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            // An alphabet of the bytes that make a delimiter, so that there are many false beginnings.
            var bodies = Enumerable.Range(0, random.Next(1, 5))
                .Select(_ => random.Next(0, 60))
                .Select(length => string.Concat(Enumerable.Range(0, length).Select(_ => "\r\n-xb"[random.Next(5)])))
                .ToArray();
            if (bodies.Any(b => ("\r\n" + b).Contains("\r\n--bxb", StringComparison.Ordinal)))
                continue;
            var text = string.Concat(
                bodies.Select(b => $"--bxb\r\nContent-Disposition: form-data; name=n\r\n\r\n{b}\r\n")) + "--bxb--\r\n";

            var parts = await ReadAsync(text, random.Next(1, 20), "bxb");

            parts.ShouldBe(bodies.Select(b => $"n||{b}"));
        }
    }

    [Theory]
    [InlineData("junk", "does not begin with its boundary")]
    [InlineData("--1234", "no final boundary")]
    [InlineData("--1234\r\n", "no end of headers")]
    [InlineData("--1234\r\nContent-Disposition: form-data; name=\"a\"", "no end of headers")]
    [InlineData("--1234\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nval", "no final boundary")]
    [InlineData("--1234\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nval\r\n--1234", "no final boundary")]
    [InlineData("--1234\r\nno colon\r\n\r\nval\r\n--1234--", "without a colon")]
    [InlineData("--1234 x\r\nA: b\r\n\r\nval\r\n--1234--", "followed by text")]
    [InlineData("preamble\r\n--1234\r\nA: b\r\n\r\nval\r\n--1234--", "does not begin with its boundary")]
    [InlineData("", "does not begin with its boundary")]
    public async Task What_is_malformed_is_a_400_that_says_why(string body, string reason)
    {
        var e = await Should.ThrowAsync<HttpException>(ReadAsync(body, 5));

        e.StatusCode.ShouldBe(400);
        e.LogMessage.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public async Task Truncation_anywhere_is_an_error_and_never_a_hang()
    {
        var end = Form.IndexOf("--1234--", StringComparison.Ordinal) + 8;
        for (var length = 0; length < end; length++)
            (await Should.ThrowAsync<HttpException>(ReadAsync(Form[..length], 9))).StatusCode.ShouldBe(400);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("text/plain; boundary=1234")]
    public async Task A_type_without_a_boundary_is_refused(string contentType)
        => (await Should.ThrowAsync<HttpException>(ReadAsync(Form, 9, contentType: contentType))).StatusCode.ShouldBe(
            400);

    [Fact]
    public async Task A_boundary_may_be_quoted()
    {
        var form = Form.Replace("1234", "a;b\"c", StringComparison.Ordinal);

        (await ReadAsync(form, 9, contentType: "multipart/form-data; boundary=\"a;b\\\"c\"")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Too_many_parts_are_refused()
    {
        // Cases K09 and K10: 99 pass, 100 do not.
        (await ReadAsync(Many(99), 512)).Count.ShouldBe(99);

        var refused = await Should.ThrowAsync<HttpException>(ReadAsync(Many(100), 512));

        refused.StatusCode.ShouldBe(413);
        refused.LogMessage.ShouldNotBeNull().ShouldContain("too many parts");

        static string Many(int count)
        {
            const string Part = "--1234\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n";
            return string.Concat(Enumerable.Repeat(Part, count)) + "--1234--\r\n";
        }
    }

    [Fact]
    public async Task Headers_of_a_part_have_a_limit()
    {
        var body = $"--1234\r\nX: {new string('x', 11_000)}\r\n\r\nval\r\n--1234--\r\n";

        (await Should.ThrowAsync<HttpException>(ReadAsync(body, 100))).LogMessage.ShouldNotBeNull()
            .ShouldContain("headers of a part are too large");
    }

    [Fact]
    public async Task A_part_has_a_limit()
    {
        var tooLarge = ReadAsync(Form, 5, limits: new() { MaxPartSize = 5 });

        (await Should.ThrowAsync<HttpException>(tooLarge)).StatusCode.ShouldBe(413);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_types_of_multipart_may_have_a_preamble(bool atOnce)
    {
        const string body = "hello\r\n--1234\r\nContent-Type: application/dicom\r\n\r\nval\r\n--1234--";
        const string contentType = "multipart/related; boundary=1234; type=\"x\"";
        // What has arrived whole is complete at the first reading.
        var pieces = atOnce ? PipeReader.Create(new(Encoding.Latin1.GetBytes(body))) : Pieces(body, 4);

        var parts = await ReadAsync(new MultipartReader(contentType, pieces));

        parts.ShouldBe(["||val"]);
    }

    [Fact]
    public async Task A_part_without_headers_is_a_part()
        => (await ReadAsync("--1234\r\n\r\nval\r\n--1234--", 4, contentType: "multipart/mixed; boundary=1234"))
            .ShouldBe(["||val"]);

    [Fact]
    public async Task What_is_not_read_of_a_part_is_passed_over()
    {
        var reader = new MultipartReader("multipart/form-data; boundary=1234", Pieces(Form, 3));
        var names = new List<string?>();

        while (await reader.ReadPartAsync(TestContext.Current.CancellationToken) is { } part)
            names.Add(part.Name);

        names.ShouldBe(["a", "files", "empty"]);
    }

    // Case K03 and RFC 8187.
    [Theory]
    [InlineData("form-data; name=\"f\"; filename=\"a.txt\"; filename*=UTF-8''%C3%A1b.txt", "áb.txt")]
    [InlineData("form-data; name=\"f\"; filename=\"C:\\\\dir\\\\a \\\"q\\\".txt\"", "C:\\dir\\a \"q\".txt")]
    [InlineData("form-data; filename=\"a;b.txt\"; name=f", "a;b.txt")]
    public async Task File_names_are_unquoted(string disposition, string expected)
    {
        var reader = new MultipartReader(
            "multipart/form-data; boundary=1234",
            Pieces($"--1234\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--1234--", 100));

        var part = (await reader.ReadPartAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();

        part.FileName.ShouldBe(expected);
        part.Name.ShouldBe("f");
    }

    private static async Task<List<string>> ReadAsync(
        string body,
        int pieceSize,
        string boundary = "1234",
        string? contentType = null,
        MultipartLimits? limits = null) =>
        await ReadAsync(new MultipartReader(
            contentType ?? $"multipart/form-data; boundary={boundary}", Pieces(body, pieceSize), limits));

    private static async Task<List<string>> ReadAsync(MultipartReader reader)
    {
        var parts = new List<string>();
        while (await reader.ReadPartAsync(TestContext.Current.CancellationToken) is { } part)
        {
            using var text = new StreamReader(part.Body, Encoding.Latin1);
            parts.Add(
                $"{part.Name}|{part.FileName}|{await text.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        }
        return parts;
    }

    private static PipeReader Pieces(string text, int size)
    {
        var pipe = new Pipe(
            new PipeOptions(minimumSegmentSize: 1, pauseWriterThreshold: 0, useSynchronizationContext: false));
        _ = FeedAsync(pipe.Writer, Encoding.Latin1.GetBytes(text), size);
        return pipe.Reader;
    }

    private static async Task FeedAsync(PipeWriter writer, byte[] bytes, int size)
    {
        for (var at = 0; at < bytes.Length; at += size)
        {
            writer.Write(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            await writer.FlushAsync();
            await Task.Yield();
        }
        await writer.CompleteAsync();
    }
}
