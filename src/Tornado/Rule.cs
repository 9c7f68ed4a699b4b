using Microsoft.AspNetCore.Http;

namespace Tornado;

/// <summary>
/// One line of the URL table: a pattern for the whole path, what answers it, the keyword arguments of the handler's
/// <c>Initialize</c> and a name for <see cref="Application.ReverseUrl"/>. The first rule that matches wins.
/// Tornado: <c>Rule</c>, <c>URLSpec</c>, <c>url</c>.
/// </summary>
public sealed class Rule
{
    private Rule(PathMatches matcher, Type? handler, RequestDelegate? target, object? arguments, string? name)
    {
        Matcher = matcher;
        Handler = handler;
        Target = target;
        Arguments = arguments;
        Name = name;
    }

    /// <summary>What the path has to look like.</summary>
    public PathMatches Matcher { get; }

    /// <summary>The handler class, or null when a plain delegate answers.</summary>
    public Type? Handler { get; }

    /// <summary>The plain ASP.NET Core delegate that answers, or null when a handler does.</summary>
    public RequestDelegate? Target { get; }

    /// <summary>
    /// The keyword arguments for <c>Initialize</c>: a dictionary, an object whose properties they are, or null.
    /// </summary>
    public object? Arguments { get; }

    /// <summary>The name for <see cref="Application.ReverseUrl"/>, or null.</summary>
    public string? Name { get; }

    /// <summary>
    /// A rule for a handler class. <c>Rule.To&lt;Profile&gt;(@"/user/(?&lt;id&gt;\d+)", new { database },
    /// "profile")</c>
    /// </summary>
    /// <param name="pattern">See <see cref="PathMatches"/>.</param>
    /// <param name="arguments">Keyword arguments: a dictionary, or an anonymous object.</param>
    /// <param name="name">
    /// A name for <see cref="Application.ReverseUrl"/>; of two rules with one name the last counts.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The pattern is no regular expression, or mixes named and unnamed groups.
    /// </exception>
    public static Rule To<THandler>(string pattern, object? arguments = null, string? name = null)
        where THandler : RequestHandler
        => new(new PathMatches(pattern), typeof(THandler), null, arguments, name);

    /// <summary>A rule for a handler class known only when the program runs.</summary>
    /// <inheritdoc cref="To{THandler}"/>
    public static Rule To(Type handler, string pattern, object? arguments = null, string? name = null)
        => handler.IsSubclassOf(typeof(RequestHandler))
            ? new(new PathMatches(pattern), handler, null, arguments, name)
            : throw new ArgumentException($"{handler} is no {nameof(RequestHandler)}.", nameof(handler));

    /// <summary>
    /// A rule for a plain ASP.NET Core delegate, which gets the request untouched and without an access log line.
    /// </summary>
    /// <inheritdoc cref="To{THandler}"/>
    public static Rule To(RequestDelegate target, string pattern, string? name = null)
        => new(new PathMatches(pattern), null, target, null, name);
}
