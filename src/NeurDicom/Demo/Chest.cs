using System.Numerics;

namespace NeurDicom.Demo;

/// <summary>
/// A chest and what lies under it, in Hounsfield units, with contrast in the vessels: skin, fat and muscle, ribs,
/// spine, lungs with their vessels, heart and aorta, liver, spleen and stomach, and a nodule in the right lung.
/// No anatomy lesson, but every window shows something.
/// </summary>
internal sealed class Chest
{
    public const float Top = 150;

    private const float Air = -1000;

    private readonly float _noduleRadius;
    private readonly List<(Vector3 From, Vector3 To, float Start, float End)> _vessels = [];
    private readonly List<(Vector3 From, Vector3 To)> _ribs = [];

    public Chest(float noduleRadius)
    {
        _noduleRadius = noduleRadius;
        GrowVessels();
        LayRibs();
    }

    /// <summary>The plane at a height; the same for the same arguments.</summary>
    /// <param name="noise">Deviation of the noise in Hounsfield units.</param>
    public Slice Cut(int columns, int rows, float spacing, float z, float noise, uint seed)
    {
        var slice = new Slice(columns, rows, spacing, z, Air);
        PaintTable(slice);
        PaintBody(slice, z);
        PaintAbdomen(slice, z);
        PaintLungs(slice, z);
        PaintMediastinum(slice, z);
        PaintBones(slice, z);
        slice.Blur();
        if (noise > 0)
            AddNoise(slice, z, noise, seed);
        return slice;
    }

    /// <summary>How much narrower the body is at the neck and how it widens at the shoulders.</summary>
    private static (float A, float B) Outline(float z)
    {
        var shoulders = Noise.Step(70, 120, z);
        var belly = Noise.Step(-60, -140, z);
        return (Noise.Mix(158, 172, shoulders) - (belly * 6), Noise.Mix(112, 84, shoulders) + (belly * 2));
    }

    private static void PaintTable(Slice slice)
    {
        slice.Paint(-170, 170, 100, 150, (x, y) =>
        {
            var depth = y - (124 - (x * x / 1800));
            return Noise.Step(-1, 0.5f, depth) * Noise.Step(3.5f, 2, depth);
        }, -350);
    }

    private static void PaintBody(Slice slice, float z)
    {
        var (a, b) = Outline(z);
        slice.Column(0, 0, a, b, 2.5f, 10);
        slice.Column(0, 0, a - 2, b - 2, 2.5f, -100);

        float Skin(float x, float y) => Noise.Step(1, 0.97f, MathF.Pow(
            MathF.Pow(MathF.Abs(x / (a - 4)), 2.5f) + MathF.Pow(MathF.Abs(y / (b - 4)), 2.5f), 1 / 2.5f));

        // Muscle, with the fat between its layers.
        slice.Column(0, 2, a - 13, b - 12, 2.5f, 55);
        for (var side = -1; side <= 1; side += 2)
        {
            slice.Column(side * 62, 78, 44, 15, 2.4f, -90);
            slice.Column(side * 60, 79, 41, 13, 2.4f, 60);
            slice.Ellipsoid(new Vector3(side * 60, -88, 60), new Vector3(52, 9, 60), 58, Skin);
            slice.Ellipsoid(new Vector3(side * 132, 18, 60), new Vector3(16, 48, 75), 56, Skin);
        }

        slice.Column(0, -2, a - 31, b - 27, 2.4f, -85);
    }

