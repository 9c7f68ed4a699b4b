using System.Text;

namespace Tornado;

/// <summary>
/// The key, or the numbered keys, that sign cookies. With numbered keys all of them verify and
/// <see cref="KeyVersion"/> signs, so that keys can be rotated. Tornado: <c>cookie_secret</c> and <c>key_version</c>.
/// </summary>
public sealed class CookieSecret
{
    private readonly byte[]? _single;
    private readonly Dictionary<int, byte[]>? _numbered;

    /// <summary>One key.</summary>
    public CookieSecret(string secret)
        : this(Encoding.UTF8.GetBytes(secret))
    {
    }

    /// <summary>One key.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public CookieSecret(byte[] secret)
    {
        if (secret.Length == 0)
            throw new ArgumentException("The cookie secret is empty.", nameof(secret));
        _single = [.. secret];
    }

    /// <summary>Numbered keys, of which <paramref name="keyVersion"/> signs.</summary>
    /// <exception cref="ArgumentException">The signing key is not among them.</exception>
    public CookieSecret(IReadOnlyDictionary<int, string> secrets, int keyVersion)
    {
        _numbered = secrets.ToDictionary(s => s.Key, s => Encoding.UTF8.GetBytes(s.Value));
        KeyVersion = keyVersion;
        if (!_numbered.ContainsKey(keyVersion))
            throw new ArgumentException($"There is no cookie secret of version {keyVersion}.", nameof(keyVersion));
    }

    /// <summary>The number of the key that signs; 0 with one key.</summary>
    public int KeyVersion { get; }

    /// <summary>One key as text.</summary>
    public static implicit operator CookieSecret(string secret) => new(secret);

    internal bool IsNumbered => _numbered is not null;

    internal byte[] SigningKey => _single ?? _numbered![KeyVersion]; // One of the two is always there.

    /// <summary>The key of this number, or null; with a single key the number does not matter, as in Tornado.</summary>
    internal byte[]? Find(int keyVersion) => _single ?? _numbered!.GetValueOrDefault(keyVersion); // As above.

    /// <summary>Says nothing about the key.</summary>
    public override string ToString() => nameof(CookieSecret);
}
