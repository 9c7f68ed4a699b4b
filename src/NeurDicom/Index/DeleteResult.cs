namespace NeurDicom.Index;

/// <summary>What a deletion took away; all zero where there was nothing under that id.</summary>
internal sealed record DeleteResult(int Patients, int Studies, int Series, int Instances, int Versions, long Size)
{
    public static readonly DeleteResult Nothing = new(0, 0, 0, 0, 0, 0);

    /// <summary>False: there is no such patient, study, series or instance.</summary>
    public bool Found => Instances + Series + Studies + Patients > 0;

    public static DeleteResult operator +(DeleteResult left, DeleteResult right) => new(
        left.Patients + right.Patients, left.Studies + right.Studies, left.Series + right.Series,
        left.Instances + right.Instances, left.Versions + right.Versions, left.Size + right.Size);
}
