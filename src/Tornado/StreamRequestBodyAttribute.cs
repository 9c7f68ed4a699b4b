namespace Tornado;

/// <summary>
/// The handler takes the body while it arrives: it runs right after the head, <see cref="RequestHandler.PrepareAsync"/>
/// before the first byte is read. Either override <see cref="RequestHandler.DataReceivedAsync"/>, or read
/// <see cref="HttpServerRequest.BodyReader"/>, <see cref="HttpServerRequest.BodyStream"/> or
/// <see cref="HttpServerRequest.OpenMultipart"/> in the verb. <see cref="HttpServerRequest.Body"/> and the body
/// arguments stay empty. Tornado: <c>@stream_request_body</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StreamRequestBodyAttribute : Attribute
{
    /// <summary>
    /// The largest body in bytes; 0, the default, means <see cref="ApplicationSettings.MaxBodySize"/> and -1 no limit.
    /// <see cref="HttpServerRequest.MaxBodySize"/> changes it for one request. Beyond it: 413.
    /// </summary>
    public long MaxBodySize { get; set; }
}
