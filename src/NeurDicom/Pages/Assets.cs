using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace NeurDicom.Pages;

/// <summary>
/// Style sheet, scripts and icon, which lie in the program. Their addresses carry a hash of what is in them, so
/// browsers keep them for a year and still never have an old one.
/// </summary>
internal static class Assets
{
    private const string Prefix = "pages/";

    private static readonly FrozenDictionary<string, Asset> ByFile = Load();
    private static readonly FrozenDictionary<string, Asset> ByName =
        ByFile.Values.ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    public static string StyleSheet { get; } = PathOf("neurdicom.css");

    public static string Icon { get; } = PathOf("icon.svg");

    public static string UploadScript { get; } = PathOf("upload.js");

    public static string ViewerScript { get; } = PathOf("viewer.js");

    /// <summary>The asset under this name, hash included; null where there is none.</summary>
    public static Asset? Find(string name) => ByName.GetValueOrDefault(name);

    private static string PathOf(string file) => "/assets/" + ByFile[file].Name;

    private static FrozenDictionary<string, Asset> Load()
    {
        var program = Assembly.GetExecutingAssembly();
        return program.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource =>
            {
                using var stream = program.GetManifestResourceStream(resource)!; // Its name has just been listed.
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return Asset.Of(resource[Prefix.Length..], bytes);
            })
            .ToFrozenDictionary(asset => asset.File, StringComparer.Ordinal);
    }
}

/// <param name="Name">The file's name with a hash of its content before the extension.</param>
internal sealed record Asset(string File, string Name, string MediaType, byte[] Bytes)
{
    public static Asset Of(string file, byte[] bytes)
    {
        var extension = Path.GetExtension(file);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));
        var mediaType = extension switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => throw new ArgumentException($"{file} has an extension that is not known.", nameof(file)),
        };
        return new Asset(file, $"{Path.GetFileNameWithoutExtension(file)}.{hash}{extension}", mediaType, bytes);
    }
}
