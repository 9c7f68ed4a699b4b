using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NeurDicom.Load;

/// <summary>
/// One kept-alive HTTP/1.1 connection on a blocking socket. It does as little as HTTP allows, because the client shares its
/// processors with the server that it measures.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    public HttpConnection(int port)
    {
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = _socket.SendTimeout = 120_000;
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>Bytes of the last answer's body.</summary>
    public long BodyLength { get; private set; }

    /// <summary>A request without a body.</summary>
    public static byte[] Get(string path, string accept) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n");

    /// <summary>The head of a request with a body of this length.</summary>
    public static byte[] Post(string path, string contentType, long length) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nContent-Type: {contentType}\r\nContent-Length: {length}\r\n\r\n");

    /// <summary>Sends head and body and reads the answer to its end.</summary>
    /// <returns>The status code.</returns>
    public int Send(byte[] head, byte[]? body = null)
    {
        if (body is null)
            SendAll(head);
        else
            SendAll(head, body);
        return ReadAnswer();
    }

    public void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Reads an answer whose request has been sent.</summary>
    public int ReadAnswer()
    {
        int headLength;
        while ((headLength = _buffer.AsSpan(_start, _end - _start).IndexOf(EndOfHead)) < 0)
            Receive();
        var head = _buffer.AsSpan(_start, headLength + 2);
        if (!Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int status, out _))
            throw new IOException("No HTTP answer.");

        var length = Header(head, "content-length:"u8);
        var chunked = length.IsEmpty && !Header(head, "transfer-encoding:"u8).IsEmpty;
        var bodyLength = 0L;
        if (!length.IsEmpty && !Utf8Parser.TryParse(length, out bodyLength, out _))
            throw new IOException("No length.");

        _start += headLength + EndOfHead.Length;
        if (chunked)
            SkipChunks();
        else
            SkipBody(bodyLength);
        return status;
    }

    public void Dispose() => _socket.Dispose();

    private void SendAll(byte[] head, byte[] body)
    {
        var sent = _socket.Send([new ArraySegment<byte>(head), new ArraySegment<byte>(body)]);
        if (sent < head.Length)
        {
            SendAll(head.AsSpan(sent));
            sent = head.Length;
        }

        SendAll(body.AsSpan(sent - head.Length));
    }

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var lineEnd = head.IndexOf("\r\n"u8); lineEnd >= 0; lineEnd = head.IndexOf("\r\n"u8))
        {
            if (lineEnd > name.Length && Ascii.EqualsIgnoreCase(head[..name.Length], name))
                return head[name.Length..lineEnd].Trim((byte)' ');
            head = head[(lineEnd + 2)..];
        }

        return default;
    }

    private void SkipBody(long length)
    {
        BodyLength = length;
        while (length > 0)
        {
            if (_start == _end)
                Receive();
            var taken = (int)Math.Min(length, _end - _start);
            _start += taken;
            length -= taken;
        }
    }

    private void SkipChunks()
    {
        var total = 0L;
        while (true)
        {
            int lineLength;
            while ((lineLength = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
                Receive();
            if (!Utf8Parser.TryParse(_buffer.AsSpan(_start, lineLength), out long length, out _, 'x'))
                throw new IOException("No chunk.");
            _start += lineLength + 2;
            SkipBody(length + 2);
            if (length == 0)
                break;
            total += length;
        }

        BodyLength = total;
    }

    private void Receive()
    {
        if (_start == _end)
            _start = _end = 0;
        if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var received = _socket.Receive(_buffer.AsSpan(_end));
        if (received == 0)
            throw new IOException("The server closed the connection.");
        _end += received;
    }
}