    private static void PaintAbdomen(Slice slice, float z)
    {
        if (z > -10)
            return;

        // The liver under the right dome, larger than the rib cage lets it be: cut by the inside of the wall.
        var (a, b) = Outline(z);
        float Inside(float x, float y) => Noise.Step(
            1, 0.97f,
            MathF.Pow(
                MathF.Pow(MathF.Abs(x / (a - 33)), 2.4f) + MathF.Pow(MathF.Abs((y + 2) / (b - 29)), 2.4f), 1 / 2.4f));
        slice.Ellipsoid(new Vector3(-58, -12, -100), new Vector3(82, 82, 76), 108, Inside);
        slice.Ellipsoid(new Vector3(18, -38, -92), new Vector3(58, 40, 38), 106, Inside);
        for (var i = 0; i < 3; i++)
        {
            var way = (i - 1) * 26;
            slice.Tube(new Vector3(-12, 22, -44), new Vector3(-70 + way, -30 - (i * 8), -88), 6, 2.5f, 165);
            slice.Tube(new Vector3(-20, 0, -108), new Vector3(-95 + way, 6 - (i * 22), -118), 6.5f, 2, 160);
        }

        slice.Ellipsoid(new Vector3(-92, 14, -104), new Vector3(13, 12, 13), 6);
        slice.Ellipsoid(new Vector3(94, 38, -108), new Vector3(30, 40, 46), 128, Inside);

        // The stomach: gas on top of what was drunk.
        var stomach = new Vector3(58, -24, -98);
        slice.Ellipsoid(stomach, new Vector3(46, 38, 44), 62, Inside);
        slice.Ellipsoid(stomach, new Vector3(42, 34, 40), 14, Inside);
        slice.Ellipsoid(stomach, new Vector3(42, 34, 40), -940, (x, y) => Inside(x, y) * Noise.Step(-30, -31.5f, y));

        for (var side = -1; side <= 1; side += 2)
        {
            var kidney = new Vector3(side * 58, 50, -160);
            slice.Ellipsoid(kidney, new Vector3(28, 25, 42), 195, turn: side * 0.5f);
            slice.Ellipsoid(kidney, new Vector3(15, 12, 28), 90, turn: side * 0.5f);
        }

        slice.Tube(new Vector3(-14, 26, -30), new Vector3(-20, 30, -160), 11, 11, 140);
    }

    private static float Dome(float x, float y)
    {
        var centre = x < 0 ? -66f : 70f;
        var height = x < 0 ? -34f : -48f;
        var (u, v) = ((x - centre) / 70, (y + 6) / 82);
        return height - (58 * ((u * u) + (v * v)));
    }

    private void PaintLungs(Slice slice, float z)
    {
        for (var side = -1; side <= 1; side += 2)
        {
            var sign = side;
            slice.Ellipsoid(
                new Vector3(side * 68, 0, -22), new Vector3(63, 86, 158), -865,
                (x, y) =>
                {
                    var texture = Noise.Step(Dome(x, y) - 1, Dome(x, y) + 1, z);
                    // What lies between the lungs: wider towards the heart on the left.
                    var middle = sign > 0 ? 14 + (44 * Bulge(y, z)) : 17 + (14 * Bulge(y, z));
                    return texture * Noise.Step(middle - 1, middle + 1, sign * x);
                });
        }

        foreach (var (from, to, start, end) in _vessels)
            slice.Tube(from, to, start, end, 30);

        // The nodule, with its rays.
        var nodule = new Vector3(-74, -18, 46);
        for (var ray = 0; ray < 9; ray++)
        {
            var way = new Vector3(MathF.Cos(ray * 2.4f), MathF.Sin(ray * 2.4f), MathF.Sin(ray * 1.7f));
            slice.Tube(nodule, nodule + (way * _noduleRadius * 1.9f), 1.4f, 0.3f, -60);
        }

        slice.Ellipsoid(nodule, new Vector3(_noduleRadius, _noduleRadius * 0.9f, _noduleRadius), 62);
    }

    private static float Bulge(float y, float z)
    {
        var (u, v) = ((y + 24) / 52, (z + 38) / 62);
        return MathF.Max(0, 1 - (u * u) - (v * v));
    }

