using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Tornado.Internal;

/// <summary>Compiles the calls into one handler class under one rule.</summary>
internal sealed class HandlerBinder(Type type, PathMatches? pattern)
{
    private static readonly ParameterExpression Handler = Expression.Parameter(typeof(RequestHandler), "handler");
    private static readonly ParameterExpression Groups = Expression.Parameter(typeof(string[]), "groups");
    private static readonly ParameterExpression Provider = Expression.Parameter(typeof(IServiceProvider), "services");

    public bool NeedsServices { get; private set; }

    /// <summary>Whether the class overrides this hook of <see cref="RequestHandler"/>.</summary>
    public bool Overrides(string hook)
        => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Any(m => m.Name == hook
                && m.GetBaseDefinition().DeclaringType == typeof(RequestHandler)
                && m.DeclaringType != typeof(RequestHandler));

    public Func<IServiceProvider?, RequestHandler> BindConstructor(IServiceProvider? services)
    {
        if (type.IsAbstract || type.ContainsGenericParameters)
            throw Refuse("an abstract or open generic class cannot answer requests.");
        var constructors = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance);
        if (constructors.Length != 1)
            throw Refuse($"it needs exactly one public constructor and has {constructors.Length}.");

        var known = services?.GetService<IServiceProviderIsService>();
        var parameters = constructors[0].GetParameters();
        foreach (var parameter in parameters)
        {
            if (known is not null && !parameter.HasDefaultValue && !known.IsService(parameter.ParameterType))
            {
                throw Refuse(
                    $"its constructor asks for \"{parameter.Name}\", "
                    + $"and {parameter.ParameterType} is no registered service.");
            }
        }
        NeedsServices = parameters.Length > 0;

