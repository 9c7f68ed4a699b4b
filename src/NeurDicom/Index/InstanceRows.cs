using Microsoft.Data.Sqlite;
using NeurDicom.Dicom;

namespace NeurDicom.Index;

/// <summary>What the index knows of an instance that is sent again.</summary>
internal sealed record KnownInstance(long Id, string SeriesUid, byte[] Sha256, int Versions);

/// <summary>The rows of instances and their versions, for the writer.</summary>
internal sealed class InstanceRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _find = new(connection, """
        SELECT i.id, s.series_instance_uid, v.sha256, (SELECT max(number) FROM versions WHERE instance = i.id)
        FROM instances i JOIN series s ON s.id = i.series JOIN versions v ON v.id = i.version
        WHERE i.sop_instance_uid = ?
        """);

    private readonly Statement _hasVersion =
        new(connection, "SELECT 1 FROM versions WHERE instance = ? AND sha256 = ?");

    private readonly Statement _insert = new(connection, """
        INSERT INTO instances (sop_instance_uid, series, version, sop_class_uid, instance_number, rows, columns, frames,
            bits_allocated, bits_stored, photometric_interpretation, color_space, pixel_spacing, pixel_aspect_ratio,
            smallest_image_pixel_value, largest_image_pixel_value)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement _replace = new(connection, """
        UPDATE instances SET sop_instance_uid = ?, series = ?, version = ?, sop_class_uid = ?, instance_number = ?,
            rows = ?, columns = ?, frames = ?, bits_allocated = ?, bits_stored = ?, photometric_interpretation = ?,
            color_space = ?, pixel_spacing = ?, pixel_aspect_ratio = ?, smallest_image_pixel_value = ?,
            largest_image_pixel_value = ?
        WHERE id = ?
        """);

    private readonly Statement _insertVersion = new(connection, """
        INSERT INTO versions (id, instance, number, transfer_syntax, sha256, size, stored_at, segment, offset,
            metadata_segment, metadata_offset, metadata_length, metadata_size, metadata_crc32)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement _findPlace = new(connection, $"SELECT {PlaceColumns} FROM versions v WHERE v.id = ?");

    private readonly Statement _move = new(connection,
        "UPDATE versions SET segment = ?, offset = ?, metadata_segment = ?, metadata_offset = ? WHERE id = ?");

    /// <summary>The columns of <c>versions v</c> that <see cref="ReadPlace"/> reads.</summary>
    internal const string PlaceColumns = """
        v.id, v.segment, v.offset, v.size, v.metadata_segment, v.metadata_offset, v.metadata_length, v.metadata_size,
        v.metadata_crc32
        """;

    internal static VersionPlace ReadPlace(Statement row) => new(
        row.GetInt64(0), row.IsNull(1) ? null : row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
        row.GetInt64(5), (int)row.GetInt64(6), row.GetInt64(7), (uint)row.GetInt64(8));

    public VersionPlace? FindPlace(long version)
    {
        if (!_findPlace.Bind(1, version).Step())
            return null;
        var place = ReadPlace(_findPlace);
        _findPlace.Reset();
        return place;
    }

    /// <summary>The version's bytes lie elsewhere from now on.</summary>
    public void Move(VersionPlace to) => _move.Bind(1, to.Segment)
        .Bind(2, to.Offset)
        .Bind(3, to.MetadataSegment)
        .Bind(4, to.MetadataOffset)
        .Bind(5, to.Version)
        .Run();

    /// <summary>The instance under this UID, or null.</summary>
    public KnownInstance? Find(Uid sopInstanceUid)
    {
        if (!_find.Bind(1, sopInstanceUid.Value).Step())
            return null;
        var known = new KnownInstance(
            _find.GetInt64(0), _find.GetString(1), _find.GetBytes(2).ToArray(), (int)_find.GetInt64(3));
        _find.Reset();
        return known;
    }

    /// <summary>Whether these bytes are one of the instance's versions.</summary>
    public bool HasVersion(long instance, ReadOnlySpan<byte> sha256)
    {
        if (!_hasVersion.Bind(1, instance).Bind(2, sha256).Step())
            return false;
        _hasVersion.Reset();
        return true;
    }

    public long Insert(InstanceAttributes instance, long series, long version) =>
        Bind(_insert, instance, series, version).Insert();

    /// <summary>The new version's file says what the instance is from now on.</summary>
    public void Replace(long id, InstanceAttributes instance, long series, long version) =>
        Bind(_replace, instance, series, version).Bind(17, id).Run();

    public void InsertVersion(
        VersionPlace place, long instance, int number, string transferSyntax, ReadOnlySpan<byte> sha256, long storedAt)
    {
        _insertVersion.Bind(1, place.Version)
            .Bind(2, instance)
            .Bind(3, number)
            .Bind(4, transferSyntax)
            .Bind(5, sha256)
            .Bind(6, place.Size)
            .Bind(7, storedAt)
            .Bind(8, place.Segment)
            .Bind(9, place.Offset)
            .Bind(10, place.MetadataSegment)
            .Bind(11, place.MetadataOffset)
            .Bind(12, place.MetadataLength)
            .Bind(13, place.MetadataSize)
            .Bind(14, place.MetadataCrc32)
            .Run();
    }

    public void Dispose()
    {
        _find.Dispose();
        _hasVersion.Dispose();
        _insert.Dispose();
        _replace.Dispose();
        _insertVersion.Dispose();
        _findPlace.Dispose();
        _move.Dispose();
    }

    private static Statement Bind(Statement statement, InstanceAttributes instance, long series, long version) =>
        statement
        .Bind(1, instance.SopInstanceUid.Value)
        .Bind(2, series)
        .Bind(3, version)
        .Bind(4, instance.SopClassUid)
        .Bind(5, instance.InstanceNumber)
        .Bind(6, instance.Rows)
        .Bind(7, instance.Columns)
        .Bind(8, instance.Frames)
        .Bind(9, instance.BitsAllocated)
        .Bind(10, instance.BitsStored)
        .Bind(11, instance.PhotometricInterpretation)
        .Bind(12, instance.ColorSpace)
        .Bind(13, instance.PixelSpacing)
        .Bind(14, instance.PixelAspectRatio)
        .Bind(15, instance.SmallestImagePixelValue)
        .Bind(16, instance.LargestImagePixelValue);
}