    private static void PaintMediastinum(Slice slice, float z)
    {
        // The heart: muscle, then the blood in its four chambers.
        slice.Ellipsoid(new Vector3(20, -26, -38), new Vector3(58, 44, 56), 72, turn: 0.5f);
        slice.Ellipsoid(new Vector3(36, -18, -46), new Vector3(27, 19, 40), 235, turn: 0.6f);
        slice.Ellipsoid(new Vector3(4, -46, -40), new Vector3(31, 17, 40), 205, turn: 0.4f);
        slice.Ellipsoid(new Vector3(-24, -26, -30), new Vector3(20, 24, 30), 210);
        slice.Ellipsoid(new Vector3(8, 8, -18), new Vector3(30, 16, 22), 240);
        slice.Tube(new Vector3(8, 8, -18), new Vector3(-36, 14, -14), 6, 4, 235);
        slice.Tube(new Vector3(8, 8, -18), new Vector3(48, 16, -12), 6, 4, 235);

        // The aorta, up and over the left main bronchus and down; the great vessels on top of it.
        Vector3[] aorta =
        [
            new(6, -22, -14), new(-8, -28, 12), new(-10, -24, 36), new(0, -10, 54), new(14, 10, 60), new(24, 28, 50),
            new(26, 40, 26), new(24, 42, -30), new(16, 40, -110), new(8, 34, -160),
        ];
        for (var i = 0; i + 1 < aorta.Length; i++)
            slice.Tube(aorta[i], aorta[i + 1], 14.5f - (i * 0.45f), 14.5f - ((i + 1) * 0.45f), 262);
        slice.Tube(new Vector3(-4, -16, 56), new Vector3(-22, -20, 110), 6, 5, 262);
        slice.Tube(new Vector3(6, -4, 60), new Vector3(12, -14, 150), 4.5f, 4.5f, 262);
        slice.Tube(new Vector3(-22, -20, 110), new Vector3(-20, -12, 150), 5, 4.5f, 262);
        slice.Tube(new Vector3(-22, -20, 110), new Vector3(-120, -8, 128), 5, 4, 262);
        slice.Tube(new Vector3(14, 10, 60), new Vector3(22, 4, 112), 5, 5, 262);
        slice.Tube(new Vector3(22, 4, 112), new Vector3(120, -4, 126), 5, 4, 262);

        // Veins to the heart, arteries to the lungs.
        slice.Tube(new Vector3(-26, -18, 66), new Vector3(-25, -16, -6), 10, 10, 330);
        slice.Tube(new Vector3(-26, -18, 66), new Vector3(30, -34, 88), 7, 6, 300);
        slice.Tube(new Vector3(18, -42, -8), new Vector3(20, -26, 24), 14, 14, 275);
        slice.Tube(new Vector3(20, -26, 24), new Vector3(-38, 4, 10), 12, 10, 275);
        slice.Tube(new Vector3(20, -26, 24), new Vector3(46, 10, 24), 12, 9, 275);

        // Airways and gullet.
        (Vector3 From, Vector3 To, float Radius)[] airways =
        [
            (new(0, -4, 160), new(0, 6, 40), 9), (new(0, 6, 40), new(-34, 10, 14), 7.5f),
            (new(0, 6, 40), new(42, 14, 6), 6.5f),
            (new(-34, 10, 14), new(-52, 14, -14), 4.5f), (new(-34, 10, 14), new(-52, -2, 36), 4),
            (new(42, 14, 6), new(58, 20, -20), 4.5f), (new(42, 14, 6), new(58, 4, 26), 4),
        ];
        foreach (var (from, to, radius) in airways)
            slice.Tube(from, to, radius + 1.8f, radius + 1.4f, 45);
        foreach (var (from, to, radius) in airways)
            slice.Tube(from, to, radius, radius * 0.95f, -985);
        slice.Tube(new Vector3(6, 22, 160), new Vector3(12, 26, -70), 8, 8, 48);
        slice.Tube(new Vector3(6, 21, 160), new Vector3(12, 25, -40), 1.8f, 1.8f, -700);
    }

    private void PaintBones(Slice slice, float z)
    {
        // The spine: bodies with discs between them, the canal, arch and processes.
        var along = (z + 1000) % 25;
        var isDisc = Noise.Step(3.2f, 2.4f, MathF.Abs(along - 12.5f));
        slice.Column(0, 60, 20, 17, 2.2f, Noise.Mix(620, 85, isDisc));
        slice.Column(
            0, 60, 18, 15, 2.2f,
            Noise.Mix(Noise.Mix(215, 520, Noise.Step(6.5f, 4, MathF.Abs(along - 12.5f))), 80, isDisc));
        slice.Column(0, 86, 17, 13, 2.2f, 560);
        slice.Column(0, 85, 12, 10, 2, 25);
        slice.Column(0, 85, 5.5f, 4.5f, 2, 45);
        var isProcess = Noise.Step(7, 3, MathF.Abs(along - 20));
        if (isProcess > 0)
        {
            slice.Tube(new Vector3(0, 97, z), new Vector3(0, 109, z), 3.4f * isProcess, 2.6f * isProcess, 520);
            for (var side = -1; side <= 1; side += 2)
                slice.Tube(
                    new Vector3(side * 14, 84, z), new Vector3(side * 36, 92, z), 5 * isProcess, 3.5f * isProcess, 480);
        }

        foreach (var (from, to) in _ribs)
            slice.Tube(from, to, 5.2f, 5.2f, 720);
        foreach (var (from, to) in _ribs)
            slice.Tube(from, to, 3, 3, 230);

        // Breastbone, collar bones, shoulder blades, the heads of the arms.
        slice.Ellipsoid(new Vector3(0, -84, 24), new Vector3(18, 6.5f, 86), 520);
        slice.Ellipsoid(new Vector3(0, -84, 24), new Vector3(15.5f, 4, 83), 190);
        for (var side = -1; side <= 1; side += 2)
        {
            slice.Tube(new Vector3(side * 14, -72, 104), new Vector3(side * 80, -62, 122), 6.5f, 5.5f, 640);
            slice.Tube(new Vector3(side * 80, -62, 122), new Vector3(side * 134, -18, 138), 5.5f, 6, 640);
            slice.Ellipsoid(new Vector3(side * 104, 62, 62), new Vector3(42, 4, 66), 600, turn: side * -0.5f);
            slice.Tube(new Vector3(side * 84, 74, 100), new Vector3(side * 138, 34, 128), 5, 7, 560);
            slice.Ellipsoid(new Vector3(side * 150, 4, 138), new Vector3(23, 23, 25), 480);
            slice.Ellipsoid(new Vector3(side * 150, 4, 138), new Vector3(20, 20, 22), 210);
        }
    }

