using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using NeurDicom.Accounts;

namespace NeurDicom.Commands;

/// <summary>
/// Carries over the accounts that a file holds: staff and superusers as admins,
/// everybody else as what the command says. Who is there already stays as they are, so that it can be run again.
/// </summary>
internal sealed class UserImport(AccountDoor door, TextWriter output)
{
    // What an account has that cannot sign in until somebody sets a password, as in Django.
    private const string NoPassword = "!";
    private const int LongestPrinted = 80;

    /// <returns>Null, or what went wrong.</returns>
    public async Task<string?> RunAsync(string file, string role, CancellationToken cancel)
    {
        var (rows, problem) = DjangoUsers.Read(file);
        if (problem is not null)
            return problem;

        var (carried, without, kept, refused) = (0, 0, 0, 0);
        foreach (var row in rows)
        {
            var name = Printable(row.Email);
            if (row.Problem is { } wrong)
            {
                refused++;
                output.WriteLine($"{row.Where}: refused: {wrong}");
                continue;
            }

            var hasPassword = PasswordHash.IsUsable(row.Password);
            var granted = row.IsAdmin ? "admin" : role;
            var (status, reason) = await door.AddAsync(
                new JsonObject
                {
                    ["email"] = row.Email,
                    ["name"] = row.Name,
                    ["surname"] = row.Surname,
                    ["role"] = granted,
                    ["is_active"] = row.IsActive,
                    ["password_hash"] = hasPassword ? row.Password : NoPassword,
                },
                cancel);
            if (status == HttpStatusCode.Conflict)
            {
                kept++;
                output.WriteLine($"{name}: left as it is; there is an account of this name");
            }
            else if (reason is not null)
            {
                refused++;
                output.WriteLine($"{row.Where}: {name}: refused: {reason}");
            }
            else
            {
                carried++;
                without += hasPassword ? 0 : 1;
                var state = row.IsActive ? granted : granted + ", disabled";
                output.WriteLine(hasPassword
                    ? $"{name}: carried over ({state})"
                    : $"{name}: carried over ({state}) without its password, which is no pbkdf2_sha256 hash; "
                        + "neurdicom users password sets one");
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{carried} carried over, {without} of them without password, {kept} left as they are, {refused} refused"));
        if (!(await door.ListAsync(cancel)).Any(account => account is { Role: "admin", IsActive: true }))
            output.WriteLine("Nobody is admin: 'neurdicom users role NAME admin' makes somebody one.");
        return refused > 0 ? "Not every account could be carried over." : null;
    }

    /// <summary>A name as it may stand on a terminal, which takes some characters for commands.</summary>
    public static string Printable(string name)
    {
        var text = name.Length > LongestPrinted ? name[..LongestPrinted] + "…" : name;
        return string.Concat(
            text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c));
    }
}
