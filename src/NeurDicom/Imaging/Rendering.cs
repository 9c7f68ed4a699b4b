namespace NeurDicom.Imaging;

/// <summary>What came of a request for a picture.</summary>
internal abstract record Rendering
{
    private Rendering()
    {
    }

    /// <summary>A picture; whoever has it gives it back.</summary>
    public sealed record Picture(EncodedImage Image) : Rendering;

    /// <summary>Raw pixels; whoever has them disposes of them.</summary>
    public sealed record Raw(RawPixels Pixels) : Rendering;

    /// <summary>The instance cannot be drawn, or not yet; the reason is a sentence for the client.</summary>
    public sealed record Refused(string Reason) : Rendering;

    /// <summary>The instance has fewer frames.</summary>
    public sealed record NoSuchFrame(int Frames) : Rendering;

    /// <summary>A parameter of the request has no meaning for this instance.</summary>
    public sealed record Invalid(string Parameter, string Problem) : Rendering;
}
