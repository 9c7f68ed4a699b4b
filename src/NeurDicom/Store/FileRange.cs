using Microsoft.Win32.SafeHandles;

namespace NeurDicom.Store;

/// <summary>A stretch of an open file as a stream. Reads go to the page cache, so they are synchronous.</summary>
internal sealed class FileRange(SafeFileHandle file, long start, long length, bool ownsFile = false) : ForwardStream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        var count = RandomAccess.Read(
            file, buffer[..(int)Math.Min(buffer.Length, length - _position)], start + _position);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsFile)
            file.Dispose();
        base.Dispose(disposing);
    }
}
