using Microsoft.AspNetCore.Http;
using Tornado;

namespace NeurDicom.Handlers;

/// <summary>
/// Ends a request with a problem document, RFC 9457. The detail goes to the client and, other than the message of
/// <see cref="HttpException"/>, not into the log; it holds no patient data all the same.
/// </summary>
internal sealed class ProblemException(
    int status, string detail, IReadOnlyDictionary<string, string[]>? errors = null) : HttpException(status)
{
    /// <summary>400 for fields or parameters of which each is wrong for a reason.</summary>
    public static ProblemException For(IReadOnlyDictionary<string, string[]> errors)
    {
        return new ProblemException(
            StatusCodes.Status400BadRequest, string.Join(' ', errors.Select(error => $"{error.Key}: {error.Value[0]}")),
            errors);
    }

    public string Detail { get; } = detail;

    /// <summary>What is wrong with which field, or null.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; } = errors;
}
