using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Imaging;

namespace NeurDicom.Handlers;

/// <summary>What a client is told that gets no pixels.</summary>
internal static class RenderingProblem
{
    /// <param name="frame">The frame that was asked for, counted from 1.</param>
    public static ProblemException Of(Rendering rendering, int frame) => rendering switch
    {
        Rendering.NoSuchFrame { Frames: var frames } => new(StatusCodes.Status404NotFound, string.Create(
            CultureInfo.InvariantCulture, $"There is no frame {frame}: the instance has {frames}.")),
        Rendering.Invalid { Parameter: var parameter, Problem: var problem } => Invalid(parameter, problem),
        Rendering.Refused { Reason: var reason } => new(StatusCodes.Status422UnprocessableEntity, reason),
        _ => throw new ArgumentOutOfRangeException(nameof(rendering), rendering, null),
    };

    /// <summary>400 for a parameter of the request.</summary>
    public static ProblemException Invalid(string parameter, string problem) =>
        new(StatusCodes.Status400BadRequest, problem, new Dictionary<string, string[]> { [parameter] = [problem] });
}
