using System.Buffers.Text;
using System.Security.Cryptography;

namespace NeurDicom.Accounts;

/// <summary>
/// 256 random bits as text, for cookies and tokens. The index holds their hash alone, so that who reads a backup cannot
/// sign in with it; a fast hash is enough, for there is nothing to guess.
/// </summary>
internal static class SecretText
{
    private const int Length = 32;

    public static (string Text, byte[] Hash) Create()
    {
        var secret = RandomNumberGenerator.GetBytes(Length);
        return (Base64Url.EncodeToString(secret), SHA256.HashData(secret));
    }

    /// <summary>
    /// The hash under which it is found, or null where the text is none of ours; that costs no query.
    /// </summary>
    public static byte[]? Hash(ReadOnlySpan<char> text)
    {
        // TryDecodeFromChars throws at other characters; it only says no where there is no room.
        Span<byte> secret = stackalloc byte[Length];
        return text.Length == Base64Url.GetEncodedLength(Length) && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, secret, out var written) && written == Length
                ? SHA256.HashData(secret)
                : null;
    }
}
