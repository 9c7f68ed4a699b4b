namespace Tornado;

/// <summary>
/// Ends the request quietly: what was written, status and headers stay, no error page, no log.
/// Tornado: <c>Finish</c>.
/// </summary>
public sealed class FinishException : Exception
{
    /// <summary>Ends the request with what was written so far.</summary>
    public FinishException()
    {
    }

    /// <summary>
    /// Ends the request after writing <paramref name="chunk"/> as <see cref="RequestHandler.Write"/> does.
    /// </summary>
    public FinishException(object? chunk) => Chunk = chunk;

    /// <summary>What is still to be written, or null.</summary>
    public object? Chunk { get; }
}
