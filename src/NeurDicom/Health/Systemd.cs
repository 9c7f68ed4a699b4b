using System.Net.Sockets;
using System.Text;

namespace NeurDicom.Health;

/// <summary>What systemd wants to know of a service of <c>Type=notify</c>: sd_notify(3), which is a datagram.</summary>
internal static class Systemd
{
    /// <summary>Tells the state, such as <c>READY=1</c>; does nothing where no systemd waits for it.</summary>
    public static void Notify(string state) => Notify(state, Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <param name="name">The socket's path, or what the environment has in its place.</param>
    internal static void Notify(string state, string? name)
    {
        if (name is not { Length: > 1 })
            return;
        try
        {
            // An at sign stands for the zero byte that an abstract name begins with, unix(7).
            var address = new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), address);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Who started the process and does not listen cannot be told either.
        }
    }
}
