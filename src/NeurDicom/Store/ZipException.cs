using NeurDicom.Archive;

namespace NeurDicom.Store;

/// <summary>A ZIP archive, or an entry of one, that is not taken. The message says why and names nobody.</summary>
internal sealed class ZipException(StoreOutcome outcome, string reason) : Exception(reason)
{
    public const string Nested = "A ZIP archive within a ZIP archive is not read; send it by itself.";

    public StoreOutcome Outcome { get; } = outcome;

    public static ZipException Damaged(string what) => new(StoreOutcome.NotDicom, what);
}
