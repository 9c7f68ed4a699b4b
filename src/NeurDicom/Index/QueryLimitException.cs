namespace NeurDicom.Index;

/// <summary>A query reached its time limit and was stopped; over HTTP a 503 that says which condition to add.</summary>
internal sealed class QueryLimitException(TimeSpan limit)
    : Exception($"The query took longer than {limit.TotalSeconds:0.#} s and was stopped.")
{
    public TimeSpan Limit { get; } = limit;
}
