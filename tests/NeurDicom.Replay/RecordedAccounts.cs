using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NeurDicom.Replay;

/// <summary>
/// The three accounts that the original had while its calls were recorded, as its <c>manage.py dumpdata</c> wrote them:
/// their passwords go on working, short as they are.
/// </summary>
internal static partial class RecordedAccounts
{
    /// <summary>Name and password of the admin, as Basic has them.</summary>
    public const string Admin = "admin@x.org:adminpw";

    // What Django 2.2 took.
    private const int Iterations = 150_000;

    private static readonly (string Email, string Password, string Name, string Surname, bool IsActive, bool IsStaff)[] All =
    [
        ("admin@x.org", "adminpw", "Ada", "Min", true, true),
        ("user@x.org", "userpw", "Uma", "Ser", true, false),
        ("off@x.org", "offpw", "Off", "Line", false, false),
    ];

    public static string Dump() => JsonSerializer.Serialize(All.Select((account, i) => new
    {
        model = "core.user",
        pk = i + 1,
        fields = new
        {
            email = account.Email,
            name = account.Name,
            surname = account.Surname,
            is_active = account.IsActive,
            is_staff = account.IsStaff,
            is_superuser = account.IsStaff,
            password = Hash(account.Password),
        },
    }));

    /// <summary>
    /// An argument of a recorded call that makes an account: a new password has eight characters here, so each gets the same
    /// addition.
    /// </summary>
    public static string Lengthen(string argument) => NewPassword().Replace(argument, "$0-0815-0815");

    // pbkdf2_sha256$iterations$salt$hash
    private static string Hash(string password)
    {
        const string Salt = "replayedsalt";
        var key = Rfc2898DeriveBytes.Pbkdf2(password, Encoding.ASCII.GetBytes(Salt), Iterations, HashAlgorithmName.SHA256, 32);
        return string.Create(CultureInfo.InvariantCulture, $"pbkdf2_sha256${Iterations}${Salt}${Convert.ToBase64String(key)}");
    }

    [GeneratedRegex("(?<=\"password\": \")[^\"]*")]
    private static partial Regex NewPassword();
}
