namespace Tornado;

/// <summary>
/// A rule cannot work: its handler cannot be built, or a verb or <c>Initialize</c> does not fit the rule's groups and
/// keyword
/// arguments. Thrown when the <see cref="Application"/> is built; the message names handler, route and parameter.
/// Tornado
/// finds these only when a request comes.
/// </summary>
public sealed class RouteBindingException : Exception
{
    /// <summary>Without a message.</summary>
    public RouteBindingException()
    {
    }

    /// <summary>With a message.</summary>
    public RouteBindingException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public RouteBindingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
