using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tornado;

/// <summary>
/// The headers of a request: names without regard to case, values in the order they came. Tornado: <c>HTTPHeaders</c>.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Tornado's name.")]
public sealed class HttpHeaders : IEnumerable<KeyValuePair<string, string>>
{
    private readonly IHeaderDictionary _headers;

    internal HttpHeaders(IHeaderDictionary headers) => _headers = headers;

    /// <summary>All values joined by a comma, or null when the header is absent.</summary>
    public string? this[string name] => Get(name);

    /// <summary>
    /// All values joined by a comma, or <paramref name="fallback"/> when the header is absent. Tornado: <c>get</c>.
    /// </summary>
    public string? Get(string name, string? fallback = null)
        => _headers.TryGetValue(name, out var values) && values.Count > 0 ? Join(values) : fallback;

    /// <summary>The values one by one; empty when the header is absent. Tornado: <c>get_list</c>.</summary>
    public IReadOnlyList<string?> GetList(string name) => _headers.TryGetValue(name, out var values) ? values : [];

    /// <summary>Whether the header was sent, be it empty. Tornado: <c>in</c>.</summary>
    public bool Contains(string name) => _headers.ContainsKey(name);

    /// <summary>Every name and value; a name comes as often as it was sent. Tornado: <c>get_all</c>.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        foreach (var (name, values) in _headers)
        {
            foreach (var value in values)
                yield return KeyValuePair.Create(name, value ?? "");
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Join(StringValues values)
        => values.Count == 1 ? values[0] ?? "" : string.Join(',', values.AsEnumerable());
}
