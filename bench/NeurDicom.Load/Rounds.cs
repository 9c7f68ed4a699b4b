using System.Globalization;

namespace NeurDicom.Load;

/// <summary>The rates of several rounds, in operations a second.</summary>
internal sealed class Rounds
{
    private readonly List<double> _rates = [];
    private readonly List<double> _processorMilliseconds = [];

    public double Median => Quantile(_rates, 0.5);

    public void Add(double rate, double processorMilliseconds = double.NaN)
    {
        _rates.Add(rate);
        if (!double.IsNaN(processorMilliseconds))
            _processorMilliseconds.Add(processorMilliseconds);
    }

    /// <summary>Median and, in brackets, the quartiles.</summary>
    public override string ToString() =>
        $"{Number(Median)} ({Number(Quantile(_rates, 0.25))}–{Number(Quantile(_rates, 0.75))})";

    /// <summary>Processor time of the server for one operation.</summary>
    public string ProcessorTime() => _processorMilliseconds.Count == 0
        ? ""
        : Quantile(_processorMilliseconds, 0.5).ToString("0.00", CultureInfo.InvariantCulture);

    public static string Ratio(double ours, double theirs) =>
        theirs > 0 ? (ours / theirs).ToString(ours / theirs < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ×" : "";

    public static string Number(double value) =>
        value.ToString(value >= 100 ? "#,0" : "0.0", CultureInfo.InvariantCulture);

    private static double Quantile(List<double> values, double part)
    {
        if (values.Count == 0)
            return 0;
        var sorted = values.Order().ToArray();
        var position = part * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
