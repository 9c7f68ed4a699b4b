namespace Tornado;

/// <summary>
/// Answers every supported method with one status, which comes as the keyword argument <c>statusCode</c>. Also stands
/// in
/// where no rule matches. Tornado: <c>ErrorHandler</c>.
/// </summary>
public sealed class ErrorHandler : RequestHandler
{
    private int _statusCode = 500;

    /// <summary>Takes the status. Runs before <see cref="Prepare"/>.</summary>
    public void Initialize(int statusCode) => _statusCode = statusCode;

    /// <summary>Throws the status.</summary>
    protected override void Prepare() => throw new HttpException(_statusCode);
}
