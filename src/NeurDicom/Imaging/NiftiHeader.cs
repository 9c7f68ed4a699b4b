using System.Buffers.Binary;
using System.Text;

namespace NeurDicom.Imaging;

/// <summary>
/// The head of a NIfTI-1 file of one volume (nifti1.h, 2007): 348 bytes, four for extensions that are not there.
/// </summary>
internal static class NiftiHeader
{
    public const int Length = 352;

    /// <summary>The most columns, rows or slices.</summary>
    public const int MostSide = short.MaxValue;

    private const short TypeInt16 = 4;
    private const short TypeFloat32 = 16;
    private const byte UnitMillimetre = 2;
    private const short CodeScanner = 1;

    /// <param name="isWhole">16-bit numbers with a sign, else 32-bit floating point.</param>
    public static byte[] Write(VolumeGrid grid, bool isWhole)
    {
        var header = new byte[Length];
        Put32(header, 0, 348);
        header[38] = (byte)'r';
        Put16(header, 40, 3);
        Put16(header, 42, (short)grid.Plane.Columns);
        Put16(header, 44, (short)grid.Plane.Rows);
        Put16(header, 46, (short)grid.Slices.Count);
        for (var dimension = 4; dimension <= 7; dimension++)
            Put16(header, 40 + 2 * dimension, 1);
        Put16(header, 70, isWhole ? TypeInt16 : TypeFloat32);
        Put16(header, 72, isWhole ? (short)16 : (short)32);
        // Columns, rows and slices make a right-handed system, in NIfTI's coordinates as in DICOM's: no flip (qfac 1).
        PutFloat(header, 76, 1);
        PutFloat(header, 80, grid.Plane.ColumnSpacing);
        PutFloat(header, 84, grid.Plane.RowSpacing);
        PutFloat(header, 88, grid.Step.Length);
        PutFloat(header, 108, Length);
        PutFloat(header, 112, 1);
        header[123] = UnitMillimetre;
        Encoding.ASCII.GetBytes("NeurDICOM", header.AsSpan(148));

        // A rotation cannot say that the slices are sheared against one another.
        var affine = grid.Affine;
        if (grid.Tilt == 0)
        {
            Put16(header, 252, CodeScanner);
            var (b, c, d) = Quaternion(grid);
            PutFloat(header, 256, b);
            PutFloat(header, 260, c);
            PutFloat(header, 264, d);
            for (var axis = 0; axis < 3; axis++)
                PutFloat(header, 268 + 4 * axis, affine[4 * axis + 3]);
        }

        Put16(header, 254, CodeScanner);
        for (var index = 0; index < affine.Length; index++)
            PutFloat(header, 280 + 4 * index, affine[index]);
        "n+1\0"u8.CopyTo(header.AsSpan(344));
        return header;
    }

    /// <summary>
    /// The rotation from voxels to space as the last three parts of a unit quaternion whose first is not negative.
    /// </summary>
    private static (double B, double C, double D) Quaternion(VolumeGrid grid)
    {
        // Directions of columns, rows and slices to the right, to the front and up.
        var i = Turn(grid.Plane.Row);
        var j = Turn(grid.Plane.Column);
        var k = Turn(grid.Plane.Normal);
        var trace = i.X + j.Y + k.Z;
        double a, b, c, d;
        if (trace > 0)
        {
            a = Math.Sqrt(1 + trace) / 2;
            (b, c, d) = ((j.Z - k.Y) / (4 * a), (k.X - i.Z) / (4 * a), (i.Y - j.X) / (4 * a));
            return (b, c, d);
        }

        if (i.X >= j.Y && i.X >= k.Z)
        {
            b = Math.Sqrt(1 + i.X - j.Y - k.Z) / 2;
            (a, c, d) = ((j.Z - k.Y) / (4 * b), (j.X + i.Y) / (4 * b), (k.X + i.Z) / (4 * b));
        }
        else if (j.Y >= k.Z)
        {
            c = Math.Sqrt(1 + j.Y - i.X - k.Z) / 2;
            (a, b, d) = ((k.X - i.Z) / (4 * c), (j.X + i.Y) / (4 * c), (k.Y + j.Z) / (4 * c));
        }
        else
        {
            d = Math.Sqrt(1 + k.Z - i.X - j.Y) / 2;
            (a, b, c) = ((i.Y - j.X) / (4 * d), (k.X + i.Z) / (4 * d), (k.Y + j.Z) / (4 * d));
        }

        return a < 0 ? (-b, -c, -d) : (b, c, d);

        static Point3 Turn(Point3 direction) => new(-direction.X, -direction.Y, direction.Z);
    }

    private static void Put16(byte[] header, int at, short value) =>
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(at), value);

    private static void Put32(byte[] header, int at, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), value);

    private static void PutFloat(byte[] header, int at, double value) =>
        BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(at), (float)value);
}