    private static void AddNoise(Slice slice, float z, float noise, uint seed)
    {
        var level = (int)MathF.Round(z * 10);
        var values = slice.Values;
        for (var row = 0; row < slice.Rows; row++)
        {
            for (var column = 0; column < slice.Columns; column++)
            {
                ref var value = ref values[(row * slice.Columns) + column];
                // Grain over two pixels looks like a reconstruction; parenchyma is not flat.
                var grain = Noise.Normal(column, row, level, seed) + Noise.Normal(column / 2, row / 2, level, seed + 7);
                value += grain * noise * 0.7f;
                if (value < -600 && value > -950)
                    value += (Noise.Smooth(column / 5f, row / 5f, z / 3, seed) - 0.5f) * 60;
                else if (value is > 20 and < 180)
                    value += (Noise.Smooth(column / 9f, row / 9f, z / 6, seed) - 0.5f) * 12;
            }
        }
    }

    private void LayRibs()
    {
        const int Parts = 26;
        for (var number = 0; number < 11; number++)
        {
            var start = 132 - (number * 25f);
            var (a, b) = (112 + MathF.Min(number, 5) * 4.5f, 84f + MathF.Min(number, 4));
            // The lower ribs end before they reach the breastbone.
            var end = number < 7 ? 2.75f : 2.6f - ((number - 6) * 0.28f);
            for (var side = -1; side <= 1; side += 2)
            {
                Vector3 Place(float t)
                {
                    var angle = 0.18f + (t * (end - 0.18f));
                    var drop = 46 * (1 - MathF.Cos(angle * 0.8f)) + (angle > 2 ? (angle - 2) * -22 : 0);
                    return new Vector3(side * a * MathF.Sin(angle), b * 0.92f * MathF.Cos(angle) - 3, start - drop);
                }

                for (var part = 0; part < Parts; part++)
                    _ribs.Add((Place(part / (float)Parts), Place((part + 1) / (float)Parts)));
            }
        }
    }

    private void GrowVessels()
    {
        var random = 1;
        float Next() => Noise.At(random++, 17, 4, 99);
        void Grow(Vector3 from, Vector3 way, float radius, int depth)
        {
            var to = from + (way * (9 + (Next() * 9) + (radius * 2.2f)));
            _vessels.Add((from, to, radius, radius * 0.86f));
            if (depth == 0 || radius < 0.45f)
                return;
            var branches = Next() < 0.25f ? 3 : 2;
            for (var i = 0; i < branches; i++)
            {
                var bend = new Vector3(Next() - 0.5f, Next() - 0.5f, Next() - 0.5f) * 1.5f;
                Grow(to, Vector3.Normalize(way + bend), radius * (0.68f + (Next() * 0.14f)), depth - 1);
            }
        }

        for (var side = -1; side <= 1; side += 2)
        {
            var hilum = new Vector3(side * 42, 8, 10);
            for (var branch = 0; branch < 9; branch++)
            {
                var angle = branch * 0.698f;
                var way = new Vector3(side * 0.75f, MathF.Sin(angle) * 0.9f, MathF.Cos(angle));
                Grow(hilum, Vector3.Normalize(way), 3.8f, 6);
            }
        }

        // Only what stays within the lungs.
        _vessels.RemoveAll(vessel => !IsInLung(vessel.To) || !IsInLung((vessel.From + vessel.To) / 2));
    }

    private static bool IsInLung(Vector3 place)
    {
        var (u, v, w) = ((MathF.Abs(place.X) - 68) / 60, place.Y / 82, (place.Z + 22) / 152);
        return (u * u) + (v * v) + (w * w) < 1 && place.Z > Dome(place.X, place.Y) + 3;
    }
}
