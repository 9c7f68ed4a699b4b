using System.Text.Json;
using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>
/// Answers with JSON (the seeds' <c>BaseJsonHandler</c>), compact, and written from the index to the answer's buffer.
/// </summary>
internal abstract class JsonHandler(ApiContext context) : NeurDicomHandler(context)
{
    // Beyond this a hash costs more than sending it again; API.md leaves the automatic tag to small answers.
    private const int LargestTagged = 16 << 10;

    private long _written;

    protected override void SetDefaultHeaders()
    {
        base.SetDefaultHeaders();
        Http.Response.Headers.ContentType = "application/json";
    }

    protected override string? ComputeEtag()
    {
        return _written > LargestTagged ? null : base.ComputeEtag();
    }

    /// <summary>Runs a query that writes its rows into the answer.</summary>
    protected Task<T> QueryAsync<T>(Func<SqliteConnection, JsonOutput, T> query)
    {
        return Context.Index.ReadAsync(
            connection =>
            {
                using var json = new JsonOutput();
                var result = query(connection, json);
                WriteBytes(json.Written);
                _written = json.Length;
                return result;
            },
            Aborted);
    }

    /// <summary>Reads <c>limit</c> of a list that takes a cursor; what is wrong is added to the errors.</summary>
    /// <param name="others">Further parameters that the list takes, which the caller reads.</param>
    protected int ReadLimit(string cursorName, Dictionary<string, string[]> errors, params IReadOnlyList<string> others)
    {
        IReadOnlyList<string> known = ["limit", cursorName, .. others];
        foreach (var name in Request.QueryArguments.Keys.Where(name => !known.Contains(name)))
            errors[name] = [ListRequest.Unknown(known)];
        if (GetQueryArgument("limit", null) is not { } text)
            return ListRequest.MaximumLimit;
        if (ListRequest.ParseLimit(text) is { } limit)
            return limit;
        errors["limit"] = [ListRequest.WrongLimit];
        return 0;
    }

    /// <summary>Writes what is known without a query.</summary>
    protected void WriteObject(Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(OutputWriter, RowJson.Options);
        write(json);
        json.Flush();
        _written = json.BytesCommitted;
    }
}
