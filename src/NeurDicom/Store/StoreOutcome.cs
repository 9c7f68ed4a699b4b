using NeurDicom.Dicom;

namespace NeurDicom.Store;

/// <summary>What became of one instance that was sent to the archive.</summary>
internal enum StoreOutcome
{
    Stored,

    /// <summary>The same bytes were here already; nothing changed.</summary>
    AlreadyStored,

    /// <summary>Other bytes are stored under the same SOP Instance UID, and the policy is to refuse.</summary>
    Conflict,

    /// <summary>The bytes cannot be read as a DICOM file or data set.</summary>
    NotDicom,

    /// <summary>It is DICOM, and something without which it cannot be filed is missing, wrong or cut off.</summary>
    Invalid,

    /// <summary>The transfer syntax is unknown, so nobody could ever read the data set.</summary>
    Unsupported,

    TooLarge,

    /// <summary>The disk's reserve is reached.</summary>
    OutOfSpace,
}

/// <summary>The answer about one instance.</summary>
/// <param name="Id">The instance's id; null where it was refused, except on a conflict, where it is the stored
/// one's.</param>
/// <param name="SopInstanceUid">Null where the bytes did not tell.</param>
/// <param name="Reason">Why it was refused; null otherwise. Never holds patient data.</param>
/// <param name="Warnings">What was odd about it and taken all the same. Never holds patient data.</param>
internal sealed record StoreResult(
    StoreOutcome Outcome, long? Id, Uid? SopInstanceUid, string? Reason, IReadOnlyList<string> Warnings);

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
        StoreOutcome.Conflict => 409,
        StoreOutcome.TooLarge => 413,
        StoreOutcome.Unsupported => 415,
        StoreOutcome.OutOfSpace => 507,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>
    /// The status of C-STORE (PS3.4 B.2.3), which is also the failure reason of STOW-RS (PS3.18 I.2.2).
    /// </summary>
    public static ushort ToDicomStatus(this StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Stored or StoreOutcome.AlreadyStored => 0x0000,
        StoreOutcome.OutOfSpace or StoreOutcome.TooLarge => 0xA700,
        StoreOutcome.Conflict => 0x0111, // duplicate SOP instance
        StoreOutcome.Invalid => 0xA900,
        StoreOutcome.NotDicom => 0xC000,
        StoreOutcome.Unsupported => 0x0122, // SOP class, here: encoding, not supported
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
