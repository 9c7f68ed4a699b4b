using System.Net;

namespace NeurDicom.Tests.Store;

/// <summary>A form with the boundary <c>b</c> that stops for a while on its way.</summary>
internal sealed class PausingContent : HttpContent
{
    private readonly byte[] _body;
    private readonly int _pauseAt;
    private readonly TimeSpan _pause;
    private readonly bool _isChunked;

    /// <param name="isChunked">Sent without its length.</param>
    public PausingContent(byte[] body, int pauseAt, TimeSpan pause, bool isChunked)
    {
        (_body, _pauseAt, _pause, _isChunked) = (body, pauseAt, pause, isChunked);
        Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_body.AsMemory(0, _pauseAt));
        await stream.FlushAsync();
        await Task.Delay(_pause);
        await stream.WriteAsync(_body.AsMemory(_pauseAt));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return !_isChunked;
    }
}
