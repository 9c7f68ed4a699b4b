namespace Tornado;

/// <summary>
/// Options are unknown, lack a value or cannot be read; the message has one line for each. Tornado:
/// <c>options.Error</c>, which
/// stops at the first.
/// </summary>
public sealed class OptionException : Exception
{
    /// <summary>Without a message.</summary>
    public OptionException()
    {
    }

    /// <summary>With a message.</summary>
    public OptionException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public OptionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
