using Tornado;

namespace NeurDicom.Handlers;

/// <summary>
/// Ends a request with a problem document, RFC 9457. The detail goes to the client and, other than the message of
/// <see cref="HttpException"/>, not into the log; it holds no patient data all the same.
/// </summary>
internal sealed class ProblemException(
    int status, string detail, IReadOnlyDictionary<string, string[]>? errors = null) : HttpException(status)
{
    public string Detail { get; } = detail;

    /// <summary>What is wrong with which field, or null.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; } = errors;
}
