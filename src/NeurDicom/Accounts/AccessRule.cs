using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace NeurDicom.Accounts;

/// <summary>Which role each verb of one handler class requires, read from its attributes once.</summary>
internal sealed class AccessRule
{
    private static readonly ConcurrentDictionary<Type, AccessRule> Rules = new();
    private static readonly string[] Verbs = ["GET", "POST", "PUT", "DELETE", "PATCH"];

    private readonly Role? _default;
    private readonly FrozenDictionary<string, Role> _byMethod;

    private AccessRule(Type handler)
    {
        IsOpen = handler.GetCustomAttribute<OpenToAllAttribute>() is not null;
        var attributes = handler.GetCustomAttributes<RequiredAuthAttribute>().ToList();
        if (IsOpen == attributes.Count > 0)
            throw new InvalidOperationException($"{handler.Name} needs either [RequiredAuth(…)] or [OpenToAll].");

        var byMethod = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            if (attribute.Methods.Count == 0 && _default is not null)
                throw new InvalidOperationException($"{handler.Name} has two [RequiredAuth(…)] without methods.");
            if (attribute.Methods.Count == 0)
                _default = attribute.Role;
            foreach (var method in attribute.Methods)
            {
                if (!Verbs.Contains(method) || !byMethod.TryAdd(method, attribute.Role))
                    throw new InvalidOperationException($"{handler.Name}: {method} is not a verb or stands twice.");
            }
        }

        _byMethod = byMethod.ToFrozenDictionary(StringComparer.Ordinal);
        foreach (var verb in Verbs.Where(verb => !IsOpen && Implements(handler, verb) && Find(verb) is null))
            throw new InvalidOperationException($"{handler.Name}: [RequiredAuth(…)] does not cover {verb}.");
    }

    public bool IsOpen { get; }

    /// <exception cref="InvalidOperationException">The class does not say who may call it; stops the start.</exception>
    public static AccessRule For(Type handler) => Rules.GetOrAdd(handler, static type => new AccessRule(type));

    /// <summary>The role a method requires, or null where it needs none. What nothing covers needs an admin.</summary>
    public Role? RequiredRole(string method) =>
        IsOpen || method == "OPTIONS" ? null : Find(method == "HEAD" ? "GET" : method) ?? Role.Admin;

    private Role? Find(string method) => _byMethod.TryGetValue(method, out var role) ? role : _default;

    // A verb is a method of the handler class or of one of NeurDICOM's own layers; Tornado's own answer 405.
    private static bool Implements(Type handler, string verb) =>
        handler.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Any(method => method.DeclaringType?.Namespace?.StartsWith("Tornado", StringComparison.Ordinal) is false
                && (method.Name.Equals(verb, StringComparison.OrdinalIgnoreCase)
                    || method.Name.Equals(verb + "Async", StringComparison.OrdinalIgnoreCase)));
}
