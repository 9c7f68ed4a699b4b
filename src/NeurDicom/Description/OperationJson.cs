using System.Globalization;
using System.Reflection;
using System.Text.Json;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Description;

/// <summary>One operation of the OpenAPI document.</summary>
internal static class OperationJson
{
    public static void Write(Utf8JsonWriter json, RoutePath path, Type handler, OperationAttribute operation)
    {
        var role = AccessRule.For(handler).RequiredRole(operation.Method);
        json.WriteStartObject(operation.Method.ToLowerInvariant());
        json.WriteString("operationId"u8, IdOf(path, operation.Method));
        json.WriteString("summary"u8, operation.Summary);
        var needs = role is { } required ? $"Needs the role {required.ToText()}." : "Needs no sign-in.";
        json.WriteString("description"u8, operation.Detail is { } detail ? $"{detail} {needs}" : needs);
        json.WriteStartArray("tags"u8);
        json.WriteStringValue(TagOf(path));
        json.WriteEndArray();
        if (role is null)
        {
            json.WriteStartArray("security"u8);
            json.WriteEndArray();
        }

        var hasQuery = WriteQuery(json, handler, operation.Method);
        WriteBody(json, operation);
        WriteResponses(
            json, handler, operation, role is not null, path.Parameters.Count > 0,
            hasQuery || operation.Bodies.Length > 0);
        json.WriteEndObject();
    }

    // get_instances_id_tags
    private static string IdOf(RoutePath path, string method)
    {
        var words = path.Template.Split(['/', '{', '}', '.', '-'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word != "api");
        return string.Join('_', words.Prepend(method.ToLowerInvariant()));
    }

    private static string TagOf(RoutePath path) =>
        path.Template.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["api", "patients" or "studies" or "series" or "instances", ..] and [_, var level, ..] => level,
            ["api", "users" or "sessions" or "tokens" or "audit", ..] => "accounts",
            _ => "archive",
        };

    private static bool WriteQuery(Utf8JsonWriter json, Type handler, string method)
    {
        var parameters = handler.GetCustomAttributes<QueryAttribute>(inherit: true)
            .Where(query => query.Method == method)
            .Select(query => (query.Name, query.Type, query.Summary)).ToList();
        if (method == "GET" && handler.GetCustomAttribute<ListOfAttribute>(inherit: true) is { } list)
        {
            parameters.Insert(0, ("limit", "integer", $"Rows of a page, at most {ListRequest.MaximumLimit}."));
            parameters.Insert(1, ("after", "string", "Where the page begins; taken from the Link header."));
            parameters.Insert(2, ("order", "string", "A field, with - in front for descending order."));
            parameters.AddRange(
                ListRequest.Filters(list.Level).Select(name => (name, "string", Explain(Field.ByName[name]))));
        }

        if (parameters.Count == 0)
            return false;
        json.WriteStartArray("parameters"u8);
        foreach (var (name, type, summary) in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("in"u8, "query"u8);
            json.WriteString("description"u8, summary);
            json.WriteStartObject("schema"u8);
            WriteType(json, type);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return true;
    }

    private static string Explain(Field field) => field.Kind switch
    {
        FieldKind.Date => "A day, 20260131 or 2026-01-31, or a range of them with either side open: 20260101-.",
        FieldKind.Number => "A number.",
        FieldKind.Name => "A name, without case and accents; * and ? are wildcards, and exact:, startswith: and "
            + "contains: may stand in front.",
        FieldKind.Text =>
            "Text, without case; * and ? are wildcards, and exact:, startswith: and contains: may stand in front.",
        _ => "As it is stored; * and ? are wildcards, and exact:, startswith: and contains: may stand in front.",
    };

    private static void WriteType(Utf8JsonWriter json, string type)
    {
        if (!type.Contains('|', StringComparison.Ordinal))
        {
            json.WriteString("type"u8, type);
            return;
        }

        json.WriteString("type"u8, "string"u8);
        json.WriteStartArray("enum"u8);
        foreach (var value in type.Split('|'))
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteBody(Utf8JsonWriter json, OperationAttribute operation)
    {
        if (operation.Bodies.Length == 0)
            return;
        json.WriteStartObject("requestBody"u8);
        json.WriteBoolean("required"u8, true);
        WriteContent(json, operation.Bodies, operation.BodySchema);
        json.WriteEndObject();
    }

    private static void WriteResponses(
        Utf8JsonWriter json, Type handler, OperationAttribute operation, bool needsRole, bool hasPath, bool hasInput)
    {
        json.WriteStartObject("responses"u8);
        json.WriteStartObject(operation.Status.ToString(CultureInfo.InvariantCulture));
        json.WriteString("description"u8, operation.Answers.Length == 0 ? "Done; the answer is empty."u8 : "Done."u8);
        if (operation.Method == "GET" && handler.IsDefined(typeof(ListOfAttribute), inherit: true))
        {
            json.WriteStartObject("headers"u8);
            foreach (var (name, reference) in new[] { ("Link", "Link"), ("X-Total-Count", "TotalCount") })
            {
                json.WriteStartObject(name);
                json.WriteString("$ref"u8, $"#/components/headers/{reference}");
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        if (operation.Answers.Length > 0)
            WriteContent(json, operation.Answers, operation.Schema);
        json.WriteEndObject();

        (string Status, string Reference, bool Applies)[] errors =
        [
            ("400", "Malformed", hasInput), ("401", "SignInFirst", needsRole), ("403", "NotAllowed", needsRole),
            ("404", "NotThere", hasPath), ("default", "Problem", true),
        ];
        foreach (var (status, reference, _) in errors.Where(error => error.Applies))
        {
            json.WriteStartObject(status);
            json.WriteString("$ref"u8, $"#/components/responses/{reference}");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, string[] types, string? schema)
    {
        json.WriteStartObject("content"u8);
        foreach (var type in types)
        {
            json.WriteStartObject(type);
            json.WriteStartObject("schema"u8);
            // DICOM JSON has a form of its own, PS3.18 F.2.
            if (type is "application/json" or "application/x-ndjson" && schema is not null)
                WriteReference(json, schema);
            else if (type is "application/json" or "application/dicom+json")
                json.WriteString("type"u8, "object"u8);
            else if (type == "multipart/form-data")
                json.WriteString("$ref"u8, "#/components/schemas/Files"u8);
            else
                json.WriteString("contentMediaType"u8, type);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter json, string schema)
    {
        if (!schema.EndsWith("[]", StringComparison.Ordinal))
        {
            json.WriteString("$ref"u8, $"#/components/schemas/{schema}");
            return;
        }

        json.WriteString("type"u8, "array"u8);
        json.WriteStartObject("items"u8);
        json.WriteString("$ref"u8, $"#/components/schemas/{schema[..^2]}");
        json.WriteEndObject();
    }
}
