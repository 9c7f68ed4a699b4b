using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tornado.Internal;

/// <summary>
/// Signed values in the two formats of Tornado, byte for byte, so that cookies are shared with programs in Python.
/// Version 2: <c>2|1:KEY|10:TIME|LENGTH:NAME|LENGTH:BASE64|</c> and its HMAC-SHA256; version 1:
/// <c>BASE64|TIME|</c> and the HMAC-SHA1 of name, base64 and time.
/// </summary>
internal static class SignedValue
{
    private static readonly TimeSpan FutureAllowed = TimeSpan.FromDays(31);

    public enum Fault
    {
        None,
        Unreadable,
        WrongSignature,
        Expired,
        InFuture,
        Tampered,
    }

    public static string Create(
        CookieSecret secret, string name, ReadOnlySpan<byte> value, int version, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var base64 = Convert.ToBase64String(value);
        switch (version)
        {
            case 1 when !secret.IsNumbered:
                return $"{base64}|{time}|{SignV1(secret.SigningKey, name, base64, time)}";
            case 2:
                var key = secret.KeyVersion.ToString(CultureInfo.InvariantCulture);
                var signed = $"2|{Field(key)}|{Field(time)}|{Field(name)}|{Field(base64)}|";
                return signed + SignV2(secret.SigningKey, Encoding.UTF8.GetBytes(signed));
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(version), version, "Signed values have version 2, or 1 with a single key.");
        }
    }

    /// <summary>The value, or null and why; never throws for anything a client can send.</summary>
    public static byte[]? Decode(
        CookieSecret secret,
        string name,
        string? value,
        double maxAgeDays,
        int minVersion,
        DateTimeOffset now,
        out Fault fault)
    {
        fault = Fault.Unreadable;
        if (string.IsNullOrEmpty(value))
            return null;
        var version = VersionOf(value);
        if (version < minVersion)
            return null;
        return version switch
        {
            1 when !secret.IsNumbered => DecodeV1(secret, name, value, maxAgeDays, now, out fault),
            2 => DecodeV2(secret, name, value, maxAgeDays, now, out fault),
            _ => null,
        };
    }

    /// <summary>The key version that the value names, its signature unchecked; null where it names none.</summary>
    public static int? KeyVersionOf(string? value)
        => value is not null && VersionOf(value) == 2 && TrySplit(value, out var fields)
            && int.TryParse(fields.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;

    private static string Field(string text)
        => string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text)}:{text}");

    /// <summary>
    /// Digits up to the first bar, without a leading zero; what has none, or a number too large, is version 1.
    /// </summary>
    private static int VersionOf(string value)
    {
        var bar = value.IndexOf('|', StringComparison.Ordinal);
        return bar is > 0 and <= 3 && value[0] != '0'
            && int.TryParse(value.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : 1;
    }

    private static byte[]? DecodeV1(
        CookieSecret secret, string name, string value, double maxAgeDays, DateTimeOffset now, out Fault fault)
    {
        fault = Fault.Unreadable;
        if (value.Split('|') is not [var base64, var time, var signature])
            return null;
        if (!Same(signature, SignV1(secret.SigningKey, name, base64, time)))
        {
            fault = Fault.WrongSignature;
            return null;
        }
        if (!TryReadTime(time, out var seconds))
            return null;
        fault = IsExpired(seconds, maxAgeDays, now) ? Fault.Expired

            // Without a length before it, a digit of the base64 may be moved into the time: so the time must be
            // plausible.
            : seconds > (now + FutureAllowed).ToUnixTimeSeconds() ? Fault.InFuture
            : time.StartsWith('0') ? Fault.Tampered
            : Fault.None;
        return fault == Fault.None ? FromBase64(base64, ref fault) : null;
    }

    private static byte[]? DecodeV2(
        CookieSecret secret, string name, string value, double maxAgeDays, DateTimeOffset now, out Fault fault)
    {
        fault = Fault.Unreadable;
        if (!TrySplit(value, out var fields)
            || !int.TryParse(fields.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var keyVersion)
            || secret.Find(keyVersion) is not { } key)
        {
            return null;
        }
        if (!Same(fields.Signature, SignV2(key, Encoding.Latin1.GetBytes(value[..^fields.Signature.Length]))))
        {
            fault = Fault.WrongSignature;
            return null;
        }
        if (fields.Name != Latin(name) || !TryReadTime(fields.Time, out var seconds))
            return null;
        fault = IsExpired(seconds, maxAgeDays, now) ? Fault.Expired : Fault.None;
        return fault == Fault.None ? FromBase64(fields.Value, ref fault) : null;
    }

    private static bool TrySplit(
        string value, out (string Key, string Time, string Name, string Value, string Signature) fields)
    {
        fields = default;
        var rest = value.AsSpan(2);
        if (!TryTake(ref rest, out var key)
            || !TryTake(ref rest, out var time)
            || !TryTake(ref rest, out var name)
            || !TryTake(ref rest, out var data))
            return false;
        fields = (key, time, name, data, rest.ToString());
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, out string field)
    {
        field = "";
        var colon = rest.IndexOf(':');
        if (colon <= 0 || !int.TryParse(rest[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return false;
        rest = rest[(colon + 1)..];
        if (length >= rest.Length || rest[length] != '|')
            return false;
        field = rest[..length].ToString();
        rest = rest[(length + 1)..];
        return true;
    }

    private static bool TryReadTime(string text, out long seconds)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);

    private static bool IsExpired(long seconds, double maxAgeDays, DateTimeOffset now)
        => seconds < now.ToUnixTimeSeconds() - maxAgeDays * 86400;

    private static byte[]? FromBase64(string base64, ref Fault fault)
    {
        if (Base64.IsValid(base64))
            return Convert.FromBase64String(base64);
        fault = Fault.Unreadable;
        return null;
    }

    /// <summary>A cookie's text is Latin-1 for its UTF-8 bytes, as everything in a request head.</summary>
    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string SignV2(byte[] key, byte[] signed)
        => Convert.ToHexStringLower(HMACSHA256.HashData(key, signed));

    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "The format of version 1, kept for reading.")]
    private static string SignV1(byte[] key, string name, string base64, string time)
        => Convert.ToHexStringLower(HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(name + base64 + time)));

    private static bool Same(string given, string computed)
        => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(computed));
}
