using System.Numerics;

namespace NeurDicom.Demo;

/// <summary>
/// One plane of a phantom, painted shape over shape with soft edges.
/// Coordinates are millimetres in the patient's system: x to the left, y to the back,
/// z to the head (PS3.3 C.7.6.2.1.1).
/// </summary>
internal sealed class Slice
{
    private readonly float[] _values;
    private readonly float _spacing;
    private readonly float _left;
    private readonly float _top;
    private readonly float _z;

    public Slice(int columns, int rows, float spacing, float z, float background)
    {
        (Columns, Rows, _spacing, _z) = (columns, rows, spacing, z);
        (_left, _top) = (-(columns - 1) * spacing / 2, -(rows - 1) * spacing / 2);
        _values = new float[columns * rows];
        Array.Fill(_values, background);
    }

    public int Columns { get; }

    public int Rows { get; }

    public Span<float> Values => _values;

    public float X(int column) => _left + (column * _spacing);

    public float Y(int row) => _top + (row * _spacing);

    /// <summary>Paints an ellipsoid; the value may depend on the place.</summary>
    /// <param name="cut">Coverage of what remains of it, 0 to 1; null for all.</param>
    public void Ellipsoid(
        Vector3 centre, Vector3 radii, float value, Func<float, float, float>? cut = null, float turn = 0)
    {
        var dz = (_z - centre.Z) / radii.Z;
        if (MathF.Abs(dz) >= 1.1f)
            return;

        var (sin, cos) = MathF.SinCos(turn);
        var reach = MathF.Max(radii.X, radii.Y) + _spacing;
        var smallest = MathF.Min(radii.X, MathF.Min(radii.Y, radii.Z));
        Paint(centre.X - reach, centre.X + reach, centre.Y - reach, centre.Y + reach, (x, y) =>
        {
            var (px, py) = (x - centre.X, y - centre.Y);
            var (u, v) = (((px * cos) + (py * sin)) / radii.X, ((py * cos) - (px * sin)) / radii.Y);
            var r = MathF.Sqrt((u * u) + (v * v) + (dz * dz));
            var covered = Edge((1 - r) * smallest);
            return covered > 0 && cut is not null ? covered * cut(x, y) : covered;
        }, value);
    }

    /// <summary>Paints a rounded rectangle, |x/a|ⁿ + |y/b|ⁿ below 1, of any height.</summary>
    public void Column(
        float cx, float cy, float a, float b, float power, float value, Func<float, float, float>? cut = null)
    {
        if (a <= 0 || b <= 0)
            return;
        var smallest = MathF.Min(a, b);
        Paint(cx - a - _spacing, cx + a + _spacing, cy - b - _spacing, cy + b + _spacing, (x, y) =>
        {
            var (u, v) = (MathF.Abs((x - cx) / a), MathF.Abs((y - cy) / b));
            // Most of it needs no powers: the inscribed ellipse is inside whatever the power.
            var covered = (u * u) + (v * v) < 0.8f
                ? 1
                : Edge((1 - MathF.Pow(MathF.Pow(u, power) + MathF.Pow(v, power), 1 / power)) * smallest);
            return covered > 0 && cut is not null ? covered * cut(x, y) : covered;
        }, value);
    }

    /// <summary>Paints a tube with round ends, from one radius to the other.</summary>
    public void Tube(Vector3 from, Vector3 to, float startRadius, float endRadius, float value)
    {
        var largest = MathF.Max(startRadius, endRadius) + _spacing;
        if (_z < MathF.Min(from.Z, to.Z) - largest || _z > MathF.Max(from.Z, to.Z) + largest)
            return;

        var axis = to - from;
        var length = MathF.Max(1e-6f, axis.LengthSquared());
        Paint(
            MathF.Min(from.X, to.X) - largest, MathF.Max(from.X, to.X) + largest,
            MathF.Min(from.Y, to.Y) - largest, MathF.Max(from.Y, to.Y) + largest,
            (x, y) =>
            {
                var place = new Vector3(x, y, _z);
                var t = Math.Clamp(Vector3.Dot(place - from, axis) / length, 0, 1);
                var distance = Vector3.Distance(place, from + (axis * t));
                return Edge(Noise.Mix(startRadius, endRadius, t) - distance);
            },
            value);
    }

    /// <summary>Paints whatever a function covers, within a rectangle.</summary>
    public void Paint(float x0, float x1, float y0, float y1, Func<float, float, float> coverage, float value)
    {
        var (firstColumn, lastColumn) =
            (Math.Max(0, (int)((x0 - _left) / _spacing)), Math.Min(Columns - 1, (int)((x1 - _left) / _spacing) + 1));
        var (firstRow, lastRow) =
            (Math.Max(0, (int)((y0 - _top) / _spacing)), Math.Min(Rows - 1, (int)((y1 - _top) / _spacing) + 1));
        for (var row = firstRow; row <= lastRow; row++)
        {
            var y = Y(row);
            for (var column = firstColumn; column <= lastColumn; column++)
            {
                var covered = coverage(X(column), y);
                if (covered <= 0)
                    continue;
                ref var old = ref _values[(row * Columns) + column];
                old += (value - old) * covered;
            }
        }
    }

    /// <summary>Softens everything a little, as the optics of a scanner do.</summary>
    public void Blur()
    {
        var copy = (float[])_values.Clone();
        for (var row = 1; row < Rows - 1; row++)
        {
            for (var column = 1; column < Columns - 1; column++)
            {
                var i = (row * Columns) + column;
                _values[i] = ((copy[i] * 4)
                    + ((copy[i - 1] + copy[i + 1] + copy[i - Columns] + copy[i + Columns]) * 2)
                    + copy[i - Columns - 1] + copy[i - Columns + 1]
                    + copy[i + Columns - 1] + copy[i + Columns + 1]) / 16;
            }
        }
    }

    // From 0 to 1 over one pixel, around the border.
    private float Edge(float inside) => Math.Clamp((inside / _spacing) + 0.5f, 0, 1);
}
