using NeurDicom.Archive;

namespace NeurDicom.Store;

/// <summary>The one table from outcomes to the wire, for every door.</summary>
internal static class StoreOutcomes
{
    public static bool IsRefused(this StoreOutcome outcome) =>
        outcome is not (StoreOutcome.Stored or StoreOutcome.AlreadyStored);

    /// <summary>The word in the answer of <c>POST /api/instances</c>.</summary>
    public static string ToWord(this StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Stored => "stored",
        StoreOutcome.AlreadyStored => "already_stored",
        _ => "refused",
    };

    /// <summary>The status of a request that held this one instance.</summary>
    public static int ToHttpStatus(this StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Stored or StoreOutcome.AlreadyStored => 200,
        StoreOutcome.NotDicom or StoreOutcome.Invalid => 400,
        StoreOutcome.TooSlow => 408,
        StoreOutcome.Conflict => 409,
        StoreOutcome.TooLarge => 413,
        StoreOutcome.Unsupported => 415,
        StoreOutcome.OutOfSpace => 507,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
