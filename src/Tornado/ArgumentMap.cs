using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tornado;

/// <summary>
/// Argument names and their values as the client sent them: bytes, decoded only when a handler asks. Open to change,
/// for
/// instance from <see cref="RequestHandler.PrepareAsync"/>. Tornado: the maps <c>request.arguments</c>,
/// <c>query_arguments</c> and <c>body_arguments</c>.
/// </summary>
[SuppressMessage(
    "Naming",
    "CA1710:Identifiers should have correct suffix",
    Justification = "Named for what it is to a Tornado user.")]
public sealed class ArgumentMap : Dictionary<string, List<byte[]>>
{
    /// <summary>An empty map. Names are compared exactly.</summary>
    public ArgumentMap()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>Adds a value after those that the name already has.</summary>
    public void Add(string name, byte[] value)
    {
        if (!TryGetValue(name, out var values))
            base.Add(name, values = []);
        values.Add(value);
    }

    /// <summary>Adds a text value, as UTF-8, after those that the name already has.</summary>
    public void Add(string name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    /// <summary>
    /// Takes over all values of <paramref name="other"/>, replacing those of equal names. Tornado: <c>dict.update</c>.
    /// </summary>
    public void Update(IEnumerable<KeyValuePair<string, string>> other)
    {
        foreach (var (name, value) in other)
            this[name] = [Encoding.UTF8.GetBytes(value)];
    }
}
