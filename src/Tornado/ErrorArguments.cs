using System.Collections;

namespace Tornado;

/// <summary>
/// What <see cref="RequestHandler.SendError"/> hands to <see cref="RequestHandler.WriteError"/>. Tornado: the keyword
/// arguments of <c>write_error</c>; <c>exc_info</c> is <see cref="Exception"/>.
/// </summary>
public sealed class ErrorArguments : IEnumerable<KeyValuePair<string, object?>>
{
    private readonly (string Name, object? Value)[] _values;

    internal ErrorArguments(string? reason, Exception? exception, ReadOnlySpan<(string Name, object? Value)> values)
    {
        Reason = reason;
        Exception = exception;
        _values = values.ToArray();
    }

    /// <summary>
    /// The exception behind the error, or null when <see cref="RequestHandler.SendError"/> was called by hand.
    /// </summary>
    public Exception? Exception { get; }

    /// <summary>The reason given by the caller or the exception, or null.</summary>
    public string? Reason { get; }

    /// <summary>The value that was given under this name, or null.</summary>
    public object? this[string name] => Array.Find(_values, v => v.Name == name).Value;

    /// <summary>The values in the order given.</summary>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        => _values.Select(v => KeyValuePair.Create(v.Name, v.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
