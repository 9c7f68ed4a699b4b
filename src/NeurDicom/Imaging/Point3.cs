namespace NeurDicom.Imaging;

/// <summary>
/// A place or a direction in the patient's coordinates: millimetres to the left,
/// to the back and up (PS3.3 C.7.6.2.1.1).
/// </summary>
internal readonly record struct Point3(double X, double Y, double Z)
{
    public double Length => Math.Sqrt(Dot(this));

    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Z);

    public double Dot(Point3 other) => X * other.X + Y * other.Y + Z * other.Z;

    public Point3 Cross(Point3 other) =>
        new(Y * other.Z - Z * other.Y, Z * other.X - X * other.Z, X * other.Y - Y * other.X);

    public static Point3 operator +(Point3 one, Point3 other) => new(one.X + other.X, one.Y + other.Y, one.Z + other.Z);

    public static Point3 operator -(Point3 one, Point3 other) => new(one.X - other.X, one.Y - other.Y, one.Z - other.Z);

    public static Point3 operator *(Point3 point, double factor) =>
        new(point.X * factor, point.Y * factor, point.Z * factor);
}
