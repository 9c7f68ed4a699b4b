using System.Diagnostics;

namespace NeurDicom.Load;

/// <summary>The built server as it comes, but for the sign-in, which Orthanc is not asked for either.</summary>
internal sealed class NeurDicomPeer(string program, string folder) : Peer("NeurDICOM", folder)
{
    public override string ReadyPath => "/api/patients?limit=1";

    public override string StorePath => "/api/instances";

    protected override ProcessStartInfo Command() => new(program)
    {
        ArgumentList =
        {
            "serve", "--address", "127.0.0.1", "--rest_port", $"{Port}", "--data", Folder, "--require_auth", "false",
        },
    };
}
