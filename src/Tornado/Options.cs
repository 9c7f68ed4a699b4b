namespace Tornado;

/// <summary>
/// The options of the program: one <see cref="OptionParser"/> for the whole process, as in Tornado's module
/// <c>tornado.options</c>. Libraries and tests make parsers of their own.
/// </summary>
public static class Options
{
    /// <summary>The parser behind the methods of this class. Tornado: <c>options</c>.</summary>
    public static OptionParser Current { get; } = new();

    /// <inheritdoc cref="OptionParser.Define{T}"/>
    public static DefinedOption<T> Define<T>(
        string name,
        T fallback,
        string? help = null,
        string? metavar = null,
        string? group = null,
        Action<T>? changed = null)
        where T : IParsable<T>
        => Current.Define(name, fallback, help, metavar, group, changed);

    /// <inheritdoc cref="OptionParser.DefineMultiple{T}"/>
    public static DefinedOption<IReadOnlyList<T>> DefineMultiple<T>(
        string name,
        IReadOnlyList<T>? fallback = null,
        string? help = null,
        string? metavar = null,
        string? group = null,
        Action<IReadOnlyList<T>>? changed = null)
        where T : IParsable<T>
        => Current.DefineMultiple(name, fallback, help, metavar, group, changed);

    /// <inheritdoc cref="OptionParser.ParseCommandLine"/>
    public static IReadOnlyList<string> ParseCommandLine(IReadOnlyList<string> args, bool final = true)
        => Current.ParseCommandLine(args, final);

    /// <inheritdoc cref="OptionParser.PrintHelp"/>
    public static void PrintHelp(TextWriter? to = null) => Current.PrintHelp(to);

    /// <inheritdoc cref="OptionParser.AddParseCallback"/>
    public static void AddParseCallback(Action callback) => Current.AddParseCallback(callback);
}
