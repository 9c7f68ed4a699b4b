using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>
/// What a verb of a handler does, for the description of the API (<see cref="Description.OpenApi"/>).
/// Paths, their parameters and the role come from the route and from <c>[RequiredAuth]</c>.
/// </summary>
/// <param name="method">GET, POST, PUT, PATCH or DELETE.</param>
/// <param name="summary">What it does, in a few words.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = true)]
internal sealed class OperationAttribute(string method, string summary) : Attribute
{
    public string Method { get; } = method;

    public string Summary { get; } = summary;

    /// <summary>What the summary leaves out.</summary>
    public string? Detail { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The media types of the answer; none where it has no body.</summary>
    public string[] Answers { get; init; } = ["application/json"];

    /// <summary>The schema of the answer in <c>schemas.json</c>; an array of it with <c>[]</c> behind it.</summary>
    public string? Schema { get; init; }

    /// <summary>The media types of the request's body.</summary>
    public string[] Bodies { get; init; } = [];

    /// <summary>The schema of a JSON body.</summary>
    public string? BodySchema { get; init; }
}

/// <summary>A parameter of the query of GET.</summary>
/// <param name="type">
/// <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>string</c>, or the values divided by <c>|</c>.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = true)]
internal sealed class QueryAttribute(string name, string type, string summary) : Attribute
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public string Summary { get; } = summary;

    /// <summary>The verb that takes it.</summary>
    public string Method { get; init; } = "GET";
}

/// <summary>Says that GET is a list of this level, with the filters and orders of such lists.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = true)]
internal sealed class ListOfAttribute(Level level) : Attribute
{
    public Level Level { get; } = level;
}
