using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>What multi-frame objects of the enhanced kind say for each frame or once for all: PS3.3 C.7.6.16.</summary>
internal sealed class FunctionalGroups(DicomDataSet dataSet)
{
    // Listed once: there are as many items as frames.
    private readonly DicomSequence _frames = dataSet.GetSequence(Tag.PerFrameFunctionalGroupsSequence);
    private readonly DicomDataSet? _shared = First(dataSet, Tag.SharedFunctionalGroupsSequence);

    public DicomDataSet DataSet => dataSet;

    /// <summary>Whether a frame may say something of its own.</summary>
    public bool DifferByFrame => _frames.Count > 0;

    /// <summary>The macro of a frame, counted from 0, or the one that all share; null where there is none.</summary>
    public DicomDataSet? Find(int frame, Tag macro) =>
        (frame < _frames.Count ? First(_frames[frame], macro) : null)
            ?? (_shared is null ? null : First(_shared, macro));

    /// <summary>The same for who asks once.</summary>
    public static DicomDataSet? Find(DicomDataSet dataSet, int frame, Tag macro) =>
        new FunctionalGroups(dataSet).Find(frame, macro);

    /// <summary>The first item of a sequence; null where there is none.</summary>
    public static DicomDataSet? First(DicomDataSet dataSet, Tag sequence)
    {
        var items = dataSet.GetSequence(sequence);
        return items.Count > 0 ? items[0] : null;
    }
}
