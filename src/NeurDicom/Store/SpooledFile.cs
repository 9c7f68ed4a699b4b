using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NeurDicom.Archive;

namespace NeurDicom.Store;

/// <summary>
/// A body that has to be read from its end, such as a ZIP archive, in a file of the data folder.
/// Where the system can, the file has no name any more as soon as it is open,
/// so that it goes with the process however that ends.
/// </summary>
internal sealed class SpooledFile : IDisposable
{
    public const string ReserveReached = "The disk's reserve is reached.";

    private const int BufferLength = 64 << 10;

    private readonly FileStream _file;

    private SpooledFile(FileStream file)
    {
        _file = file;
    }

    public SafeFileHandle Handle => _file.SafeFileHandle;

    public long Length => _file.Length;

    /// <summary>Receives a body to its end.</summary>
    /// <exception cref="ZipException">The disk is full, or the sender was too slow while others waited.</exception>
    public static async Task<SpooledFile> ReceiveAsync(
        Stream body, InstanceArchive archive, SlowLane lane, CancellationToken cancel)
    {
        using var place = await lane.EnterAsync(cancel);
        var spooled = new SpooledFile(Create(archive.Folder.IncomingFolder));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (await body.ReadAtLeastAsync(buffer, BufferLength, false, place.Token) is > 0 and var count)
            {
                if (!archive.Writer.Space.Take(count))
                    throw new ZipException(StoreOutcome.OutOfSpace, ReserveReached);
                await spooled._file.WriteAsync(buffer.AsMemory(0, count), place.Token);
                place.Received += count;
            }

            (var whole, spooled) = (spooled, null);
            return whole;
        }
        catch (OperationCanceledException) when (place.HasGivenUp)
        {
            throw new ZipException(StoreOutcome.TooSlow, Reception.TooSlow);
        }
        catch (IOException e) when (ArchiveWriter.IsOutOfSpace(e))
        {
            throw new ZipException(StoreOutcome.OutOfSpace, "The disk is full.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            spooled?.Dispose();
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Create(string folder)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows())
        {
            options.Options = FileOptions.DeleteOnClose;
            return new FileStream(path, options);
        }

        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }
}
