using System.Buffers;
using System.Reflection;
using System.Text.Json;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Description;

/// <summary>
/// The API as an OpenAPI 3.1 document: paths from the route table, verbs from the handler classes, roles from their
/// <c>[RequiredAuth]</c>, and what they do from <see cref="OperationAttribute"/>.
/// </summary>
internal static class OpenApi
{
    private static readonly string[] Verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>The document; made once.</summary>
    public static ReadOnlyMemory<byte> Document => Made.Value;

    private static readonly Lazy<ReadOnlyMemory<byte>> Made = new(() => Write(Described(Routes.All)));

    /// <summary>The routes that are the API's. The pages for people describe themselves.</summary>
    public static IEnumerable<Rule> Described(IEnumerable<Rule> rules) => rules.Where(rule =>
        rule.Matcher.Pattern.StartsWith("/api/", StringComparison.Ordinal)
        || rule.Matcher.Pattern.StartsWith("/health/", StringComparison.Ordinal));

    /// <summary>The verbs of a handler class, as the dispatcher finds them.</summary>
    public static IEnumerable<string> VerbsOf(Type handler) => Verbs.Where(verb =>
        handler.GetMethods(BindingFlags.Public | BindingFlags.Instance).Any(method =>
            method.DeclaringType != typeof(RequestHandler)
            && (method.Name.Equals(verb, StringComparison.OrdinalIgnoreCase)
                || method.Name.Equals(verb + "Async", StringComparison.OrdinalIgnoreCase))));

    /// <summary>
    /// What a class says of a verb; the class itself counts before what it derives from. Null: nothing.
    /// </summary>
    public static OperationAttribute? OperationOf(Type handler, string verb)
    {
        for (var type = handler; type is not null && type != typeof(RequestHandler); type = type.BaseType)
        {
            var operation = type.GetCustomAttributes<OperationAttribute>(inherit: false)
                .FirstOrDefault(one => one.Method == verb);
            if (operation is not null)
                return operation;
        }

        return null;
    }

    internal static ReadOnlyMemory<byte> Write(IEnumerable<Rule> rules)
    {
        var text = new ArrayBufferWriter<byte>(64 << 10);
        using (var json = new Utf8JsonWriter(text, RowJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("openapi"u8, "3.1.0"u8);
            WriteHead(json);
            json.WriteStartObject("paths"u8);
            foreach (var rule in rules)
            {
                if (rule.Handler is not null)
                    WritePath(json, RoutePath.Of(rule), rule.Handler);
            }

            json.WriteEndObject();
            WriteComponents(json);
            json.WriteEndObject();
        }

        return text.WrittenMemory.ToArray();
    }

    private static void WriteHead(Utf8JsonWriter json)
    {
        json.WriteStartObject("info"u8);
        json.WriteString("title"u8, "NeurDICOM"u8);
        // The version of the API. That of the program is nobody's business who has not signed in.
        json.WriteString("version"u8, "1"u8);
        json.WriteString(
            "description",
            "A DICOM archive: patients, studies, series and instances. Lists are bare arrays; Link leads to the next "
            + "page, X-Total-Count tells how many there are. Errors are problem documents, RFC 9457.");
        json.WriteStartObject("license"u8);
        json.WriteString("name"u8, "MIT"u8);
        json.WriteString("identifier"u8, "MIT"u8);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartArray("servers"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, "/"u8);
        json.WriteEndObject();
        json.WriteEndArray();

        json.WriteStartArray("security"u8);
        foreach (var scheme in (string[])["basic", "bearer", "cookie"])
        {
            json.WriteStartObject();
            json.WriteStartArray(scheme);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePath(Utf8JsonWriter json, RoutePath path, Type handler)
    {
        json.WriteStartObject(path.Template);
        if (path.Parameters.Count > 0)
        {
            json.WriteStartArray("parameters"u8);
            foreach (var (name, pattern) in path.Parameters)
                WritePathParameter(json, name, pattern);
            json.WriteEndArray();
        }

        foreach (var verb in VerbsOf(handler))
        {
            if (OperationOf(handler, verb) is { } operation)
                OperationJson.Write(json, path, handler, operation);
        }

        json.WriteEndObject();
    }

    private static void WritePathParameter(Utf8JsonWriter json, string name, string pattern)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("in"u8, "path"u8);
        json.WriteBoolean("required"u8, true);
        json.WriteStartObject("schema"u8);
        if (pattern == "[0-9]+")
        {
            json.WriteString("type"u8, "integer"u8);
            json.WriteString("format"u8, "int64"u8);
        }
        else
        {
            json.WriteString("type"u8, "string"u8);
            json.WriteString("pattern"u8, $"^(?:{pattern})$");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteComponents(Utf8JsonWriter json)
    {
        // The project embeds it.
        using var resource = typeof(OpenApi).Assembly.GetManifestResourceStream("description/schemas.json")!;
        using var components = JsonDocument.Parse(resource);
        json.WritePropertyName("components"u8);
        components.RootElement.WriteTo(json);
    }
}
