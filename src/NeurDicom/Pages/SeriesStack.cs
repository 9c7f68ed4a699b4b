using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary>
/// The images of a series in the order of their instance numbers, as the API lists them, and how many frames each has.
/// </summary>
internal sealed class SeriesStack
{
    /// <summary>Beyond it a series is shown in part.</summary>
    private const int Most = 20_000;

    private static readonly string Images =
        $"SELECT id, frames FROM instances WHERE series = ?1 ORDER BY instance_number, id LIMIT {Most}";

    private readonly List<(long Id, int Frames)> _images = [];

    private SeriesStack()
    {
    }

    public int Count => _images.Count;

    public (long Id, int Frames) this[int index] => _images[index];

    public static SeriesStack Read(SqliteConnection connection, long series)
    {
        var stack = new SeriesStack();
        using var rows = Rows.Of(connection, Images).Bind(1, series);
        while (rows.Read())
            stack._images.Add((rows.Int64(0), rows.IsNull(1) ? 1 : (int)Math.Clamp(rows.Int64(1), 1, int.MaxValue)));
        return stack;
    }

    /// <summary>The place of an image, counted from 0; -1 where it is not in the series.</summary>
    public int IndexOf(long id) => _images.FindIndex(image => image.Id == id);

    /// <summary>
    /// The images for the viewer's script: <c>17-316,400:30</c> is 300 images of one frame and one of thirty.
    /// </summary>
    public string ToText()
    {
        var text = new StringBuilder();
        for (var first = 0; first < _images.Count;)
        {
            var last = first;
            if (_images[first].Frames == 1)
            {
                while (last + 1 < _images.Count && _images[last + 1] == (_images[last].Id + 1, 1))
                    last++;
            }

            if (text.Length > 0)
                text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{_images[first].Id}");
            if (last > first)
                text.Append(CultureInfo.InvariantCulture, $"-{_images[last].Id}");
            if (_images[first].Frames > 1)
                text.Append(CultureInfo.InvariantCulture, $":{_images[first].Frames}");
            first = last + 1;
        }

        return text.ToString();
    }
}
