using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace NeurDicom.Replay;

/// <summary>Names of types and tests in the built assemblies of this clone, read without loading them.</summary>
internal static class BuiltNames
{
    public static readonly string Root = FindRoot();

    /// <summary><c>Class.Method</c> of every fact and theory in the test projects.</summary>
    public static IReadOnlySet<string> Tests { get; } = Read("tests", TestsOf);

    /// <summary>Names of every type in the projects below <c>src</c>, without namespace.</summary>
    public static IReadOnlySet<string> Types { get; } = Read(
        "src", reader => reader.TypeDefinitions.Select(type => reader.GetString(reader.GetTypeDefinition(type).Name).Split('`')[0]));

    private static HashSet<string> Read(string folder, Func<MetadataReader, IEnumerable<string>> names)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        // artifacts/bin/PROJECT/CONFIGURATION: the others are built as this one is.
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        foreach (var project in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var built = Path.Combine(Root, "artifacts", "bin", name, configuration);
            var assembly = Directory.Exists(built)
                ? Directory.EnumerateFiles(built, "*.dll").FirstOrDefault(
                    file => Path.GetFileNameWithoutExtension(file).Equals(name, StringComparison.OrdinalIgnoreCase))
                : null;
            if (assembly is null)
                throw new InvalidOperationException($"{name} is not built for {configuration}: dotnet build NeurDicom.slnx");
            using var file = new PEReader(File.OpenRead(assembly));
            found.UnionWith(names(file.GetMetadataReader()));
        }

        return found;
    }

    private static IEnumerable<string> TestsOf(MetadataReader reader)
    {
        foreach (var type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition).Where(method => IsTest(reader, method)))
                yield return $"{reader.GetString(type.Name)}.{reader.GetString(method.Name)}";
        }
    }

    private static bool IsTest(MetadataReader reader, MethodDefinition method) =>
        method.GetCustomAttributes()
            .Select(attribute => reader.GetCustomAttribute(attribute).Constructor)
            .Where(constructor => constructor.Kind == HandleKind.MemberReference)
            .Select(constructor => reader.GetMemberReference((MemberReferenceHandle)constructor).Parent)
            .Where(parent => parent.Kind == HandleKind.TypeReference)
            .Select(parent => reader.GetString(reader.GetTypeReference((TypeReferenceHandle)parent).Name))
            .Any(name => name is "FactAttribute" or "TheoryAttribute");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeurDicom.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside a clone.");
        return folder;
    }
}
