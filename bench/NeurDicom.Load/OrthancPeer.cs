using System.Diagnostics;
using System.Text.Json;

namespace NeurDicom.Load;

/// <summary>
/// Debian's Orthanc with its defaults (SQLite, every stored file flushed), but for what it need not do here: no sign-in, no
/// DICOM port, no plugins, the storage in the folder of the run.
/// </summary>
internal sealed class OrthancPeer(string program, string folder) : Peer("Orthanc", folder)
{
    public override string ReadyPath => "/statistics";

    public override string StorePath => "/instances";

    protected override ProcessStartInfo Command()
    {
        var configuration = Path.Combine(Folder, "orthanc.json");
        File.WriteAllText(configuration, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["StorageDirectory"] = Folder,
            ["IndexDirectory"] = Folder,
            ["HttpPort"] = Port,
            ["RemoteAccessAllowed"] = false,
            ["AuthenticationEnabled"] = false,
            ["DicomServerEnabled"] = false,
            ["Plugins"] = Array.Empty<string>(),
            // Both are its defaults: a connection is kept, and small answers are not held back.
            ["KeepAlive"] = true,
            ["TcpNoDelay"] = true,
        }));
        return new(program) { ArgumentList = { configuration } };
    }
}
