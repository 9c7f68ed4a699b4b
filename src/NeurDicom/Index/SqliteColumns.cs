using System.Runtime.InteropServices;

namespace NeurDicom.Index;

/// <summary>
/// The four functions that read a column of the current row, called without what a P/Invoke adds: a list of 50 studies
/// calls them some ten thousand times, and the counting of safe handles alone took a sixth of its time. They only look
/// into the row that was read, so no transition of the collector is needed; whoever calls keeps the statement alive.
/// </summary>
internal static unsafe class SqliteColumns
{
    private static delegate* unmanaged[SuppressGCTransition]<nint, int, int> _type;
    private static delegate* unmanaged[SuppressGCTransition]<nint, int, long> _int64;
    private static delegate* unmanaged[SuppressGCTransition]<nint, int, byte*> _blob;
    private static delegate* unmanaged[SuppressGCTransition]<nint, int, int> _bytes;

    public static void Load(nint library)
    {
        _type = (delegate* unmanaged[SuppressGCTransition]<nint, int, int>)NativeLibrary.GetExport(
            library, "sqlite3_column_type");
        _int64 = (delegate* unmanaged[SuppressGCTransition]<nint, int, long>)NativeLibrary.GetExport(
            library, "sqlite3_column_int64");
        _blob = (delegate* unmanaged[SuppressGCTransition]<nint, int, byte*>)NativeLibrary.GetExport(
            library, "sqlite3_column_blob");
        _bytes = (delegate* unmanaged[SuppressGCTransition]<nint, int, int>)NativeLibrary.GetExport(
            library, "sqlite3_column_bytes");
    }

    public static int Type(nint statement, int column) => _type(statement, column);

    public static long Int64(nint statement, int column) => _int64(statement, column);

    /// <summary>
    /// Valid until the next row. The pointer is asked for before the length (sqlite.org/c3ref/column_blob.html).
    /// </summary>
    public static ReadOnlySpan<byte> Bytes(nint statement, int column)
    {
        var start = _blob(statement, column);
        return new ReadOnlySpan<byte>(start, _bytes(statement, column));
    }
}
