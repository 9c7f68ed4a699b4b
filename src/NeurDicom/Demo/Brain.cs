using System.Numerics;

namespace NeurDicom.Demo;

/// <summary>How bright the tissues of a head are in a kind of MR image.</summary>
internal sealed record Contrast(float Fat, float Bone, float Fluid, float Grey, float White, float Muscle, float Lesion)
{
    public static Contrast T1 { get; } = new(900, 60, 130, 430, 610, 380, 360);

    public static Contrast T2 { get; } = new(620, 50, 1150, 560, 390, 200, 930);
}

/// <summary>A head with a folded brain, its ventricles, and a small bright spot in the white matter.</summary>
internal static class Brain
{
    public static Slice Cut(int size, float spacing, float z, Contrast contrast, uint seed)
    {
        var slice = new Slice(size, size, spacing, z, 6);
        var centre = new Vector3(0, 0, -10);
        slice.Ellipsoid(centre, new Vector3(80, 98, 98), contrast.Muscle * 0.9f);
        slice.Ellipsoid(centre, new Vector3(78, 96, 96), contrast.Fat);
        slice.Ellipsoid(centre, new Vector3(74, 92, 91), contrast.Bone);
        slice.Ellipsoid(centre, new Vector3(69, 87, 84), contrast.Fluid);
        PaintFace(slice, z, contrast);
        PaintHemispheres(slice, z, contrast);
        PaintDepths(slice, contrast);
        slice.Blur();
        AddNoise(slice, z, seed);
        return slice;
    }

    private static void PaintFace(Slice slice, float z, Contrast contrast)
    {
        for (var side = -1; side <= 1; side += 2)
        {
            var eye = new Vector3(side * 32, -76, -38);
            slice.Ellipsoid(eye + new Vector3(0, 8, 0), new Vector3(18, 22, 17), contrast.Fat * 0.95f);
            slice.Ellipsoid(eye, new Vector3(12.5f, 12.5f, 12.5f), contrast.Fluid);
            slice.Ellipsoid(eye + new Vector3(0, -9, 0), new Vector3(5, 2.5f, 5), contrast.Bone * 3);
            slice.Tube(eye + new Vector3(0, 12, 0), new Vector3(side * 10, -38, -36), 2.2f, 2.2f, contrast.White);
            slice.Ellipsoid(new Vector3(side * 24, -66, -66), new Vector3(15, 17, 18), 12);
            slice.Ellipsoid(new Vector3(side * 58, 24, -56), new Vector3(12, 16, 14), contrast.Bone * 1.4f);
        }

        slice.Ellipsoid(new Vector3(0, -72, -54), new Vector3(9, 26, 26), 14);
        slice.Ellipsoid(new Vector3(0, -72, -54), new Vector3(2, 24, 24), contrast.Muscle);
        if (z < -60)
            slice.Ellipsoid(new Vector3(0, 62, -84), new Vector3(46, 30, 40), contrast.Muscle * 0.8f);
    }

