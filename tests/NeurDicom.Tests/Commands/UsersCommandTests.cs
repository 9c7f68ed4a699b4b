using System.Collections;
using NeurDicom.Commands;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class UsersCommandTests : IDisposable
{
    // hashlib.pbkdf2_hmac("sha256", b"userpw", b"x1Y2z3", 150000), as Django writes it.
    private const string Hash = "pbkdf2_sha256$150000$x1Y2z3$6MVY2jb+DuOdkes+06bLYE6KFWioUmsLQtYl58W/Wbc=";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-users-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _data.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accounts_are_managed_with_a_server_and_without(bool withServer)
    {
        await using var server = withServer ? await AccountClient.StartAsync(folder: _data.FullName) : null;
        if (!withServer)
            (await RunAsync("another password", "add", "admin", "--role", "admin")).ShouldBe(ExitCode.Ok, _error.ToString());

        (await RunAsync("a good password", "add", "ada", "--role", "writer")).ShouldBe(ExitCode.Ok, _error.ToString());
        (await RunAsync("", "role", "ada", "reader")).ShouldBe(ExitCode.Ok);
        (await RunAsync("", "disable", "ada")).ShouldBe(ExitCode.Ok);
        (await ListAsync()).ShouldBe(["admin\tadmin", "ada\treader, disabled"]);
        (await RunAsync("", "enable", "ada")).ShouldBe(ExitCode.Ok);
        (await RunAsync("another good one", "password", "ada")).ShouldBe(ExitCode.Ok);
        (await ListAsync()).ShouldBe(["admin\tadmin", "ada\treader"]);
        if (server is not null)
            await server.CookieOfAsync("ada", "another good one");
        (await RunAsync("", "delete", "ada")).ShouldBe(ExitCode.Ok);
        (await ListAsync()).ShouldBe(["admin\tadmin"]);
    }

    [Theory]
    [InlineData("ada", "delete", "eve", "no account eve")]
    [InlineData("ada", "role", "admin reader", "last active admin")]
    [InlineData("short", "add", "eve", "at least 8 characters")]
    [InlineData("long enough", "add", "a:b", "colon")]
    [InlineData("long enough", "add", "admin", "Another account")]
    public async Task What_cannot_be_done_is_told(string input, string verb, string rest, string told)
    {
        await RunAsync("a first password", "add", "admin", "--role", "admin");

        (await RunAsync(input, [verb, .. rest.Split(' ')])).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain(told);
    }

    [Fact]
    public async Task Where_no_archive_is_none_is_made_to_list_it()
    {
        (await RunAsync("", "list")).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain("There is no archive");
        _data.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("users", "Required command")]
    [InlineData("users role ada king", "king")]
    [InlineData("users import", "FILE")]
    public async Task Wrong_usage_is_named(string line, string named)
    {
        (await CommandLine.RunAsync(line.Split(' '), new Hashtable(), _output, _error)).ShouldBe(ExitCode.WrongUsage);

        $"{_output}{_error}".ShouldContain(named);
    }

    [Fact]
    public async Task Changes_by_the_command_line_are_in_the_audit_trail()
    {
        await RunAsync("a first password", "add", "admin", "--role", "admin");

        await using var server = await ArchiveServer.StartAsync(folder: _data.FullName);
        var who = await server.Archive.Index.ReadAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT event || ' ' || who || ' ' || how || ' ' || path FROM audit";
                return (string?)command.ExecuteScalar();
            },
            TestContext.Current.CancellationToken);

        who.ShouldBe("account local socket /api/users");
    }

    public static TheoryData<string> Tables => new()
    {
        // manage.py dumpdata
        $$$"""
        [{"model": "core.patient", "pk": 1, "fields": {"patient_name": "X"}},
         {"model": "core.user", "pk": 1, "fields": {"password": "{{{Hash}}}", "last_login": null, "is_superuser": true, "email": "root@x.org",
          "name": "Ada", "surname": "Min", "is_active": true, "is_staff": true, "groups": [], "user_permissions": []}},
         {"model": "core.user", "pk": 2, "fields": {"password": "{{{Hash}}}", "is_superuser": false, "email": "user@x.org", "name": "Uma",
          "surname": "Ser", "is_active": true, "is_staff": false}},
         {"model": "core.user", "pk": 3, "fields": {"password": "argon2$argon2id$v=19$x", "is_superuser": false, "email": "off@x.org",
          "name": "Off", "surname": "Line", "is_active": false, "is_staff": false}},
         {"model": "core.user", "pk": 4, "fields": {"password": "", "email": "a:b", "name": "", "surname": ""}},
         {"model": "core.user", "pk": 5, "fields": {"password": "", "email": ""}}]
        """,
        // pg_dump
        $"""
        SET client_encoding = 'UTF8';
        COPY public.patients (id, patient_name) FROM stdin;
        1	Some^One
        \.

        COPY public.core_user (id, password, last_login, is_superuser, email, name, surname, is_active, is_staff) FROM stdin;
        1	{Hash}	\N	t	root@x.org	Ada	Min	t	t
        2	{Hash}	2020-01-01 00:00:00+00	f	user@x.org	Uma	Ser	t	f
        3	argon2$argon2id$v=19$x	\N	f	off@x.org	Off	Line	f	f
        4	\N	\N	f	a:b			t	f
        5	!	\N	f		x	y	t	f
        \.
        """,
        // psql's \copy … csv header
        $"""
        id,password,is_superuser,email,name,surname,is_active,is_staff
        1,{Hash},t,root@x.org,Ada,Min,t,t
        2,{Hash},f,user@x.org,"Uma",Ser,t,f
        3,argon2$argon2id$v=19$x,f,off@x.org,Off,Line,f,f
        4,,f,a:b,,,t,f
        5,,f,,x,y,t,f
        """,
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task The_accounts_of_an_original_are_carried_over(string table)
    {
        var file = Write(table);
        await RunAsync("a first password", "add", "admin", "--role", "admin");

        (await RunAsync("", "import", file)).ShouldBe(ExitCode.Failed, "Two rows cannot be.");

        var printed = _output.ToString();
        printed.ShouldContain("root@x.org: carried over (admin)");
        printed.ShouldContain("user@x.org: carried over (writer)");
        printed.ShouldContain("off@x.org: carried over (writer, disabled) without its password");
        printed.ShouldContain("a:b: refused: email: A sign-in name may not contain a colon.");
        printed.ShouldContain("it has no email");
        printed.ShouldContain("3 carried over, 1 of them without password, 0 left as they are, 2 refused");
        (await ListAsync()).ShouldBe(
            ["admin\tadmin", "root@x.org\tadmin\tAda Min", "user@x.org\twriter\tUma Ser", "off@x.org\twriter, disabled\tOff Line"]);

        (await RunAsync("", "import", file)).ShouldBe(ExitCode.Failed);
        _output.ToString().ShouldContain("0 carried over, 0 of them without password, 3 left as they are, 2 refused");

        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 }, _data.FullName);
        await server.CookieOfAsync("user@x.org", "userpw");
        using var off = await server.SignInAsync(new { email = "off@x.org", password = "!" });
        off.StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("", "no users were found")]
    [InlineData("[]", "no users were found")]
    [InlineData("[{\"model\": \"core.patient\", \"fields\": {}}]", "no users were found")]
    [InlineData("[{", "line 1: this is not JSON")]
    [InlineData("a,b\n1,2\n", "no users were found")]
    [InlineData("COPY public.users (id) FROM stdin;\n1\n\\.\n", "no users were found")]
    public async Task A_file_without_users_is_told(string text, string told)
    {
        (await RunAsync("", "import", Write(text))).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain(told);
    }

    [Fact]
    public async Task Hostile_rows_are_refused_and_cannot_speak_to_the_terminal()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200));
        var long_one = new string('x', 100_000);
        var lines = string.Join('\n',
            """{"model": "core.user", "fields": {"email": "a\u001b[2Jb", "password": "!"}}""",
            """{"model": "core.user", "fields": {"email": "\ud800", "password": "!"}}""",
            """{"model": "core.user", "fields": {"email": "c\u202ed", "password": "!", "is_staff": "perhaps"}}""",
            $$$"""{"model": "core.user", "fields": {"email": "{{{long_one}}}", "password": "!"}}""",
            """{"model": "core.user", "fields": {"email": "slow", "password": "pbkdf2_sha256$2000000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}""",
            """{"model": "core.user", "fields": ["email"]}""",
            """{"model": "\ud800", "fields": {}}""");

        (await RunAsync("", "import", Write(lines))).ShouldBe(ExitCode.Failed);

        _output.ToString().ShouldContain("1 carried over, 1 of them without password, 0 left as they are, 4 refused");
        _output.ToString().ShouldNotContain("\u001b");
        _output.ToString().ShouldNotContain(long_one);
        _output.ToString().ShouldContain("Nobody is admin");
        (await RunAsync("", "import", Write(deep))).ShouldBe(ExitCode.Failed);
        _error.ToString().ShouldContain("this is not JSON");
    }

    [Theory]
    [InlineData("a,\"b \"\"c\"\"\",d", "a|b \"c\"|d")]
    [InlineData("a,b\r\nc,d\r\n", "a|b/c|d")]
    [InlineData("a,\"b\nc\"\n", "a|b\nc")]
    [InlineData(",\n", "|")]
    [InlineData("\"open", "open")]
    public void Comma_separated_values_are_read_as_rfc_4180_has_them(string text, string expected)
    {
        string.Join('/', CsvText.Read(text, ',').Select(row => string.Join('|', row))).ShouldBe(expected);
    }

    private string Write(string text)
    {
        var file = Path.Join(_data.FullName, "table");
        File.WriteAllText(file, text);
        return file;
    }

    private async Task<string[]> ListAsync()
    {
        _output.GetStringBuilder().Clear();
        (await RunAsync("", "list")).ShouldBe(ExitCode.Ok);
        return _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<int> RunAsync(string input, params string[] arguments)
    {
        using var reader = new StringReader(input);
        return await CommandLine.RunAsync(
            ["users", .. arguments, "--data", _data.FullName], new Hashtable(), _output, _error, reader);
    }
}