        var create = Expression.New(constructors[0], parameters.Select(p => (Expression)Expression.Call(
            typeof(GroupValues),
            p.HasDefaultValue ? nameof(GroupValues.ServiceOrDefault) : nameof(GroupValues.Service),
            [p.ParameterType],
            Provider)));
        return Expression.Lambda<Func<IServiceProvider?, RequestHandler>>(create, Provider).Compile();
    }

    /// <summary>The call of Initialize with the rule's keyword arguments, or null when the class has none.</summary>
    public Func<RequestHandler, ValueTask>? BindInitialize(IReadOnlyDictionary<string, object?> arguments)
    {
        if (FindMethod("Initialize", BindingFlags.NonPublic) is not { } method)
        {
            return arguments.Count == 0
                ? null
                : throw Refuse(
                    $"the rule has the keyword argument \"{arguments.Keys.First()}\", "
                    + "and the handler has no Initialize.");
        }

        var parameters = method.GetParameters();
        foreach (var name in arguments.Keys)
        {
            if (!parameters.Any(p => SameName(p.Name, name)))
                throw Refuse($"Initialize has no parameter for the keyword argument \"{name}\".");
        }
        var values = parameters.Select(p => BindKeyword(p, arguments)).ToArray();
        return Expression.Lambda<Func<RequestHandler, ValueTask>>(BindCall(method, values), Handler).Compile();
    }

    /// <summary>The call of a verb with the rule's groups, or null when the class does not have the verb.</summary>
    public VerbCall? BindVerb(string verb)
    {
        if (FindMethod(verb) is not { } method)
            return null;

        var parameters = method.GetParameters();
        var values = new Expression[parameters.Length];
        var bound = new HashSet<int>();
        for (var i = 0; i < parameters.Length; i++)
            values[i] = BindGroup(method, parameters, i, bound);

        // A verb without parameters reads PathArguments; one that takes some of the groups has forgotten the others.
        if (bound.Count > 0 && bound.Count < (pattern?.GroupCount ?? 0))
        {
            // bound.Count > 0: there is a pattern.
            var missing = Enumerable.Range(0, pattern!.GroupCount).First(g => !bound.Contains(g));
            throw Refuse($"{method.Name} has no parameter for the group {Describe(missing)}.");
        }
        return Expression.Lambda<VerbCall>(BindCall(method, values), Handler, Groups).Compile();
    }

    private static ConstantExpression BindConstant(object? value, Type type) => Expression.Constant(value, type);

    private static bool SameName(string? parameter, string name)
        => string.Equals(parameter, name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)
            || string.Equals(parameter, name, StringComparison.OrdinalIgnoreCase);

    private ConstantExpression BindKeyword(ParameterInfo parameter, IReadOnlyDictionary<string, object?> arguments)
    {
        var name = arguments.Keys.FirstOrDefault(n => SameName(parameter.Name, n));
        if (name is null)
        {
            return parameter.HasDefaultValue
                ? BindConstant(parameter.DefaultValue, parameter.ParameterType)
                : throw Refuse($"Initialize asks for \"{parameter.Name}\", and the rule has no such keyword argument.");
        }

        var value = arguments[name];
        var fits = value is null
            ? !parameter.ParameterType.IsValueType || Nullable.GetUnderlyingType(parameter.ParameterType) is not null
            : parameter.ParameterType.IsInstanceOfType(value);
        return fits
            ? BindConstant(value, parameter.ParameterType)
            : throw Refuse(
                $"the keyword argument \"{name}\" is no {parameter.ParameterType} "
                + $"as \"{parameter.Name}\" of Initialize asks.");
    }

    private Expression BindGroup(MethodInfo method, ParameterInfo[] parameters, int index, HashSet<int> bound)
    {
        var parameter = parameters[index];
        if (parameter.ParameterType == typeof(CancellationToken))
            return Expression.Property(Handler, nameof(RequestHandler.Aborted));

        var group = FindGroup(parameters, index);
        if (group is not { } g)
        {
            return parameter.HasDefaultValue
                ? DefaultOf(parameter)
                : throw Refuse($"{method.Name} asks for \"{parameter.Name}\", and the route has no group for it.");
        }
        bound.Add(g);
        return Convert(method, parameter, Expression.ArrayIndex(Groups, Expression.Constant(g)));
    }

    private int? FindGroup(ParameterInfo[] parameters, int index)
    {
        if (pattern is null || pattern.GroupCount == 0)
            return null;
        if (pattern.HasNamedGroups)
        {
            var named = Enumerable.Range(0, pattern.GroupCount)
                .Where(g => SameName(parameters[index].Name, pattern.GroupNames[g] ?? ""));
            return named.Any() ? named.First() : null;
        }
        var position = parameters[..index].Count(p => p.ParameterType != typeof(CancellationToken));
        return position < pattern.GroupCount ? position : null;
    }

    private Expression Convert(MethodInfo method, ParameterInfo parameter, Expression text)
    {
        var target = parameter.ParameterType;
        var optional = parameter.HasDefaultValue;
        if (target == typeof(string))
        {
            if (optional)
                return Expression.Coalesce(text, DefaultOf(parameter));
            var nullable = new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
            return nullable ? text : Expression.Call(typeof(GroupValues), nameof(GroupValues.Required), null, text);
        }

        var value = Nullable.GetUnderlyingType(target) ?? target;
        if (value.IsEnum)
            return Call(nameof(GroupValues.ParseEnum), value);
        if (!value.GetInterfaces().Any(IsParsable))
        {
            throw Refuse(
                $"{method.Name} asks for \"{parameter.Name}\" as {target}, which is neither text nor IParsable<T>.");
        }
        return Call(nameof(GroupValues.Parse), value);

        bool IsParsable(Type i)
            => i.IsGenericType
                && i.GetGenericTypeDefinition() == typeof(IParsable<>)
                && i.GenericTypeArguments[0] == value;

        Expression Call(string name, Type converted)
        {
            Expression parsed = Expression.Call(typeof(GroupValues), name, [converted], text);
            if (parsed.Type != target)
                parsed = Expression.Convert(parsed, target);
            if (!optional && target == converted && target.IsValueType)
                return parsed;

            // An unmatched group gives the default, or null where the type has it.
            var unmatched = optional ? DefaultOf(parameter) : Expression.Default(target);
            return Expression.Condition(
                Expression.ReferenceEqual(text, Expression.Constant(null, typeof(string))), unmatched, parsed);
        }
    }

    private static Expression DefaultOf(ParameterInfo parameter) => parameter.DefaultValue is { } value
        ? Expression.Convert(Expression.Constant(value), parameter.ParameterType)
        : Expression.Default(parameter.ParameterType);

    /// <summary>
    /// The one method of this name, with or without Async at its end: public, or protected where that is allowed.
    /// </summary>
    private MethodInfo? FindMethod(string name, BindingFlags also = BindingFlags.Default)
    {
        var found = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | also)
            .Where(m => !m.IsPrivate
                && (m.Name == name || m.Name == name + "Async")
                && m.GetBaseDefinition().DeclaringType != typeof(RequestHandler))
            .ToList();
        if (found.Count > 1)
        {
            // A method hidden with "new" is still listed beside the one that hides it.
            // Methods of a class.
            var derived = found.Where(m => found.All(o => o.DeclaringType!.IsAssignableFrom(m.DeclaringType))).ToList();
            if (derived.Count != 1 || found.Any(m => m.Name != derived[0].Name))
                throw Refuse($"it has more than one {name} or {name}Async.");
            found = derived;
        }
        if (found is not [var method])
            return null;
        if (method.IsGenericMethodDefinition || method.GetParameters().Any(p => p.ParameterType.IsByRef))
            throw Refuse($"{method.Name} must not be generic nor have ref or out parameters.");
        return method;
    }

    private Expression BindCall(MethodInfo method, Expression[] values)
    {
        var call = Expression.Call(Expression.Convert(Handler, type), method, values);
        if (method.ReturnType == typeof(void))
            return Expression.Block(call, Expression.Default(typeof(ValueTask)));
        if (method.ReturnType == typeof(ValueTask))
            return call;
        if (method.ReturnType == typeof(Task))
            // A constructor of the framework.
            return Expression.New(typeof(ValueTask).GetConstructor([typeof(Task)])!, call);
        throw Refuse($"{method.Name} returns {method.ReturnType}; it may return nothing, Task or ValueTask.");
    }

    private string Describe(int group) => pattern?.GroupNames[group] is { } name ? $"\"{name}\"" : $"{group + 1}";

    private RouteBindingException Refuse(string reason)
        => new(
            $"{type} cannot answer {(pattern is null ? "unmatched paths" : $"the route {pattern.Pattern}")}: {reason}");
}
