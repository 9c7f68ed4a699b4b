namespace NeurDicom.Imaging;

/// <summary>A Modality LUT or VOI LUT: LUT Descriptor (0028,3002) and LUT Data (0028,3006); PS3.3 C.11.1.1.1, C.11.2.1.1.</summary>
/// <param name="First">The value that the first entry stands for; what lies below takes the first entry.</param>
/// <param name="Entries">At least one; what lies behind the last takes the last.</param>
/// <param name="Bits">Bits of an entry, 1 to 16.</param>
internal sealed record LookupTable(int First, ushort[] Entries, int Bits)
{
    public double Apply(double value)
    {
        var index = Math.Clamp(Math.Round(value) - First, 0, Entries.Length - 1);
        return Entries[(int)index];
    }

    /// <summary>Where the entry lies between black (0) and white (1).</summary>
    public double ApplyRelative(double value) => Math.Min(1, Apply(value) / ((1 << Bits) - 1));
}
