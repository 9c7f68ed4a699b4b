using System.Collections;
using System.CommandLine;
using System.Text.Json.Nodes;
using NeurDicom.Archive;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom users …</c>: the accounts, for who owns the data folder; no password is asked for.</summary>
internal sealed class UsersCommand
{
    private static readonly string[] RoleNames = ["reader", "writer", "admin"];

    private readonly IDictionary _environment;
    private readonly TextReader _input;
    private readonly Option<string?> _data = CommandSettings.CreateDataOption();

    private UsersCommand(IDictionary environment, TextReader input) => (_environment, _input) = (environment, input);

    /// <param name="input">Where passwords come from; by default the terminal or standard input.</param>
    public static Command Create(IDictionary environment, TextReader? input = null)
    {
        var users = new UsersCommand(environment, input ?? Console.In);
        var command = new Command(
            "users", "Shows and changes the accounts, and carries over those of an original NeurDICOM.")
        {
            users.CreateList(), users.CreateAdd(), users.CreatePassword(), users.CreateRole(),
            users.CreateState("disable", "Keeps somebody out; their sessions and tokens end.", isActive: false),
            users.CreateState("enable", "Lets somebody in again.", isActive: true),
            users.CreateDelete(), users.CreateImport(),
        };
        return command;
    }

    private Command CreateList() => Make("list", "Lists the accounts.", [], async (door, parsed, cancel) =>
    {
        foreach (var account in await door.ListAsync(cancel))
        {
            var person = $"{account.Name} {account.Surname}".Trim();
            parsed.InvocationConfiguration.Output.WriteLine(
                $"{account.Email}\t{account.Role}{(account.IsActive ? "" : ", disabled")}"
                + (person.Length > 0 ? "\t" + person : ""));
        }

        return null;
    });

    private Command CreateAdd()
    {
        var name = CreateName("The new sign-in name: any text without a colon.");
        var role = CreateRoleOption("reader", "What it may do: reader, writer or admin.");
        return Make("add", "Adds an account. The password is asked for, or read from standard input.", [name, role],
            async (door, parsed, cancel) =>
            {
                if (PasswordInput.Read(_input, parsed.InvocationConfiguration.Error) is not { } password)
                    return "No password was given.";
                var (_, problem) = await door.AddAsync(
                    new JsonObject
                    {
                        ["email"] = parsed.GetRequiredValue(name),
                        ["password"] = password,
                        ["role"] = parsed.GetRequiredValue(role),
                    },
                    cancel);
                return problem;
            },
            makesArchive: true);
    }

    private Command CreatePassword()
    {
        var name = CreateName("The sign-in name.");
        return Make(
            "password", "Sets a new password, asked for or read from standard input; sessions and tokens end.", [name],
            (door, parsed, cancel) => WithAccountAsync(
                door, parsed.GetRequiredValue(name),
                async account => PasswordInput.Read(_input, parsed.InvocationConfiguration.Error) is { } password
                    ? await door.ChangeAsync(
                        HttpMethod.Put, account, "/password", new JsonObject { ["password"] = password }, cancel)
                    : "No password was given.",
                cancel));
    }

    private Command CreateRole()
    {
        var name = CreateName("The sign-in name.");
        var role = new Argument<string>("ROLE") { Description = "reader, writer or admin." };
        role.AcceptOnlyFromAmong(RoleNames);
        return Make("role", "Changes what somebody may do; their sessions and tokens end.", [name, role],
            (door, parsed, cancel) => WithAccountAsync(
                door, parsed.GetRequiredValue(name),
                account => PutAsync(door, account with { Role = parsed.GetRequiredValue(role) }, cancel), cancel));
    }

    private Command CreateState(string verb, string description, bool isActive)
    {
        var name = CreateName("The sign-in name.");
        return Make(verb, description, [name],
            (door, parsed, cancel) => WithAccountAsync(
                door, parsed.GetRequiredValue(name),
                account => PutAsync(door, account with { IsActive = isActive }, cancel), cancel));
    }

    private Command CreateDelete()
    {
        var name = CreateName("The sign-in name.");
        return Make("delete", "Deletes an account. What its owner did stays in the audit trail.", [name],
            (door, parsed, cancel) => WithAccountAsync(
                door, parsed.GetRequiredValue(name),
                account => door.ChangeAsync(HttpMethod.Delete, account, "", null, cancel), cancel));
    }

    private Command CreateImport()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "manage.py dumpdata (JSON), pg_dump of the table (COPY), or the table as CSV with a header.",
        };
        var role = CreateRoleOption(
            "writer", "What those may do who were no staff: reader or writer; the original let everybody store.");
        return Make("import", "Carries over the accounts of an original NeurDICOM, with their passwords.", [file, role],
            async (door, parsed, cancel) =>
            {
                var import = new UserImport(door, parsed.InvocationConfiguration.Output);
                return await import.RunAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(role), cancel);
            },
            makesArchive: true);
    }

    private static Argument<string> CreateName(string description) => new("NAME") { Description = description };

    private static Option<string> CreateRoleOption(string standard, string description)
    {
        var role = new Option<string>("--role") { Description = description, DefaultValueFactory = _ => standard };
        role.AcceptOnlyFromAmong(RoleNames);
        return role;
    }

    /// <param name="run">Gives null, or what went wrong.</param>
    /// <param name="makesArchive">Whether it may begin a new archive.</param>
    private Command Make(
        string name, string description, Symbol[] symbols,
        Func<AccountDoor, ParseResult, CancellationToken, Task<string?>> run, bool makesArchive = false)
    {
        var command = new Command(name, description) { _data };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            if (CommandSettings.Read(parsed, [_data], _environment) is not { } settings)
                return ExitCode.WrongUsage;
            if (!makesArchive && !DataFolder.HoldsArchive(settings.Data))
                throw new DataFolderException($"There is no archive in {Path.GetFullPath(settings.Data)}; --data "
                    + "names the folder that holds one.");
            await using var door = await AccountDoor.OpenAsync(settings, cancel);
            if (await run(door, parsed, cancel) is not { } problem)
                return ExitCode.Ok;
            parsed.InvocationConfiguration.Error.WriteLine($"neurdicom: {problem}");
            return ExitCode.Failed;
        });
        return command;
    }

    private static async Task<string?> WithAccountAsync(
        AccountDoor door, string name, Func<ListedAccount, Task<string?>> change, CancellationToken cancel) =>
        await door.FindAsync(name, cancel) is { } account
            ? await change(account)
            : $"There is no account {UserImport.Printable(name)}; 'neurdicom users list' shows all.";

    private static Task<string?> PutAsync(AccountDoor door, ListedAccount account, CancellationToken cancel) =>
        door.ChangeAsync(
            HttpMethod.Put, account, "",
            new JsonObject
            {
                ["email"] = account.Email,
                ["name"] = account.Name,
                ["surname"] = account.Surname,
                ["role"] = account.Role,
                ["is_active"] = account.IsActive,
            },
            cancel);
}
