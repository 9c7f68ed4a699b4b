using Microsoft.Extensions.Logging;

namespace Tornado.Internal;

/// <summary>Tornado's three loggers under their own names.</summary>
internal sealed class Loggers(ILoggerFactory factory)
{
    public ILogger Access { get; } = factory.CreateLogger("tornado.access");

    /// <summary>Exceptions of user code.</summary>
    public ILogger Application { get; } = factory.CreateLogger("tornado.application");

    /// <summary>Everything else.</summary>
    public ILogger General { get; } = factory.CreateLogger("tornado.general");
}
