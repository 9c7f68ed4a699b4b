namespace Tornado;

/// <summary>
/// A required argument is absent: status 400. Thrown by the argument getters without a default.
/// Tornado: <c>MissingArgumentError</c>.
/// </summary>
public sealed class MissingArgumentException : HttpException
{
    /// <summary>Names the argument.</summary>
    public MissingArgumentException(string argumentName)
        : base(400, "Missing argument {0}", argumentName) => ArgumentName = argumentName;

    /// <summary>The name that was asked for. Tornado: <c>arg_name</c>.</summary>
    public string ArgumentName { get; }
}
