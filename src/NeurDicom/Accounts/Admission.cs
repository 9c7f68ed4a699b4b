using System.Globalization;

namespace NeurDicom.Accounts;

/// <summary>
/// Whether a request may go on: with an identity (null where the handler is open to all and nobody signed in), or
/// refused with a status and a sentence for the caller.
/// </summary>
/// <param name="Claimed">
/// The sign-in name that was tried, for the audit trail; whether there is one is not said.
/// </param>
internal readonly record struct Admission(
    Identity? Identity, int Status, string? Detail, TimeSpan? RetryAfter = null, string? Claimed = null)
{
    public bool IsRefused => Status != 0;

    /// <summary>A wait as <c>Retry-After</c> says it, RFC 9110 10.2.3.</summary>
    public static string Seconds(TimeSpan wait) =>
        Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    public static Admission Of(Identity? identity) => new(identity, 0, null);

    public static Admission Refuse(int status, string detail, TimeSpan? retryAfter = null) =>
        new(null, status, detail, retryAfter);
}
