namespace NeurDicom.Demo;

/// <summary>
/// A beating heart as ultrasound shows it from its apex: a sector of speckle, four chambers, valves,
/// the flow in colour and the trace of an ECG. Frames are RGB, one heart beat and then the next.
/// </summary>
internal static class Echo
{
    public const int Columns = 512;
    public const int Rows = 400;
    public const int Frames = 36;

    /// <summary>Between two frames, in milliseconds: two beats in the clip.</summary>
    public const double FrameTime = 48;

    /// <summary>Of the sector, in millimetres per pixel.</summary>
    public const double Scale = Depth / SectorHeight;

    public const int SectorTop = 8;
    public const int SectorHeight = 330;

    private const double Depth = 165;
    private const float HalfAngle = 0.68f;
    private const int FramesOfBeat = 18;

    public static byte[] Draw(int frame)
    {
        var pixels = new byte[Columns * Rows * 3];
        var phase = frame % FramesOfBeat / (float)FramesOfBeat;
        // Short and strong together, longer apart.
        var squeeze = phase < 0.35f ? MathF.Sin(phase / 0.35f * MathF.PI) : 0;
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
                DrawPixel(pixels.AsSpan(((row * Columns) + column) * 3, 3), column, row, frame, phase, squeeze);
        }

        DrawTrace(pixels, frame);
        DrawScale(pixels);
        return pixels;
    }

    private static void DrawPixel(Span<byte> pixel, int column, int row, int frame, float phase, float squeeze)
    {
        var x = (column - (Columns / 2f)) * (float)Scale;
        var d = (row - SectorTop) * (float)Scale;
        var r = MathF.Sqrt((x * x) + (d * d));
        var angle = MathF.Atan2(x, d);
        if (d < 0 || r > Depth || r < 4 || MathF.Abs(angle) > HalfAngle)
            return;

        var tissue = Tissue(x, d, squeeze);
        // Speckle lies along the beams, finer in depth than across, and moves with the tissue.
        var speckle = Noise.Smooth((angle * 95) + (squeeze * 0.4f), r / 0.95f, squeeze * 1.5f, 3);
        var fine = Noise.Smooth(angle * 190, r / 0.55f, frame * 0.35f, 9);
        var light = tissue * (0.28f + (1.25f * speckle * speckle) + (0.45f * fine * fine));
        // Weaker with depth, and at the edge of the sector.
        light *= Noise.Mix(1.1f, 0.6f, r / (float)Depth) * Noise.Step(HalfAngle, HalfAngle - 0.05f, MathF.Abs(angle));
        var grey = Math.Clamp(MathF.Pow(MathF.Max(0, light), 0.75f) * 235, 0, 255);
        pixel.Fill((byte)grey);

        var flow = Flow(x, d, phase);
        if (tissue > 0.14f || MathF.Abs(flow) < 0.08f)
            return;
        var speed = MathF.Abs(flow) * (0.75f + (0.5f * speckle));
        var strong = (byte)Math.Clamp(110 + (150 * speed), 0, 255);
        var hot = (byte)Math.Clamp(255 * (speed - 0.55f) * 1.6f, 0, 235);
        // Towards the probe red, away from it blue.
        (pixel[0], pixel[1], pixel[2]) = flow > 0 ? (strong, hot, (byte)(hot / 4)) : ((byte)(hot / 4), hot, strong);
    }

    private static float Tissue(float x, float d, float squeeze)
    {
        var outer = Ellipse(x, d, 2, 92, 62, 76);
        var value = 0.3f * Noise.Step(40, 60, d) + 0.12f;
        // The sac around the heart shines.
        value = Noise.Mix(value, 0.95f, Noise.Step(0.05f, 0.0f, MathF.Abs(outer - 1)));
        value = Noise.Mix(value, 0.5f, Noise.Step(1.0f, 0.97f, outer));

        var s = 1 - (0.26f * squeeze);
        value = Chamber(value, Ellipse(x, d, 20 - (squeeze * 2), 76, 21 * s, 37 * (1 - (0.1f * squeeze))));
        value = Chamber(value, Ellipse(x, d, -25 + (squeeze * 3), 82, 17 * s, 31 * (1 - (0.1f * squeeze))));
        value = Chamber(value, Ellipse(x, d, 19, 134 - (squeeze * 5), 22, 17 + (squeeze * 3)));
        value = Chamber(value, Ellipse(x, d, -24, 134 - (squeeze * 5), 20, 16 + (squeeze * 3)));

        // The valves: two leaflets each, shut while the heart is squeezing.
        var open = MathF.Max(0, 1 - (squeeze * 3));
        foreach (var (centre, half) in ((float, float)[])[(20, 15), (-25, 12)])
        {
            var way = (x - centre) / half;
            var leaf = 116 - (squeeze * 4) - (open * 17 * (1 - MathF.Abs(MathF.Abs(way) - 0.5f) * 2));
            if (MathF.Abs(way) < 1)
            {
                value = MathF.Max(value, 0.85f * Noise.Step(2.2f, 0.6f, MathF.Abs(d - leaf))
                    * (open > 0.5f ? Noise.Step(0.05f, 0.25f, MathF.Abs(way)) : 1));
            }
        }

        return value;
    }

    private static float Chamber(float value, float ellipse) =>
        Noise.Mix(value, 0.03f, Noise.Step(1.04f, 0.94f, ellipse));

    private static float Ellipse(float x, float y, float cx, float cy, float a, float b)
    {
        var (u, v) = ((x - cx) / a, (y - cy) / b);
        return MathF.Sqrt((u * u) + (v * v));
    }

    private static float Flow(float x, float d, float phase)
    {
        // Filling, twice in a beat, through the valve towards the probe; emptying beside it, away.
        var filling = phase is > 0.42f and < 0.66f ? MathF.Sin((phase - 0.42f) / 0.24f * MathF.PI)
            : phase > 0.8f ? 0.6f * MathF.Sin((phase - 0.8f) / 0.2f * MathF.PI) : 0;
        var emptying = phase < 0.35f ? MathF.Sin(phase / 0.35f * MathF.PI) : 0;
        var along = Noise.Step(52, 80, d) * Noise.Step(142, 122, d);
        var width = 6 + (MathF.Max(0, 122 - d) * 0.13f);
        var jet = Noise.Step(width, width * 0.35f, MathF.Abs(x - 21)) * along;
        var outflow = Noise.Step(9, 3, MathF.Abs(x - 6 - ((112 - d) * 0.12f))) * Noise.Step(62, 84, d) * Noise.Step(
            118, 112, d);
        return (filling * jet) - (emptying * outflow);
    }

    private static void DrawTrace(byte[] pixels, int frame)
    {
        const int Base = 378;
        var last = Base;
        for (var column = 10; column < Columns - 10; column++)
        {
            var time = (column - 10f) / (Columns - 20) * Frames;
            var height = Base - (int)(Beat(time % FramesOfBeat / FramesOfBeat) * 24);
            for (var row = Math.Min(last, height); row <= Math.Max(last, height); row++)
                Set(pixels, column, row, 40, 210, 90);
            last = height;
        }

        var now = 10 + (int)(frame / (float)Frames * (Columns - 20));
        for (var row = 348; row < 394; row++)
            Set(pixels, now, row, 235, 210, 60);
    }

    private static float Beat(float t)
    {
        static float Wave(float t, float at, float width) => MathF.Exp(-(t - at) * (t - at) / (2 * width * width));
        return (Wave(t, 0.86f, 0.028f) * 0.2f) - (Wave(t, 0.985f, 0.009f) * 0.18f) + Wave(t, 0.01f, 0.011f)
            - (Wave(t, 0.035f, 0.011f) * 0.26f) + (Wave(t, 0.27f, 0.045f) * 0.32f);
    }

    private static void DrawScale(byte[] pixels)
    {
        for (var centimetre = 0; centimetre * 10 <= Depth; centimetre++)
        {
            var row = SectorTop + (int)(centimetre * 10 / Scale);
            var length = centimetre % 5 == 0 ? 9 : 4;
            for (var column = Columns - 20; column < Columns - 20 + length; column++)
                Set(pixels, column, row, 190, 190, 190);
        }

        // The bar of colours: speeds towards the probe and away from it.
        for (var row = 20; row < 120; row++)
        {
            var speed = (70 - row) / 50f;
            var strong = (byte)Math.Clamp(110 + (150 * MathF.Abs(speed)), 0, 255);
            var hot = (byte)Math.Clamp(255 * (MathF.Abs(speed) - 0.55f) * 1.6f, 0, 235);
            for (var column = 16; column < 26; column++)
            {
                if (speed > 0)
                    Set(pixels, column, row, strong, hot, (byte)(hot / 4));
                else
                    Set(pixels, column, row, (byte)(hot / 4), hot, strong);
            }
        }
    }

    private static void Set(byte[] pixels, int column, int row, byte red, byte green, byte blue)
    {
        if (row is < 0 or >= Rows)
            return;
        var at = ((row * Columns) + column) * 3;
        (pixels[at], pixels[at + 1], pixels[at + 2]) = (red, green, blue);
    }
}
