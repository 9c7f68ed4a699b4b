using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Tornado.Internal;

internal static class Disconnects
{
    /// <summary>Whether the exception only says that the client went away.</summary>
    public static bool Is(Exception exception, HttpContext http) => exception switch
    {
        ConnectionResetException or ConnectionAbortedException => true,

        // A body whose connection is cut, as by a server whose time to stop is over; RequestAborted may come later.
        OperationCanceledException { InnerException: ConnectionResetException or ConnectionAbortedException } => true,

        // Kestrel's words for a body that ends before its length; there is no status code of its own.
        BadHttpRequestException { Message: "Unexpected end of request content." } => true,
        OperationCanceledException or IOException or ObjectDisposedException =>
            http.RequestAborted.IsCancellationRequested,
        _ => false,
    };
}
