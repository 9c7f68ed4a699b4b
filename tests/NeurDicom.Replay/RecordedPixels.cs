using System.Globalization;

namespace NeurDicom.Replay;

/// <summary>A row of pixels.csv: what the original made of the pixels of one of the hundred instances.</summary>
internal sealed record RecordedPixels(
    long Id, string SopInstanceUid, int Rows, int Columns, int Min, int Max, string PixelDataHash, string Lum8Hash)
{
    public static RecordedPixels Parse(string line)
    {
        var cells = line.Split(',');
        return new RecordedPixels(Number(0), cells[2], Number(3), Number(4), Number(7), Number(8), cells[9], cells[10]);

        int Number(int column) => int.Parse(cells[column], CultureInfo.InvariantCulture);
    }
}
