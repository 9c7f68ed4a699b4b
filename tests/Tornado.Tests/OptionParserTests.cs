namespace Tornado.Tests;

public sealed class OptionParserTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly List<int> _exits = [];
    private readonly OptionParser _parser;

    public OptionParserTests() => _parser = new OptionParser { Output = _output, Exit = _exits.Add, Program = "demo" };

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData("--port=9000")]
    [InlineData("--port", "9000")]
    [InlineData("-port=9000")]
    [InlineData("---port=9000")]
    public void A_value_stands_behind_an_equals_sign_or_a_blank(params string[] args)
    {
        var port = _parser.Define("port", 8000);

        _parser.ParseCommandLine(args).ShouldBeEmpty();

        port.Value.ShouldBe(9000);
        _parser["port"].ShouldBe(9000);
    }

    [Fact]
    public void A_truth_value_needs_none()
    {
        var debug = _parser.Define("debug", false);
        var port = _parser.Define("rest_port", 1);

        _parser.ParseCommandLine(["--debug", "--rest-port", "2", "file", "--not-read"])
            .ShouldBe(["file", "--not-read"]);

        (debug.Value, port.Value).ShouldBe((true, 2));
    }

    [Theory]
    [InlineData("no", false)]
    [InlineData("F", false)]
    [InlineData("0", false)]
    [InlineData("yes", true)]
    [InlineData("1", true)]
    public void Words_for_truth_are_read(string text, bool expected)
    {
        var flag = _parser.Define("flag", !expected);

        _parser.ParseCommandLine([$"--flag={text}"]);

        flag.Value.ShouldBe(expected);
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        _parser.Define("port", 8000);
        _parser.Define("host", "");

        var e = Should.Throw<OptionException>(
            () => _parser.ParseCommandLine(["--prot=1", "--hots", "x", "--port=abc", "--host"]));

        e.Message.Split('\n').ShouldBe([
            "Unrecognized command line option: 'prot'",
            "Unrecognized command line option: 'hots'",
            "Option 'port' cannot be 'abc': it is no Int32",
            "Option 'host' requires a value",
        ]);
    }

    [Fact]
    public void Several_values_are_separated_by_commas_and_may_be_ranges()
    {
        var ports = _parser.DefineMultiple<int>("ports");
        var names = _parser.DefineMultiple<string>("names");

        _parser.ParseCommandLine(["--ports=1,3:5", "--names="]);

        ports.Value.ShouldBe([1, 3, 4, 5]);
        names.Value.ShouldBe([""]);
    }

    [Theory]
    [InlineData("1h 30m", 5400)]
    [InlineData("1h30m", 5400)]
    [InlineData("-5", -5)]
    [InlineData("1.5 minutes", 90)]
    [InlineData("2e1", 20)]
    [InlineData("1w", 604800)]
    public void Time_spans_have_units(string text, double seconds)
    {
        var wait = _parser.Define("wait", TimeSpan.Zero);

        _parser.ParseCommandLine([$"--wait={text}"]);

        wait.Value.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("2013-01-02 03:04:05", "2013-01-02T03:04:05")]
    [InlineData("20130102", "2013-01-02T00:00:00")]
    [InlineData("Wed Jan 02 03:04:05 2013", "2013-01-02T03:04:05")]
    [InlineData("03:04", "1900-01-01T03:04:00")]
    public void Dates_have_the_formats_of_tornado(string text, string expected)
    {
        var date = _parser.Define("date", default(DateTime));

        _parser.ParseCommandLine([$"--date={text}"]);

        date.Value.ToString("s", null).ShouldBe(expected);
    }

    [Fact]
    public void Help_lists_options_by_group_and_ends_the_program()
    {
        _parser.Define("port", 8000, "the port to listen on", metavar: "PORT");
        _parser.Define(
            "db_file",
            "",
            "where the database lies, which is a sentence that is too long for one line",
            group: "database");

        _parser.ParseCommandLine(["--help"]);

        _output.ToString().ShouldBe("""
            Usage: demo [OPTIONS]

            Options:

              --help                           show this help information (default False)
              --port=PORT                      the port to listen on (default 8000)

            database options:

              --db-file                        where the database lies, which is a sentence
                                               that is too long for one line


            """.Replace("\r", "", StringComparison.Ordinal));
        _exits.ShouldBe([0]);
    }

    [Fact]
    public void Callbacks_run_after_the_last_parse()
    {
        var calls = new List<string>();
        _parser.Define("config", "", changed: calls.Add);
        _parser.AddParseCallback(() => calls.Add("done"));

        _parser.ParseCommandLine(["--config=a"], final: false);
        _parser.ParseCommandLine(["--config=b"]);

        calls.ShouldBe(["a", "b", "done"]);
    }

    [Fact]
    public void Two_options_cannot_share_a_name()
    {
        _parser.Define("my_port", 1);

        Should.Throw<OptionException>(() => _parser.Define("my-port", 2));
    }

    [Fact]
    public void Options_are_listed_by_group()
    {
        _parser.Define("b", 1, group: "one");
        _parser.Define("a", "x", group: "two");

        _parser.AsDictionary("one").ShouldBe(new Dictionary<string, object?> { ["b"] = 1 });
        _parser.Groups.ShouldBe(["", "one", "two"]);
    }
}
