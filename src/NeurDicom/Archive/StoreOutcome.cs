using NeurDicom.Dicom;

namespace NeurDicom.Archive;

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

    /// <summary>Its bytes came so slowly that the place they took went to another sender.</summary>
    TooSlow,
}

/// <summary>The answer about one instance.</summary>
/// <param name="Id">The instance's id; null where it was refused, except on a conflict, where it is the stored
/// one's.</param>
/// <param name="SopInstanceUid">Null where the bytes did not tell.</param>
/// <param name="Reason">Why it was refused; null otherwise. Never holds patient data.</param>
/// <param name="Warnings">What was odd about it and taken all the same. Never holds patient data.</param>
internal sealed record StoreResult(
    StoreOutcome Outcome, long? Id, Uid? SopInstanceUid, string? Reason, IReadOnlyList<string> Warnings);
