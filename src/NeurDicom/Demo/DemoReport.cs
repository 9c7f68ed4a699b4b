using NeurDicom.Dicom;

namespace NeurDicom.Demo;

/// <summary>A report as a structured document: Basic Text SR (PS3.3 A.35.1).</summary>
internal static class DemoReport
{
    private const string BasicTextSr = "1.2.840.10008.5.1.4.1.1.88.11";
    private const string CtImage = "1.2.840.10008.5.1.4.1.1.2";

    /// <param name="slices">Of the series that the report is about; it refers to the one with the nodule.</param>
    public static DemoFile Of(DemoStudy study, string history, string findings, string impression, int slices) =>
        new("SR", () =>
    {
        // The nodule lies 46 mm above the middle.
        var number = Math.Clamp((int)((Chest.Top - 46) / 300 * slices) + 1, 1, slices);
        var image = new DicomDataSetBuilder()
            .Set(Tag.ReferencedSopClassUid, CtImage)
            .Set(Tag.ReferencedSopInstanceUid, study.InstanceUid(2, number));
        var report = study.Begin(BasicTextSr, "SR", 9, "Report", 1)
            .SetSequence(Tag.ReferencedPerformedProcedureStepSequence)
            .Set(Tag.ValueType, "CONTAINER")
            .SetSequence(Tag.ConceptNameCodeSequence, Code("18748-4", "LN", "Diagnostic imaging study"))
            .Set(Tag.ContinuityOfContent, "SEPARATE")
            .SetSequence(
                Tag.CurrentRequestedProcedureEvidenceSequence,
                new DicomDataSetBuilder()
                    .Set(Tag.StudyInstanceUid, study.Uid)
                    .SetSequence(
                        Tag.ReferencedSeriesSequence,
                        new DicomDataSetBuilder()
                            .Set(Tag.SeriesInstanceUid, study.SeriesUid(2))
                            .SetSequence(Tag.ReferencedSopSequence, image)))
            .SetSequence(Tag.PerformedProcedureCodeSequence)
            .Set(Tag.CompletionFlag, "COMPLETE")
            .Set(Tag.VerificationFlag, "UNVERIFIED")
            .SetSequence(
                Tag.ContentSequence,
                Section("121060", "History", Text("121060", "History", history)),
                Section("121070", "Findings", Text("121071", "Finding", findings), Image(image)),
                Section("121072", "Impressions", Text("121073", "Impression", impression)));
        return DicomWriter.ToFile(report, TransferSyntax.ExplicitVrLittleEndian);
    });

    private static DicomDataSetBuilder Section(string code, string meaning, params DicomDataSetBuilder[] content) =>
        new DicomDataSetBuilder()
            .Set(Tag.RelationshipType, "CONTAINS")
            .Set(Tag.ValueType, "CONTAINER")
            .SetSequence(Tag.ConceptNameCodeSequence, Code(code, "DCM", meaning))
            .Set(Tag.ContinuityOfContent, "SEPARATE")
            .SetSequence(Tag.ContentSequence, content);

    private static DicomDataSetBuilder Text(string code, string meaning, string text) => new DicomDataSetBuilder()
        .Set(Tag.RelationshipType, "CONTAINS")
        .Set(Tag.ValueType, "TEXT")
        .SetSequence(Tag.ConceptNameCodeSequence, Code(code, "DCM", meaning))
        .Set(Tag.TextValue, text);

    private static DicomDataSetBuilder Image(DicomDataSetBuilder image) => new DicomDataSetBuilder()
        .Set(Tag.RelationshipType, "CONTAINS")
        .Set(Tag.ValueType, "IMAGE")
        .SetSequence(Tag.ReferencedSopSequence, image);

    private static DicomDataSetBuilder Code(string value, string scheme, string meaning) => new DicomDataSetBuilder()
        .Set(Tag.CodeValue, value)
        .Set(Tag.CodingSchemeDesignator, scheme)
        .Set(Tag.CodeMeaning, meaning);
}
