using System.Text.RegularExpressions;

namespace NeurDicom.Replay;

/// <summary>
/// The recorded passwords have one to seven characters, and here a password has eight: each is sent with the same addition,
/// wrong ones too.
/// </summary>
internal static partial class Passwords
{
    private const string Addition = "-0815-0815";

    public static string Of(string email) => email[..email.IndexOf('@', StringComparison.Ordinal)] + "pw" + Addition;

    /// <summary>An argument of a recorded call with its password as it is here.</summary>
    public static string Lengthen(string argument) => Password().Replace(argument, "$0" + Addition);

    // In a JSON body up to the closing quote, in a query up to its end.
    [GeneratedRegex("(?<=\"password\": \")[^\"]*|(?<=password=).*$")]
    private static partial Regex Password();
}
