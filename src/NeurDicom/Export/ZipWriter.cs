using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NeurDicom.Imaging;

namespace NeurDicom.Export;

/// <summary>
/// Writes a ZIP archive forward into a stream (PKWARE APPNOTE 6.3, with its 64-bit extensions). What is stored has its
/// size and checksum in front, so that a reader need not seek; what is deflated has them behind.
/// Memory does not grow with the archive: the central directory is spooled.
/// </summary>
internal sealed class ZipWriter(Stream output, Stream directory) : IAsyncDisposable
{
    private const int Piece = 64 << 10;
    private const uint InWideField = 0xFFFFFFFF;
    private const ushort DataDescriptorFlag = 1 << 3;

    // What fits is read once; what is larger is read twice, once for its checksum.
    private const int LargestHeld = 1 << 20;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(LargestHeld);
    private readonly CountingStream _output = new(output);
    private long _entries;

    /// <summary>What needs the 64-bit fields; smaller in tests only.</summary>
    internal long Large { get; init; } = 0xFFFFFFFF;

    /// <summary>Adds a file byte for byte.</summary>
    /// <param name="name">ASCII, with slashes.</param>
    /// <param name="content">Seekable; read from its start.</param>
    public async Task AddStoredAsync(string name, DateTimeOffset modified, Stream content, CancellationToken cancel)
    {
        var entry = new Entry(name, modified, _output.Count, IsLarge(content.Length))
        {
            Size = content.Length,
            PackedSize = content.Length,
        };
        content.Position = 0;
        if (content.Length <= LargestHeld)
        {
            var held = _buffer.AsMemory(0, (int)content.Length);
            await content.ReadExactlyAsync(held, cancel);
            entry.Checksum = PngChecksum.Compute(held.Span);
            await WriteAsync(LocalHeader(entry), cancel);
            await WriteAsync(held, cancel);
        }
        else
        {
            entry.Checksum = await ReadAsync(content, null, cancel);
            await WriteAsync(LocalHeader(entry), cancel);
            await CopyAsync(content, cancel);
        }

        Remember(entry);
    }

    /// <summary>Adds a file, deflated.</summary>
    /// <inheritdoc cref="AddStoredAsync"/>
    public async Task AddDeflatedAsync(string name, DateTimeOffset modified, Stream content, CancellationToken cancel)
    {
        var entry = new Entry(name, modified, _output.Count, IsLarge(content.Length))
        {
            Size = content.Length,
            IsDeflated = true,
        };
        await WriteAsync(LocalHeader(entry), cancel);
        var start = _output.Count;
        content.Position = 0;
        await using (var deflate = new DeflateStream(_output, CompressionLevel.Fastest, leaveOpen: true))
            entry.Checksum = await ReadAsync(content, (piece, token) => deflate.WriteAsync(piece, token), cancel);
        entry.PackedSize = _output.Count - start;
        await WriteAsync(Descriptor(entry), cancel);
        Remember(entry);
    }

