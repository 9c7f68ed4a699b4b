using System.Net.Sockets;
using NeurDicom.Archive;

namespace NeurDicom.Commands;

/// <summary>HTTP over the Unix socket in a data folder, where whoever may open it is an admin.</summary>
internal static class SocketClient
{
    public static HttpClient Create(string dataFolder)
    {
        var socketFile = DataFolder.SocketFileOf(dataFolder);
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketFile), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            UseProxy = false,
        })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan, // A large file takes as long as it takes; Ctrl-C ends it.
        };
    }
}