    private static void PaintHemispheres(Slice slice, float z, Contrast contrast)
    {
        for (var side = -1; side <= 1; side += 2)
        {
            var sign = side;
            // Above, both halves are one egg with a cleft; below, what is left are the temples.
            var whole = Noise.Step(-46, -14, z);
            var cerebrum = new Vector3(side * 34 * (1 - whole), 2, 2);
            var width = Noise.Mix(32, 67, whole);
            var length = Noise.Mix(62, 84, whole);
            float Side(float x) => Noise.Step(0.4f, 1.6f, sign * x);
            float Depth(float x, float y)
            {
                var (u, v, w) = ((x - cerebrum.X) / width, (y - cerebrum.Y) / length, (z - cerebrum.Z) / 74);
                return 1 - MathF.Sqrt((u * u) + (v * v) + (w * w));
            }

            // Furrows run where folded noise is near its middle, deep at the surface and not inside.
            float Furrow(float x, float y)
            {
                var bend = Noise.Smooth(x / 14, y / 14, z / 16, 5) * 2.4f;
                var folds = Noise.Smooth((x / 11) + bend, (y / 11) - bend, z / 13, 11);
                return MathF.Abs(folds - 0.5f);
            }

            slice.Paint(-72, 72, -90, 90, (x, y) =>
            {
                var depth = Depth(x, y);
                if (depth < -0.05f)
                    return 0;
                var furrow = Noise.Step(0.012f, 0.045f, Furrow(x, y)) + Noise.Step(
                    0.1f, 0.24f, MathF.Min(depth, sign * x / 60));
                return Noise.Step(-0.01f, 0.02f, depth) * MathF.Min(1, furrow) * Side(x);
            }, contrast.Grey);
            slice.Paint(-72, 72, -90, 90, (x, y) =>
            {
                var depth = Depth(x, y);
                if (depth < 0.03f)
                    return 0;
                // The cleft between the halves has its own grey rim.
                depth = MathF.Min(
                    depth,
                    (sign * x / 60) + (0.1f * Noise.Step(30, 12, MathF.Abs(y)) * Noise.Step(40, 20, MathF.Abs(z))));
                var cortex = 0.085f + (0.19f * Noise.Step(0.15f, 0.03f, Furrow(x, y)) * Noise.Step(0.34f, 0.1f, depth));
                return Noise.Step(cortex - 0.02f, cortex + 0.03f, depth) * Side(x);
            }, contrast.White);

            var cerebellum = new Vector3(side * 24, 48, -62);
            slice.Ellipsoid(cerebellum, new Vector3(29, 27, 24), contrast.Grey);
            slice.Ellipsoid(
                cerebellum, new Vector3(25, 23, 20), contrast.White,
                (x, y) => Noise.Step(-0.2f, 0.5f, MathF.Sin((y * 1.1f) + (MathF.Abs(x) * 0.25f))) * 0.85f);
        }
    }

    private static void PaintDepths(Slice slice, Contrast contrast)
    {
        slice.Ellipsoid(new Vector3(0, -4, 14), new Vector3(9, 44, 6), contrast.White);
        for (var side = -1; side <= 1; side += 2)
        {
            slice.Ellipsoid(new Vector3(side * 15, 10, -2), new Vector3(10, 17, 12), contrast.Grey, turn: side * -0.3f);
            slice.Ellipsoid(
                new Vector3(side * 25, -8, 0), new Vector3(6, 17, 13), contrast.Grey * 0.97f, turn: side * -0.25f);
            slice.Ellipsoid(new Vector3(side * 13, -26, 10), new Vector3(5.5f, 12, 12), contrast.Grey);
            slice.Ellipsoid(
                new Vector3(side * 9, -20, 14), new Vector3(5, 24, 10), contrast.Fluid, turn: side * -0.25f);
            slice.Ellipsoid(new Vector3(side * 15, 26, 12), new Vector3(6, 22, 11), contrast.Fluid, turn: side * 0.35f);
            slice.Ellipsoid(new Vector3(side * 32, 14, -20), new Vector3(3, 18, 5), contrast.Fluid, turn: side * 0.2f);
        }

        slice.Ellipsoid(new Vector3(0, 2, -8), new Vector3(2.4f, 14, 12), contrast.Fluid);
        slice.Ellipsoid(new Vector3(0, 12, -44), new Vector3(16, 16, 26), contrast.White * 0.96f);
        slice.Ellipsoid(new Vector3(0, 31, -56), new Vector3(6, 5, 14), contrast.Fluid);
        slice.Ellipsoid(new Vector3(0, -8, -44), new Vector3(2.6f, 2.6f, 30), contrast.Bone);
        slice.Ellipsoid(new Vector3(28, -34, 24), new Vector3(5, 6, 5), contrast.Lesion);
        slice.Ellipsoid(new Vector3(-30, 22, 26), new Vector3(3, 3, 3), contrast.Lesion);
    }

    private static void AddNoise(Slice slice, float z, uint seed)
    {
        var level = (int)MathF.Round(z * 10);
        var values = slice.Values;
        for (var row = 0; row < slice.Rows; row++)
        {
            for (var column = 0; column < slice.Columns; column++)
            {
                ref var value = ref values[(row * slice.Columns) + column];
                // The receiving coils are stronger at the sides; the magnitude of noise is never negative.
                var bias = 0.92f + (0.14f * MathF.Abs(slice.X(column)) / 80);
                value = MathF.Abs((value * bias) + (Noise.Normal(column, row, level, seed) * 14));
            }
        }
    }
}
