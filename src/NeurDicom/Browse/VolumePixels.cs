using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Imaging;

namespace NeurDicom.Browse;

/// <summary>
/// A volume as a stream that can be read from anywhere: a head, then the slices in their order.
/// One slice at a time is in memory, read from the archive when it is wanted.
/// </summary>
internal sealed class VolumePixels : SeekableStream
{
    private readonly InstanceArchive _archive;
    private readonly VolumeGrid _grid;
    private readonly byte[] _header;
    private readonly bool _isWhole;
    private readonly PixelBudget.Share _share;
    private readonly int _sliceLength;
    private readonly byte[] _slice;
    private OpenInstance? _open;
    private int _inSlice = -1;
    private bool _isDisposed;

    /// <param name="isWhole">Whether values are 16-bit numbers, else 32-bit floating point.</param>
    /// <param name="share">What a slice takes of the memory; it becomes the stream's.</param>
    public VolumePixels(InstanceArchive archive, VolumeGrid grid, byte[] header, bool isWhole, PixelBudget.Share share)
    {
        _archive = archive;
        _grid = grid;
        _header = header;
        _isWhole = isWhole;
        _share = share;
        _sliceLength = checked(grid.Plane.Rows * grid.Plane.Columns * (isWhole ? sizeof(short) : sizeof(float)));
        _slice = LargeBuffers.Rent(_sliceLength);
    }

    public override long Length => _header.Length + (long)_sliceLength * _grid.Slices.Count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Position < _header.Length)
            return Take(_header.AsMemory((int)Position), buffer);

        var at = Position - _header.Length;
        var slice = at / _sliceLength;
        if (slice >= _grid.Slices.Count)
            return 0;
        await LoadAsync((int)slice, cancel);
        return Take(_slice.AsMemory(0, _sliceLength)[(int)(at % _sliceLength)..], buffer);
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _open?.Dispose();
            LargeBuffers.Return(_slice);
            _share.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Take(ReadOnlyMemory<byte> source, Memory<byte> buffer)
    {
        var count = Math.Min(source.Length, buffer.Length);
        source[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    private async Task LoadAsync(int index, CancellationToken cancel)
    {
        if (_inSlice == index)
            return;
        _inSlice = -1;
        var slice = _grid.Slices[index];
        if (_open?.Id != slice.Instance)
        {
            _open?.Dispose();
            _open = null;
            var stored = await _archive.OpenAsync(slice.Instance, slice.Version, cancel)
                ?? throw new MissingBytesException($"Instance {slice.Instance} was deleted while its volume was sent.");
            _open = new OpenInstance(stored);
        }

        _open.Read(slice.Frame, _slice.AsSpan(0, _sliceLength), _isWhole);
        _inSlice = index;
    }

    /// <summary>The instance that was read last: the next slice is often its next frame.</summary>
    private sealed class OpenInstance : IDisposable
    {
        private readonly StoredInstance _stored;
        private readonly Stream _bytes;
        private readonly DicomFile _file;
        private readonly NativeFrames _frames;
        private readonly FunctionalGroups _groups;
        private readonly GreyscaleMapping _mapping;

        public OpenInstance(StoredInstance stored)
        {
            _stored = stored;
            _bytes = stored.OpenBytes();
            try
            {
                _file = DicomFile.Read(_bytes, FrameSource.ReadOptions);
                // It was opened before, when the slices were looked at.
                _frames = FrameSource.TryOpen(_file, _bytes, out var problem)
                    ?? throw new InvalidDataException(problem);
                _groups = new FunctionalGroups(_file.DataSet);
                _mapping = VolumeValues.ReadMapping(_groups, 0, _frames.Description.IsSigned);
            }
            catch
            {
                _bytes.Dispose();
                stored.Dispose();
                throw;
            }
        }

        public long Id => _stored.Id;

        public void Read(int frame, Span<byte> target, bool isWhole)
        {
            var picture = _frames.Description;
            var samples = LargeBuffers.Rent((int)_frames.SampleBytesPerFrame);
            _frames.ReadSamples(frame, samples);
            var mapping = _groups.DifferByFrame ? VolumeValues.ReadMapping(_groups, frame, picture.IsSigned) : _mapping;
            VolumeValues.Convert(samples, picture, mapping, target, isWhole);
            LargeBuffers.Return(samples);
        }

        public void Dispose()
        {
            _frames.Dispose();
            _bytes.Dispose();
            _stored.Dispose();
        }
    }
}
