using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Tornado;

// Entity tags, RFC 9110 8.8.3 and 13.1.2.
public abstract partial class RequestHandler
{
    /// <summary>
    /// The entity tag of a complete answer to GET or HEAD with status 200, in quotes, or null for none: by default the
    /// SHA-1 of
    /// the body unless <see cref="ApplicationSettings.AutoEtag"/> is off. Not called where the handler set Etag itself.
    /// Tornado: <c>compute_etag</c>.
    /// </summary>
    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "A checksum, and Tornado's.")]
    protected virtual string? ComputeEtag()
    {
        if (!Settings.AutoEtag)
            return null;

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(_buffer is null ? [] : _buffer.Written, hash);
        return string.Create(hash.Length * 2 + 2, (ReadOnlySpan<byte>)hash, static (text, hash) =>
        {
            text[0] = text[^1] = '"';
            Convert.TryToHexStringLower(hash, text[1..^1], out _);
        });
    }

    /// <summary>
    /// Whether If-None-Match holds the answer's Etag, so that 304 is the answer. Called by itself after
    /// <see cref="ComputeEtag"/>; call it where the handler sets Etag itself, before producing the body. Tornado:
    /// <c>check_etag_header</c>.
    /// </summary>
    public bool CheckEtagHeader()
    {
        var etag = Http.Response.Headers.ETag.ToString();
        var wanted = Http.Request.Headers.IfNoneMatch;
        if (etag.Length == 0 || wanted.Count == 0)
            return false;
        if (wanted.ToString().TrimStart().StartsWith('*'))
            return true;

        // Weak comparison: RFC 9110 13.1.2. What is no entity tag matches nothing.
        foreach (var line in wanted)
        {
            foreach (var piece in SplitTags(line ?? ""))
            {
                if (WithoutWeakness(piece) == WithoutWeakness(etag))
                    return true;
            }
        }
        return false;
    }

    private void ApplyEtag()
    {
        if (StatusCode != 200
            || Request.Method is not ("GET" or "HEAD")
            || Http.Response.Headers.ContainsKey(HeaderNames.ETag))
            return;
        if (ComputeEtag() is not { } etag)
            return;

        SetHeader(HeaderNames.ETag, etag);
        if (CheckEtagHeader())
        {
            _buffer?.Clear();
            SetStatus(304);
        }
    }

    private static string WithoutWeakness(string tag)
        => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    private static IEnumerable<string> SplitTags(string line)
    {
        for (var open = line.IndexOf('"', StringComparison.Ordinal); open >= 0;)
        {
            var close = line.IndexOf('"', open + 1);
            if (close < 0)
                yield break;
            yield return line[open..(close + 1)];
            open = line.IndexOf('"', close + 1);
        }
    }
}
