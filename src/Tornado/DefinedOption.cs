namespace Tornado;

/// <summary>One option of an <see cref="OptionParser"/>. Tornado: what <c>define</c> makes.</summary>
public abstract class DefinedOption
{
    private protected DefinedOption(string name, string? help, string? metavar, string? group)
    {
        Name = name;
        Help = help;
        Metavar = metavar;
        Group = group ?? "";
    }

    /// <summary>The name as it was defined; <c>-</c> and <c>_</c> are the same when it is looked up.</summary>
    public string Name { get; }

    /// <summary>What the help text says, or null.</summary>
    public string? Help { get; }

    /// <summary>What stands for the value in the help text, or null.</summary>
    public string? Metavar { get; }

    /// <summary>The heading in the help text; empty for the first section.</summary>
    public string Group { get; }

    /// <summary>The value: the last one given, else the default.</summary>
    public object? CurrentValue => Current;

    /// <summary>Whether the option was given or assigned.</summary>
    public bool IsSet { get; private protected set; }

    internal abstract object? Current { get; }

    internal abstract bool IsFlag { get; }

    internal abstract string? DefaultText { get; }

    /// <summary>Takes a text from the command line.</summary>
    /// <exception cref="OptionException">The text cannot be read.</exception>
    internal abstract void Parse(string text);
}

/// <summary>One option with the type of its value.</summary>
/// <typeparam name="T">The type of the value; a list where the option may have several.</typeparam>
public sealed class DefinedOption<T> : DefinedOption
{
    private readonly Func<string, T> _read;
    private readonly Action<T>? _changed;
    private readonly T _default;
    private T _value;

    internal DefinedOption(
        string name, T fallback, Func<string, T> read, string? help, string? metavar, string? group, Action<T>? changed)
        : base(name, help, metavar, group)
    {
        _default = _value = fallback;
        _read = read;
        _changed = changed;
    }

    /// <summary>The value: the last one given, else the default. Assigning calls the option's callback.</summary>
    public T Value
    {
        get => _value;
        set
        {
            _value = value;
            IsSet = true;
            _changed?.Invoke(value);
        }
    }

    internal override object? Current => _value;

    internal override bool IsFlag => typeof(T) == typeof(bool);

    internal override string? DefaultText => _default switch
    {
        null or "" => null,
        string text => text,
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>())}]",
        IFormattable value => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => _default.ToString(),
    };

    internal override void Parse(string text)
    {
        try
        {
            Value = _read(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new OptionException($"Option '{Name}' cannot be '{text}': {e.Message}", e);
        }
    }
}
