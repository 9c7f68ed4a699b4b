namespace NeurDicom.Tests.Export;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("neurdicom-export-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
