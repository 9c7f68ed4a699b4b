namespace NeurDicom.Doctor;

/// <summary>How a part of the system is.</summary>
internal enum Verdict
{
    Ok,

    /// <summary>It works, and not as well as it could.</summary>
    Note,

    /// <summary>The server will not start, or not do its work.</summary>
    Wrong,
}

/// <summary>One thing that was looked at, in a sentence that says what to do where something is to be done.</summary>
internal sealed record Finding(string Name, Verdict Verdict, string Text)
{
    public static Finding Ok(string name, string text) => new(name, Verdict.Ok, text);

    public static Finding Note(string name, string text) => new(name, Verdict.Note, text);

    public static Finding Wrong(string name, string text) => new(name, Verdict.Wrong, text);
}
