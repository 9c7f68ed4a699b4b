using System.Text;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// Options that are defined where they are used and read from the command line. Not for use by several threads while
/// options are defined or parsed. Tornado: <c>OptionParser</c>.
/// </summary>
public sealed class OptionParser
{
    private const int HelpColumn = 35;
    private const int HelpWidth = 44;

    private readonly Dictionary<string, DefinedOption> _options = new(StringComparer.Ordinal);
    private readonly List<Action> _callbacks = [];

    /// <summary>A parser with the option <c>help</c>.</summary>
    public OptionParser() => Define("help", false, "show this help information", changed: wanted =>
    {
        if (!wanted)
            return;
        PrintHelp();
        Exit(0);
    });

    /// <summary>Where help goes; by default to the standard output. Tornado prints to the error output.</summary>
    public TextWriter Output { get; set; } = Console.Out;

    /// <summary>What ends the program after <c>--help</c>; by default <see cref="Environment.Exit"/>.</summary>
    public Action<int> Exit { get; set; } = Environment.Exit;

    /// <summary>The name that help calls the program by.</summary>
    public string Program { get; set; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "";

    /// <summary>The options in the order in which they were defined. Tornado: <c>items</c>.</summary>
    public IReadOnlyCollection<DefinedOption> All => _options.Values;

    /// <summary>The groups that have options, sorted. Tornado: <c>groups</c>.</summary>
    public IReadOnlyList<string> Groups
        => [.. _options.Values.Select(o => o.Group).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The value of an option. Tornado: <c>options.name</c>.</summary>
    /// <exception cref="OptionException">There is no such option.</exception>
    public object? this[string name]
        => Find(name) is { } option ? option.CurrentValue : throw new OptionException($"Unrecognized option '{name}'");

    /// <summary>
    /// Defines an option: text, numbers, truth values, dates, time spans, and every type that parses itself. Tornado:
    /// <c>define</c>.
    /// </summary>
    /// <param name="name">The name; <c>-</c> and <c>_</c> are the same.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="help">A sentence for the help text.</param>
    /// <param name="metavar">What stands for the value in the help text.</param>
    /// <param name="group">The heading in the help text.</param>
    /// <param name="changed">
    /// Called with every value that is parsed or assigned, for instance to read a configuration file.
    /// </param>
    /// <exception cref="OptionException">The name is taken.</exception>
    public DefinedOption<T> Define<T>(
        string name,
        T fallback,
        string? help = null,
        string? metavar = null,
        string? group = null,
        Action<T>? changed = null)
        where T : IParsable<T>
        => Add(new DefinedOption<T>(name, fallback, OptionText.Read<T>, help, metavar, group, changed));

    /// <summary>
    /// Defines an option with several values, separated by commas; integers may be ranges, <c>1:4</c>. When it is given
    /// twice the last counts. Tornado: <c>define</c> with <c>multiple=True</c>.
    /// </summary>
    /// <inheritdoc cref="Define{T}"/>
    public DefinedOption<IReadOnlyList<T>> DefineMultiple<T>(
        string name,
        IReadOnlyList<T>? fallback = null,
        string? help = null,
        string? metavar = null,
        string? group = null,
        Action<IReadOnlyList<T>>? changed = null)
        where T : IParsable<T>
        => Add(new DefinedOption<IReadOnlyList<T>>(
            name, fallback ?? [], OptionText.ReadList<T>, help, metavar, group, changed));

    /// <summary>Whether there is such an option. Tornado: <c>in</c>.</summary>
    public bool Contains(string name) => _options.ContainsKey(Normal(name));

    /// <summary>The value of an option with its type.</summary>
    /// <exception cref="OptionException">There is no such option, or it has another type.</exception>
    public T Get<T>(string name) => Find(name) switch
    {
        DefinedOption<T> option => option.Value,
        null => throw new OptionException($"Unrecognized option '{name}'"),
        _ => throw new OptionException($"Option '{name}' is no {typeof(T)}"),
    };

    /// <summary>Names and values, of one group or of all. Tornado: <c>as_dict</c>, <c>group_dict</c>.</summary>
    public IReadOnlyDictionary<string, object?> AsDictionary(string? group = null)
        => _options.Values.Where(o => group is null || o.Group == group).ToDictionary(o => o.Name, o => o.CurrentValue);

    /// <summary>
    /// Reads <c>--name=value</c>, <c>--name value</c> and, for truth values, <c>--name</c>. Ends at the first argument
    /// that
    /// is no option, or behind <c>--</c>. Tornado: <c>parse_command_line</c>, which knows the form with = only.
    /// </summary>
    /// <param name="args">The arguments without the program's name.</param>
    /// <param name="final">Whether to run the callbacks of <see cref="AddParseCallback"/>.</param>
    /// <returns>The arguments that are left.</returns>
    /// <exception cref="OptionException">
    /// Options are unknown, lack a value or cannot be read: all of them are named.
    /// </exception>
    public IReadOnlyList<string> ParseCommandLine(IReadOnlyList<string> args, bool final = true)
    {
        var faults = new List<string>();
        var i = 0;
        for (; i < args.Count && args[i].StartsWith('-'); i++)
        {
            if (args[i] == "--")
            {
                i++;
                break;
            }
            var text = args[i].TrimStart('-');
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? text : text[..equals];
            if (Find(name) is not { } option)
            {
                faults.Add($"Unrecognized command line option: '{name}'");

                // Its value is not the first argument that is left.
                if (equals < 0 && i + 1 < args.Count && !args[i + 1].StartsWith('-'))
                    i++;
                continue;
            }
            var value = equals >= 0 ? text[(equals + 1)..] : option.IsFlag ? "true" : TakeNext(args, ref i);
            Parse(option, value, faults);
        }
        if (faults.Count > 0)
            throw new OptionException(string.Join('\n', faults));
        if (final)
            RunParseCallbacks();
        return [.. args.Skip(i)];
    }

    /// <summary>Adds what runs after the options are parsed. Tornado: <c>add_parse_callback</c>.</summary>
    public void AddParseCallback(Action callback) => _callbacks.Add(callback);

    /// <summary>Runs what <see cref="AddParseCallback"/> added. Tornado: <c>run_parse_callbacks</c>.</summary>
    public void RunParseCallbacks()
    {
        foreach (var callback in _callbacks)
            callback();
    }

    /// <summary>Prints every option with its help and default, by group. Tornado: <c>print_help</c>.</summary>
    public void PrintHelp(TextWriter? to = null)
    {
        var help = new StringBuilder($"Usage: {Program} [OPTIONS]\n\nOptions:\n\n");
        foreach (var group in Groups)
        {
            if (group.Length > 0)
                help.Append('\n').Append(group).Append(" options:\n\n");
            var options = _options.Values.Where(o => o.Group == group);
            foreach (var option in options.OrderBy(o => o.Name, StringComparer.Ordinal))
                AppendHelp(help, option);
        }
        (to ?? Output).Write(help.Append('\n').ToString());
    }

    private static void Parse(DefinedOption option, string? value, List<string> faults)
    {
        try
        {
            if (value is null)
                faults.Add($"Option '{option.Name}' requires a value");
            else
                option.Parse(value);
        }
        catch (OptionException e)
        {
            faults.Add(e.Message);
        }
    }

    private static string? TakeNext(IReadOnlyList<string> args, ref int i)
        => i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : null;

    private static void AppendHelp(StringBuilder help, DefinedOption option)
    {
        var name = option.Name.Replace('_', '-') + (option.Metavar is { } metavar ? "=" + metavar : "");
        var text = (option.Help ?? "") + (option.DefaultText is { } value ? $" (default {value})" : "");
        var lines = Wrap(text.Trim());
        if (name.Length > 30 || lines.Count == 0)
            lines.Insert(0, "");
        help.Append("  --").Append(name.PadRight(30)).Append(' ').Append(lines[0]).Append('\n');
        foreach (var line in lines.Skip(1))
            help.Append(' ', HelpColumn).Append(line).Append('\n');
    }

    private static List<string> Wrap(string text)
    {
        var lines = new List<string>();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= HelpWidth)
                lines[^1] += " " + word;
            else
                lines.Add(word);
        }
        return lines;
    }

    private static string Normal(string name) => name.Replace('_', '-');

    private DefinedOption? Find(string name) => _options.GetValueOrDefault(Normal(name));

    private TOption Add<TOption>(TOption option)
        where TOption : DefinedOption
    {
        if (!_options.TryAdd(Normal(option.Name), option))
            throw new OptionException($"Option '{option.Name}' already defined");
        return option;
    }
}
