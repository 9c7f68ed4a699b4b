using System.Text;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary>
/// What stands in the search form, as a person types it, and the list that it asks for. Words of a name and of a
/// description are found anywhere in it and in any order; an ID and an accession number from their beginning; with
/// <c>*</c> or <c>?</c> all are matched as the API does.
/// </summary>
internal sealed record StudySearch(
    string Name, string Id, string From, string To, string Modality, string Description, string Accession, string Order)
{
    public const int RowsOfPage = 25;

    private const int MostWords = 8;

    private static readonly char[] BetweenWords = [' ', '^', '=', ',', '，', '　'];

    /// <summary>The orders that a person can choose; the first where nothing is chosen.</summary>
    public static readonly IReadOnlyList<string> Orders = ["-study_date", "-id", "patient_name"];

    public bool IsEmpty =>
        (Name.Length | Id.Length | From.Length | To.Length
            | Modality.Length | Description.Length | Accession.Length) == 0;

    /// <param name="argument">A parameter of the address by its name, trimmed; empty where it is missing.</param>
    public static StudySearch Read(Func<string, string> argument) => new(
        argument("name"), argument("id"), argument("from"), argument("to"), argument("modality"),
        argument("description"), argument("accession"),
        Orders.Contains(argument("order")) ? argument("order") : Orders[0]);

    /// <summary>The list to ask for; what is wrong with which field is added to <paramref name="errors"/>.</summary>
    public ListRequest ToRequest(string after, IDictionary<string, string[]> errors)
    {
        var parameters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["limit"] = [$"{RowsOfPage}"],
            ["order"] = [Order],
        };
        if (after.Length > 0)
            parameters["after"] = [after];
        var request = ListRequest.Parse(Level.Study, null, parameters, errors);

        var conditions = new List<Condition>();
        foreach (var word in Words(Name))
            Add("name", "patient_name", word);
        foreach (var word in Words(Description))
            Add("description", "study_description", word);
        Add("id", "patient_id", Id, "startswith:");
        Add("accession", "accession_number", Accession, "startswith:");
        // Modalities are upper case (PS3.3 C.7.3.1.1.1), and nobody types them so.
        Add("modality", "modality", Modality.ToUpperInvariant(), "exact:");
        if (From.Length + To.Length > 0)
            Add(From.Length > 0 ? "from" : "to", "study_date", From == To ? From : $"{From}-{To}", "");
        return request with { Conditions = conditions };

        void Add(string field, string column, string value, string prefix = "contains:")
        {
            if (value.Length == 0)
                return;
            var pattern = value.AsSpan().ContainsAny('*', '?') ? value : prefix + value;
            if (Condition.Parse(Field.ByName[column], pattern, out var problem) is { } condition)
                conditions.Add(condition);
            else
                errors[field] = [problem];
        }
    }

    /// <summary>The address of this list, or of another page or order of it.</summary>
    public string ToPath(string after = "")
    {
        var path = new StringBuilder("/");
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
            ("name", Name), ("id", Id), ("from", From), ("to", To), ("modality", Modality),
            ("description", Description), ("accession", Accession),
            ("order", Order == Orders[0] ? "" : Order), ("after", after)])
        {
            if (value.Length > 0)
                path.Append(path.Length == 1 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return path.ToString();
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split(BetweenWords, StringSplitOptions.RemoveEmptyEntries).Take(MostWords);
}
