namespace NeurDicom.Pages;

/// <summary>Where a form leads back to. It comes from the browser, so it may be a trap.</summary>
internal static class ReturnPath
{
    private const int Longest = 2048;

    /// <summary>
    /// The path if it is one on this server, else <c>/</c>. Two slashes begin another host; browsers take a backslash
    /// for a slash and leave out tabs and line ends (WHATWG URL, 4.4), so neither may be there at all.
    /// </summary>
    public static string Safe(string? path) =>
        path is ['/', ..] and { Length: <= Longest }
        && !path.StartsWith("//", StringComparison.Ordinal)
        && !path.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !path.Contains('\\', StringComparison.Ordinal)
            ? path
            : "/";
}
