using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>What multi-frame objects of the enhanced kind say for each frame or once for all: PS3.3 C.7.6.16.</summary>
internal static class FunctionalGroups
{
    /// <summary>The macro of a frame, counted from 0, or the one that all share; null where there is none.</summary>
    public static DicomDataSet? Find(DicomDataSet dataSet, int frame, Tag macro)
    {
        var frames = dataSet.GetSequence(Tag.PerFrameFunctionalGroupsSequence);
        return (frame < frames.Count ? First(frames[frame], macro) : null)
            ?? (First(dataSet, Tag.SharedFunctionalGroupsSequence) is { } shared ? First(shared, macro) : null);
    }

    /// <summary>The first item of a sequence; null where there is none.</summary>
    public static DicomDataSet? First(DicomDataSet dataSet, Tag sequence)
    {
        var items = dataSet.GetSequence(sequence);
        return items.Count > 0 ? items[0] : null;
    }
}
