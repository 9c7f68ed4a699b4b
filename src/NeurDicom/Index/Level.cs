namespace NeurDicom.Index;

/// <summary>The levels of the patient root information model, PS3.4 C.6.1.1.</summary>
internal enum Level
{
    Patient,
    Study,
    Series,
    Instance,
}

internal static class Levels
{
    /// <summary>The word that the <c>changes</c> table and feed use.</summary>
    public static string ToWord(this Level level) => level switch
    {
        Level.Patient => "patient",
        Level.Study => "study",
        Level.Series => "series",
        Level.Instance => "instance",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };
}
