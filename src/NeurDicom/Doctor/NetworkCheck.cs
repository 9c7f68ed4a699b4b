using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NeurDicom.Archive;
using NeurDicom.Commands;
using NeurDicom.Https;

namespace NeurDicom.Doctor;

/// <summary>
/// Looks at the server that runs on the data folder, or at what one would need: ports and certificate.
/// </summary>
internal sealed class NetworkCheck(Settings settings, string? certificatePassword, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancel)
    {
        var findings = new List<Finding>();
        if (Directory.Exists(settings.Data) && DataFolder.IsOwned(settings.Data))
        {
            findings.Add(await ServerAsync(cancel));
        }
        else
        {
            findings.Add(Finding.Ok("server", "none runs on the data folder"));
            findings.Add(Port("rest_port", settings.RestPort));
            if (settings.HttpsPort is { } port)
                findings.Add(Port("https_port", port));
        }

        if (settings.HttpsPort is not null)
            findings.Add(Certificate());
        return findings;
    }

    private async Task<Finding> ServerAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        await using var door = new ServerDoor(settings.Data);
        try
        {
            return await door.FindProblemAsync(patience.Token) is { } problem
                ? Finding.Wrong("server", $"one runs on the data folder, and is not ready: {problem}")
                : Finding.Ok("server", "one runs on the data folder, and is ready");
        }
        catch (Exception e) when (e is HttpRequestException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return Finding.Wrong(
                "server",
                "Another process owns the data folder and no server answers in it; if a command is at work, "
                    + "wait for it to end");
        }
    }

    private Finding Port(string name, int port)
    {
        // The settings checked it.
        var address = settings.Address == "localhost" ? IPAddress.Loopback : IPAddress.Parse(settings.Address);
        var text = string.Create(CultureInfo.InvariantCulture, $"{name} {port} at {address}");
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return Finding.Ok(name, $"{text} is free");
        }
        catch (SocketException e)
        {
            return Finding.Wrong(name, e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{text} is in use by another program; choose another with --{name}",
                SocketError.AccessDenied =>
                    $"{text}: ports below 1024 are not for ordinary users; choose another with --{name}",
                SocketError.AddressNotAvailable =>
                    $"{text}: this machine has no such address; choose another with --address",
                _ => $"{text}: {e.Message}",
            });
        }
    }

    private Finding Certificate()
    {
        if (settings.Certificate.Length == 0)
            return Finding.Note(
                "certificate",
                "the server makes its own, which browsers warn of; certificate names one that they trust");
        try
        {
            var (certificate, _) = CertificateFile.Read(settings, certificatePassword, time.GetUtcNow());
            using (certificate)
            {
                var end = certificate.NotAfter.ToUniversalTime();
                var text = string.Create(
                    CultureInfo.InvariantCulture, $"{settings.Certificate} counts until {end:yyyy-MM-dd}");
                return end - time.GetUtcNow().UtcDateTime < TimeSpan.FromDays(14)
                    ? Finding.Note("certificate", $"{text}; it has to be renewed")
                    : Finding.Ok("certificate", text);
            }
        }
        catch (IOException e)
        {
            return Finding.Wrong("certificate", e.Message);
        }
    }
}
