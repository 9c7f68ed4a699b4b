namespace NeurDicom.Demo;

/// <summary>
/// Noise that is the same on every run and machine: whole numbers hashed,
/// so that a second <c>demo</c> makes the same files.
/// </summary>
internal static class Noise
{
    /// <summary>A value from 0 to 1 for a place.</summary>
    public static float At(int x, int y, int z, uint seed = 0)
    {
        var h = seed + ((uint)x * 0x9E3779B1) + ((uint)y * 0x85EBCA77) + ((uint)z * 0xC2B2AE3D);
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        h = (h ^ (h >> 12)) * 0x297A2D39;
        h ^= h >> 15;
        return (h >> 8) * (1f / (1 << 24));
    }

    /// <summary>Near a normal distribution with deviation 1.</summary>
    public static float Normal(int x, int y, int z, uint seed = 0)
    {
        var sum = At(x, y, z, seed) + At(x, y, z, seed + 101) + At(x, y, z, seed + 202) + At(x, y, z, seed + 303);
        return (sum - 2) * 1.7320508f;
    }

    /// <summary>Noise without edges, from 0 to 1: the eight corners of a unit cube, blended.</summary>
    public static float Smooth(float x, float y, float z, uint seed = 0)
    {
        var (ix, iy, iz) = ((int)MathF.Floor(x), (int)MathF.Floor(y), (int)MathF.Floor(z));
        var (fx, fy, fz) = (Ease(x - ix), Ease(y - iy), Ease(z - iz));
        float Row(int dy, int dz) => Mix(At(ix, iy + dy, iz + dz, seed), At(ix + 1, iy + dy, iz + dz, seed), fx);
        return Mix(Mix(Row(0, 0), Row(1, 0), fy), Mix(Row(0, 1), Row(1, 1), fy), fz);
    }

    /// <summary>0 below one edge, 1 above the other, smooth between.</summary>
    public static float Step(float from, float to, float value) => Ease(Math.Clamp((value - from) / (to - from), 0, 1));

    public static float Mix(float a, float b, float t) => a + ((b - a) * t);

    private static float Ease(float t) => t * t * (3 - (2 * t));
}
