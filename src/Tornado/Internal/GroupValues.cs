using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Tornado.Internal;

/// <summary>
/// What the compiled calls of <see cref="HandlerBinder"/> use. A group that does not convert is a path that does not
/// exist: 404.
/// </summary>
internal static class GroupValues
{
    public static string Required(string? text) => text ?? throw new HttpException(404);

    public static T Parse<T>(string? text)
        where T : IParsable<T>
        => T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw new HttpException(404);

    public static T ParseEnum<T>(string? text)
        where T : struct, Enum
        => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new HttpException(404);

    public static T Service<T>(IServiceProvider? services)
        where T : notnull
        => (services ?? throw new InvalidOperationException("The application has no services for its handlers."))
            .GetRequiredService<T>();

    public static T? ServiceOrDefault<T>(IServiceProvider? services)
        => services is null ? default : services.GetService<T>();
}
