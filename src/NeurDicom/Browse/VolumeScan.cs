using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Handlers;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>Looks at the headers of a series' instances: which slices there are and what their values need.</summary>
internal sealed class VolumeScan
{
    private const int BetweenYields = 16;

    private readonly List<VolumeSlice> _slices = [];
    private readonly List<string> _assumed = [];
    private double? _thickness;
    private bool _isExact = true;

    private VolumeScan()
    {
    }

    /// <summary>Whether all values are whole numbers of 16 bits with a sign.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>What the largest slice takes of the memory.</summary>
    public long Cost { get; private set; }

    /// <summary>When the last of the instances was stored.</summary>
    public DateTimeOffset StoredAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>What the files do not say or what could not be kept, fit for a header.</summary>
    public IReadOnlyList<string> Assumed => _assumed;

    /// <exception cref="ProblemException">422: an instance is no slice of a volume.</exception>
    public static async Task<VolumeScan> RunAsync(
        InstanceArchive archive, IReadOnlyList<InstanceVersion> instances, CancellationToken cancel)
    {
        var scan = new VolumeScan();
        for (var index = 0; index < instances.Count; index++)
        {
            // Other requests on this thread are not kept waiting by a large series.
            if (index % BetweenYields == BetweenYields - 1)
                await Task.Yield();
            cancel.ThrowIfCancellationRequested();
            var (id, version, _) = instances[index];
            using var stored = await archive.OpenAsync(id, version, cancel)
                ?? throw new MissingBytesException($"Instance {id} was deleted while its series was read.");
            scan.Add(stored);
        }

        return scan;
    }

    /// <exception cref="ProblemException">422: what differs.</exception>
    public VolumeGrid MakeGrid(int? part)
    {
        if (VolumeGrid.TryMake(_slices, part, _thickness ?? 1, out var problem) is not { } grid)
            throw Refused(problem);
        if (grid.Slices.Count == 1)
        {
            _assumed.Add(_thickness is { } thickness
                ? Text($"distance of slices {thickness:0.###} mm, the thickness of the only one")
                : "distance of slices 1 mm, which the file does not say");
        }

        if (grid.Tilt > 0)
            _assumed.Add(
                Text($"slices sheared by {grid.Tilt:0.##} degrees against one another, as with a tilted gantry"));
        if (!IsWhole && !_isExact)
            _assumed.Add("values rounded to 32-bit floating point");
        return grid;
    }

    private void Add(StoredInstance stored)
    {
        using var bytes = stored.OpenBytes();
        SlicesOfFile? found;
        string problem;
        try
        {
            var file = DicomFile.Read(bytes, FrameSource.ReadOptions);
            using var frames = FrameSource.TryOpen(file, bytes, out problem);
            found = frames is null ? null : SlicesOfFile.TryRead(file, frames, stored.Id, stored.Version, out problem);
            if (frames is not null && found is not null)
                Cost = Math.Max(Cost, PixelBudget.Cost(frames, sizeof(float)));
        }
        catch (DicomFormatException broken)
        {
            found = null;
            problem = $"The file cannot be read: {broken.Problem} (byte {broken.Position}).";
        }

        if (found is null)
            throw Refused(Text($"Instance {stored.Id}: {problem}"));
        if (_slices.Count + found.Slices.Count > NiftiHeader.MostSide)
            throw Refused(
                Text($"The series has more than the {NiftiHeader.MostSide:N0} slices that a volume may have."));
        _slices.AddRange(found.Slices);
        _thickness ??= found.Thickness;
        IsWhole &= found.IsWhole;
        _isExact &= found.IsExact;
        StoredAt = stored.StoredAt > StoredAt ? stored.StoredAt : StoredAt;
    }

    private static ProblemException Refused(string problem) => new(StatusCodes.Status422UnprocessableEntity, problem);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
