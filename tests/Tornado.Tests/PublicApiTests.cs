using System.Reflection;
using System.Text;

namespace Tornado.Tests;

/// <summary>What users build on: a change of it is a change of PublicApi.txt, and so a line in a diff.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_public_api_is_the_one_written_down()
    {
        var path = Path.Combine(RepositoryRoot(), "tests", "Tornado.Tests", "PublicApi.txt");
        var actual = Describe();
        if (Environment.GetEnvironmentVariable("WRITE_PUBLIC_API") == "1")
            File.WriteAllText(path, actual);

        // Run once with WRITE_PUBLIC_API=1 when the change is meant.
        actual.ShouldBe(File.ReadAllText(path));
    }

    [Fact]
    public void The_library_never_mentions_the_archive_it_serves()
    {
        var sources = Directory.EnumerateFiles(
            Path.Combine(RepositoryRoot(), "src", "Tornado"), "*.*", SearchOption.AllDirectories);

        sources.Where(f => File.ReadAllText(f).Contains("dicom", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "NeurDicom.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        return folder.FullName;
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        var types = typeof(Application).Assembly.GetExportedTypes();
        foreach (var type in types.OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Name(type))
                .Append(type.BaseType is { } root && root != typeof(object) ? " : " + Name(root) : "").Append('\n');
            var members = type.GetMembers(Declared)
                .Where(IsVisible).Select(Describe).Order(StringComparer.Ordinal);
            foreach (var member in members)
                text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith(
            "op_", StringComparison.Ordinal) => false,
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
            && !method.Name.Contains('<'),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetAccessors(true)
            .Any(a => IsVisible(a.GetBaseDefinition()) || a.IsPublic || a.IsFamily),
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo made => $"new({Parameters(made)})",
        MethodInfo method =>
            $"{Access(method)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        PropertyInfo property => Describe(property),
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        _ => member.ToString() ?? "",
    };

    private static string Describe(PropertyInfo property)
    {
        var get = property.GetMethod is not null ? " get;" : "";
        var set = property.SetMethod is { IsPublic: true } ? " set;" : "";
        return $"{Access(property.GetAccessors(true)[0])}{Name(property.PropertyType)} {property.Name} {{{get}{set} }}";
    }

    private static string Access(MethodBase method)
    {
        var access = method.IsPublic ? "" : "protected ";
        if (method.IsStatic)
            return access + "static ";
        if (method.IsAbstract)
            return access + "abstract ";
        return method is MethodInfo { IsVirtual: true, IsFinal: false } hook
            ? access + (hook.GetBaseDefinition() == hook ? "virtual " : "override ")
            : access;
    }

    private static string Generic(MethodInfo method)
        => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method)
        => string.Join(
            ", ",
            method.GetParameters().Select(
                p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!); // A reference has an element.
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]"; // An array has one too.
        if (!type.IsGenericType)
            return type.Namespace is "System" or "Tornado" ? type.Name : type.ToString();
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