    /// <summary>Writes the central directory and the end.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        var start = _output.Count;
        await CopyAsync(directory, cancel);
        await WriteAsync(End(start, _output.Count - start), cancel);
        await _output.FlushAsync(cancel);
    }

    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        return ValueTask.CompletedTask;
    }

    private async Task CopyAsync(Stream content, CancellationToken cancel)
    {
        content.Position = 0;
        for (var left = content.Length; left > 0;)
        {
            var piece = _buffer.AsMemory(0, (int)Math.Min(Piece, left));
            await content.ReadExactlyAsync(piece, cancel);
            await WriteAsync(piece, cancel);
            left -= piece.Length;
        }
    }

    private async Task<uint> ReadAsync(
        Stream content, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? use, CancellationToken cancel)
    {
        var checksum = 0u;
        for (var left = content.Length; left > 0;)
        {
            var read = await content.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(Piece, left)), cancel);
            if (read == 0)
                throw new EndOfStreamException();
            checksum = PngChecksum.Append(checksum, _buffer.AsSpan(0, read));
            if (use is not null)
                await use(_buffer.AsMemory(0, read), cancel);
            left -= read;
        }

        return checksum;
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        _output.WriteAsync(bytes, cancel);

    private void Remember(Entry entry)
    {
        directory.Write(CentralHeader(entry));
        _entries++;
    }

    // Deflating may make random bytes longer, by five in 16 KiB at most (RFC 1951 3.2.4).
    private bool IsLarge(long size) => size + (size >> 10) + 1024 >= Large;

    private static byte[] LocalHeader(Entry entry)
    {
        var record = new Record();
        record.Add(0x04034B50);
        record.Add(entry.Version);
        record.Add(entry.Flags);
        record.Add(entry.Method);
        AddTime(record, entry.Modified);
        // Behind the content where it is deflated; the 64-bit fields then say how wide they are there (4.3.9.2).
        var known = !entry.IsDeflated;
        record.Add(known ? entry.Checksum : 0);
        record.Add(entry.IsLarge ? InWideField : known ? (uint)entry.PackedSize : 0);
        record.Add(entry.IsLarge ? InWideField : known ? (uint)entry.Size : 0);
        record.Add((ushort)entry.Name.Length);
        record.Add(entry.IsLarge ? (ushort)20 : (ushort)0);
        record.Add(entry.Name);
        if (entry.IsLarge)
        {
            record.Add((ushort)1);
            record.Add((ushort)16);
            record.Add(known ? entry.Size : 0);
            record.Add(known ? entry.PackedSize : 0);
        }

        return record.ToArray();
    }

    private static byte[] Descriptor(Entry entry)
    {
        var record = new Record();
        record.Add(0x08074B50);
        record.Add(entry.Checksum);
        if (entry.IsLarge)
        {
            record.Add(entry.PackedSize);
            record.Add(entry.Size);
        }
        else
        {
            record.Add((uint)entry.PackedSize);
            record.Add((uint)entry.Size);
        }

        return record.ToArray();
    }

    private byte[] CentralHeader(Entry entry)
    {
        var isFar = entry.Offset >= Large;
        var wide = new Record();
        if (entry.IsLarge)
        {
            wide.Add(entry.Size);
            wide.Add(entry.PackedSize);
        }

        if (isFar)
            wide.Add(entry.Offset);
        var extra = wide.ToArray();

        var record = new Record();
        record.Add(0x02014B50);
        record.Add((ushort)45); // Made by: no system whose permissions would be in the attributes.
        record.Add(isFar ? (ushort)45 : entry.Version);
        record.Add(entry.Flags);
        record.Add(entry.Method);
        AddTime(record, entry.Modified);
        record.Add(entry.Checksum);
        record.Add(entry.IsLarge ? InWideField : (uint)entry.PackedSize);
        record.Add(entry.IsLarge ? InWideField : (uint)entry.Size);
        record.Add((ushort)entry.Name.Length);
        record.Add(extra.Length > 0 ? (ushort)(extra.Length + 4) : (ushort)0);
        record.Add((ushort)0); // comment
        record.Add((ushort)0); // disk
        record.Add((ushort)0); // internal attributes
        record.Add(0u); // external attributes
        record.Add(isFar ? InWideField : (uint)entry.Offset);
        record.Add(entry.Name);
        if (extra.Length > 0)
        {
            record.Add((ushort)1);
            record.Add((ushort)extra.Length);
            record.Add(extra);
        }

        return record.ToArray();
    }

    private byte[] End(long start, long length)
    {
        var record = new Record();
        var isWide = _entries >= 0xFFFF || start >= Large || length >= Large;
        if (isWide)
        {
            record.Add(0x06064B50);
            record.Add(44L);
            record.Add((ushort)45);
            record.Add((ushort)45);
            record.Add(0u);
            record.Add(0u);
            record.Add(_entries);
            record.Add(_entries);
            record.Add(length);
            record.Add(start);
            record.Add(0x07064B50);
            record.Add(0u);
            record.Add(start + length);
            record.Add(1u);
        }

        record.Add(0x06054B50);
        record.Add((ushort)0);
        record.Add((ushort)0);
        record.Add(isWide ? (ushort)0xFFFF : (ushort)_entries);
        record.Add(isWide ? (ushort)0xFFFF : (ushort)_entries);
        record.Add(isWide ? InWideField : (uint)length);
        record.Add(isWide ? InWideField : (uint)start);
        record.Add((ushort)0);
        return record.ToArray();
    }

    // MS-DOS has local times without a zone, two seconds apart, from 1980 on; these are UTC.
    private static void AddTime(Record record, DateTimeOffset modified)
    {
        var time = modified.UtcDateTime;
        var year = Math.Clamp(time.Year, 1980, 2107);
        record.Add((ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2)));
        record.Add((ushort)(((year - 1980) << 9) | (time.Month << 5) | time.Day));
    }

    private sealed record Entry(string Name, DateTimeOffset Modified, long Offset, bool IsLarge)
    {
        public long Size { get; init; }

        public long PackedSize { get; set; }

        public uint Checksum { get; set; }

        public bool IsDeflated { get; init; }

        public ushort Version => IsLarge ? (ushort)45 : (ushort)20;

        public ushort Flags => IsDeflated ? DataDescriptorFlag : (ushort)0;

        public ushort Method => IsDeflated ? (ushort)8 : (ushort)0;
    }

    private sealed class Record
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(128);

        public void Add(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(2), value);
            _bytes.Advance(2);
        }

        public void Add(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(4), value);
            _bytes.Advance(4);
        }

        public void Add(int value) => Add((uint)value);

        public void Add(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
            _bytes.Advance(8);
        }

        public void Add(string ascii) => Encoding.ASCII.GetBytes(ascii, _bytes);

        public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
    }

    /// <summary>Collects what is small, and knows how much has gone by.</summary>
    private sealed class CountingStream(Stream inner) : Stream
    {
        private readonly byte[] _held = new byte[Piece];
        private int _length;

        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancel = default)
        {
            Count += buffer.Length;
            while (!buffer.IsEmpty)
            {
                if (_length == 0 && buffer.Length >= Piece)
                {
                    await inner.WriteAsync(buffer[..Piece], cancel);
                    buffer = buffer[Piece..];
                    continue;
                }

                var count = Math.Min(buffer.Length, Piece - _length);
                buffer[..count].CopyTo(_held.AsMemory(_length));
                _length += count;
                buffer = buffer[count..];
                if (_length == Piece)
                    await SendAsync(cancel);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancel) =>
            WriteAsync(buffer.AsMemory(offset, count), cancel).AsTask();

        public override async Task FlushAsync(CancellationToken cancel)
        {
            await SendAsync(cancel);
            await inner.FlushAsync(cancel);
        }

        // DeflateStream flushes what it wraps when it ends; that would send small pieces.
        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private async ValueTask SendAsync(CancellationToken cancel)
        {
            if (_length > 0)
                await inner.WriteAsync(_held.AsMemory(0, _length), cancel);
            _length = 0;
        }
    }
}
