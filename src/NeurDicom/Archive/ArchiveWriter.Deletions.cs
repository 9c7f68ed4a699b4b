using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NeurDicom.Archive;

internal sealed partial class ArchiveWriter
{
    /// <summary>
    /// Takes the rows away and writes down which bytes are to be freed after the commit.
    /// </summary>
    /// <returns>The tombstone to append, so that an index made anew from the segments resurrects nothing.</returns>
    private List<ReadOnlyMemory<byte>> Delete(DeleteRequest request, long at)
    {
        BeginAppending();
        request.Gone.Clear();
        request.Result = _deletions.Delete(request.Level, request.Id, at, request.Sender, request.Gone);
        if (request.Gone.Count == 0)
            return _parts;

        var freed = new Dictionary<long, long>();
        foreach (var place in request.Gone)
        {
            if (place.Segment is null)
                _segments.AddFree(place.Version, null, 0, 0);
            var (segment, offset, length) = place.Records();
            _segments.AddFree(place.Version, segment, offset, length);
            CollectionsMarshal.GetValueRefOrAddDefault(freed, segment, out _) += length;
        }

        foreach (var (segment, length) in freed)
            _segments.AddLive(segment, -length);
        AppendTombstone([.. request.Gone.Select(place => place.Version)], at);
        return _parts;
    }

    private void AppendTombstone(List<long> versions, long at)
    {
        var payload = new byte[versions.Count * sizeof(long)];
        for (var i = 0; i < versions.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(i * sizeof(long)), versions[i]);
        AppendRecord(
            new SegmentRecord(RecordKind.Tombstone, 0, payload.Length, SHA256.HashData(payload), at), payload);
    }
}
