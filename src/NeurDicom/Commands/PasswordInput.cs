using System.Security.Cryptography;
using System.Text;

namespace NeurDicom.Commands;

/// <summary>
/// Where a command takes a password from: a terminal, twice and unseen, or the first line of standard input.
/// Never from the command line, which other users of the machine can see.
/// </summary>
internal static class PasswordInput
{
    public static string? Read(TextReader input, TextWriter error)
    {
        if (Console.IsInputRedirected || !ReferenceEquals(input, Console.In))
            return input.ReadLine();

        error.Write("Password: ");
        var first = ReadUnseen(error);
        error.Write("The same again: ");
        var second = ReadUnseen(error);
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second)))
            return first;
        error.WriteLine("neurdicom: the two are not the same.");
        return null;
    }

    private static string ReadUnseen(TextWriter error)
    {
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace && text.Length > 0)
                text.Length--;
            else if (!char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }

        error.WriteLine();
        return text.ToString();
    }
}
