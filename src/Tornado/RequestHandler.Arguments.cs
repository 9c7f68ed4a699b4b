using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Tornado.Internal;

namespace Tornado;

// What the client sent: path groups, query and form arguments.
public abstract partial class RequestHandler
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create(
        "\0\x01\x02\x03\x04\x05\x06\a\b\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");

    private Dictionary<string, string?>? _pathKeywords;

    /// <summary>
    /// The unnamed groups of the route, percent-decoded, null where one took no part; empty when they are named. There
    /// before <see cref="PrepareAsync"/>. Tornado: <c>path_args</c>.
    /// </summary>
    public IReadOnlyList<string?> PathArguments => _plan.Pattern?.HasNamedGroups == true ? [] : _groups;

    /// <summary>
    /// The named groups of the route, percent-decoded, null where one took no part; empty when they are unnamed. There
    /// before <see cref="PrepareAsync"/>. Tornado: <c>path_kwargs</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string?> PathKeywordArguments => _pathKeywords ??= NameGroups();

    /// <summary>
    /// The last value of an argument in query or body, without surrounding blanks. Tornado: <c>get_argument</c>.
    /// </summary>
    /// <param name="strip">Whether blanks at both ends are removed.</param>
    /// <exception cref="MissingArgumentException">There is none: 400.</exception>
    public string GetArgument(string name, bool strip = true)
        => Last(Request.Arguments, name, strip) ?? throw new MissingArgumentException(name);

    /// <summary>
    /// As above; without the argument, <paramref name="fallback"/> as it stands. Tornado: <c>get_argument</c> with a
    /// default.
    /// </summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetArgument(string name, string? fallback, bool strip = true)
        => Last(Request.Arguments, name, strip) ?? fallback;

    /// <summary>
    /// All values of an argument, those of the query first; empty if there is none. Tornado: <c>get_arguments</c>.
    /// </summary>
    public IReadOnlyList<string> GetArguments(string name, bool strip = true) => All(Request.Arguments, name, strip);

    /// <summary>The last value of an argument in the query. Tornado: <c>get_query_argument</c>.</summary>
    /// <inheritdoc cref="GetArgument(string, bool)"/>
    public string GetQueryArgument(string name, bool strip = true)
        => Last(Request.QueryArguments, name, strip) ?? throw new MissingArgumentException(name);

    /// <summary>
    /// As above; without the argument, <paramref name="fallback"/> as it stands. Tornado: <c>get_query_argument</c>
    /// with a default.
    /// </summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetQueryArgument(string name, string? fallback, bool strip = true)
        => Last(Request.QueryArguments, name, strip) ?? fallback;

    /// <summary>
    /// All values of an argument in the query; empty if there is none. Tornado: <c>get_query_arguments</c>.
    /// </summary>
    public IReadOnlyList<string> GetQueryArguments(string name, bool strip = true)
        => All(Request.QueryArguments, name, strip);

    /// <summary>The last value of an argument in a form body. Tornado: <c>get_body_argument</c>.</summary>
    /// <inheritdoc cref="GetArgument(string, bool)"/>
    public string GetBodyArgument(string name, bool strip = true)
        => Last(Request.BodyArguments, name, strip) ?? throw new MissingArgumentException(name);

    /// <summary>
    /// As above; without the argument, <paramref name="fallback"/> as it stands. Tornado: <c>get_body_argument</c> with
    /// a default.
    /// </summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetBodyArgument(string name, string? fallback, bool strip = true)
        => Last(Request.BodyArguments, name, strip) ?? fallback;

    /// <summary>
    /// All values of an argument in a form body; empty if there is none. Tornado: <c>get_body_arguments</c>.
    /// </summary>
    public IReadOnlyList<string> GetBodyArguments(string name, bool strip = true)
        => All(Request.BodyArguments, name, strip);

    /// <summary>
    /// The last value of an argument, converted; <paramref name="fallback"/> without it, 400 when it does not convert.
    /// Tornado has no such member.
    /// </summary>
    public T GetArgument<T>(string name, T fallback)
        where T : IParsable<T>
    {
        if (GetArgument(name, null) is not { } text)
            return fallback;
        return T.TryParse(text, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new HttpException(400, "The argument {0} is no {1}", name, typeof(T).Name);
    }

    /// <summary>
    /// Turns the bytes of an argument or path group into text, by default from UTF-8. Tornado: <c>decode_argument</c>.
    /// </summary>
    /// <param name="value">The bytes, percent-decoded.</param>
    /// <param name="name">The argument or group, or null for an unnamed group.</param>
    /// <exception cref="HttpException">400: the bytes are no such text.</exception>
    protected virtual string DecodeArgument(ReadOnlySpan<byte> value, string? name)
    {
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            // Unlike Tornado, the log does not quote the value: it may be a name.
            throw new HttpException(400, "Invalid unicode in {0}", name ?? "url");
        }
    }

    private void DecodePathArguments()
    {
        for (var i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] is not { } raw || (!_plan.DecodesArguments && !raw.Contains('%') && Ascii.IsValid(raw)))
                continue;
            var bytes = new byte[raw.Length];
            var length = UrlText.Decode(raw, bytes, plusIsBlank: false);
            _groups[i] = DecodeArgument(bytes.AsSpan(0, length), _plan.Pattern?.GroupNames[i]);
        }
    }

    private Dictionary<string, string?> NameGroups()
    {
        var named = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (_plan.Pattern is { HasNamedGroups: true } pattern)
        {
            for (var i = 0; i < _groups.Length; i++)
                named[pattern.GroupNames[i] ?? ""] = _groups[i];
        }
        return named;
    }

    private string? Last(ArgumentMap map, string name, bool strip)
        => map.TryGetValue(name, out var values) && values.Count > 0 ? Clean(values[^1], name, strip) : null;

    private string[] All(ArgumentMap map, string name, bool strip)
        => map.TryGetValue(name, out var values) ? [.. values.Select(v => Clean(v, name, strip))] : [];

    /// <summary>
    /// Decodes, then makes control characters blanks, then strips: in this order a leading NUL is stripped too (case
    /// I05).
    /// </summary>
    private string Clean(byte[] value, string name, bool strip)
    {
        var text = DecodeArgument(value, name);
        if (text.AsSpan().ContainsAny(ControlCharacters))
            text = string.Create(
                text.Length, text, static (to, from) => from.AsSpan().ReplaceAny(to, ControlCharacters, ' '));
        return strip ? text.Trim() : text;
    }
}
