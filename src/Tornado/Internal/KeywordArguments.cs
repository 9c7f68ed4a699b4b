using System.Collections;
using System.Reflection;

namespace Tornado.Internal;

/// <summary>Reads the keyword arguments of a rule: a dictionary, or an object whose properties they are.</summary>
internal static class KeywordArguments
{
    public static IReadOnlyDictionary<string, object?> Read(object? arguments) => arguments switch
    {
        null => new Dictionary<string, object?>(),
        IReadOnlyDictionary<string, object?> map => map,
        IDictionary map => map.Keys.Cast<object>().ToDictionary(k => k.ToString() ?? "", k => map[k]),
        _ => arguments.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .ToDictionary(p => p.Name, p => p.GetValue(arguments)),
    };
}
