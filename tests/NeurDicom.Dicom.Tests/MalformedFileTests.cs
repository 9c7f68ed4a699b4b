using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

/// <summary>The broken files of <c>samples/malformed</c>; its <c>index.tsv</c> says what is wrong and how to take each.</summary>
public sealed class MalformedFileTests
{
    public enum Outcome
    {
        /// <summary>The reader refuses the file.</summary>
        Refused,

        /// <summary>The elements are read; the pixel data are found to be cut off.</summary>
        Truncated,

        /// <summary>The elements are read; the pixel data are found not to be fragments.</summary>
        NotFragments,

        /// <summary>The elements are read; the fragments are not ended by a delimiter.</summary>
        NotDelimited,

        /// <summary>The file is read and a warning tells what is wrong.</summary>
        Warned,

        /// <summary>The file is read: what is wrong with it lies in the pixels or in what values mean.</summary>
        Read,
    }

    public static TheoryData<string, Outcome> Files => new()
    {
        { "deflate_bomb_256mb.dcm", Outcome.Refused },
        { "deflate_garbage.dcm", Outcome.Refused },
        { "item_longer_than_sequence.dcm", Outcome.Refused },
        { "item_wrong_tag.dcm", Outcome.Refused },
        { "length_beyond_eof.dcm", Outcome.Refused },
        { "nested_20000_levels.dcm", Outcome.Refused },
        { "preamble_no_prefix.dcm", Outcome.Refused },
        { "preamble_only.dcm", Outcome.Refused },
        { "random_bytes.dcm", Outcome.Refused },
        { "rtplan_truncated.dcm", Outcome.Refused },
        { "text_file.dcm", Outcome.Refused },
        { "truncated_in_header.dcm", Outcome.Refused },
        { "truncated_in_meta.dcm", Outcome.Refused },
        { "truncated_in_sequence.dcm", Outcome.Refused },
        { "truncated_in_tag.dcm", Outcome.Refused },
        { "zero_length.dcm", Outcome.Refused },
        { "3gb-bulk-data-truncated.dcm", Outcome.Truncated },
        { "MR_truncated.dcm", Outcome.Truncated },
        { "deflate_truncated.dcm", Outcome.Truncated },
        { "encapsulated_item_past_eof.dcm", Outcome.Truncated },
        { "pixel_length_2gb.dcm", Outcome.Truncated },
        { "truncated_pixel_data.dcm", Outcome.Truncated },
        { "undefined_length_native_pixels.dcm", Outcome.NotFragments },
        { "emri_small_jpeg_2k_lossless_too_short.dcm", Outcome.NotDelimited },
        { "jpegls_scan_all_ff.dcm", Outcome.NotDelimited },
        { "rle_runs_past_frame.dcm", Outcome.NotDelimited },
        { "GH340.dcm", Outcome.Warned },
        { "badVR.dcm", Outcome.Warned },
        { "charset_escape_without_extension.dcm", Outcome.Warned },
        { "charset_underscore_variant.dcm", Outcome.Warned },
        { "charset_unknown_term.dcm", Outcome.Warned },
        { "charset_utf8_invalid_bytes.dcm", Outcome.Warned },
        { "date_time_invalid.dcm", Outcome.Warned },
        { "decimal_string_garbage.dcm", Outcome.Warned },
        { "duplicate_tag.dcm", Outcome.Warned },
        { "group0_in_dataset.dcm", Outcome.Warned },
        { "group2_in_dataset.dcm", Outcome.Warned },
        { "meta_group_length_short.dcm", Outcome.Warned },
        { "meta_group_length_wrong.dcm", Outcome.Warned },
        { "meta_no_transfer_syntax.dcm", Outcome.Warned },
        { "missing_item_delimiter.dcm", Outcome.Warned },
        { "missing_sequence_delimiter.dcm", Outcome.Warned },
        { "no_preamble_dicm_in_data.dcm", Outcome.Warned },
        { "null_bytes_in_text.dcm", Outcome.Warned },
        { "odd_length_value.dcm", Outcome.Warned },
        { "patient_id_65k.dcm", Outcome.Warned },
        { "says_explicit_is_implicit.dcm", Outcome.Warned },
        { "says_explicit_le_is_big_endian.dcm", Outcome.Warned },
        { "says_implicit_is_explicit.dcm", Outcome.Warned },
        { "stray_sequence_delimiter.dcm", Outcome.Warned },
        { "tags_out_of_order.dcm", Outcome.Warned },
        { "uid_invalid_chars.dcm", Outcome.Warned },
        { "uid_leading_zero.dcm", Outcome.Warned },
        { "uid_too_long.dcm", Outcome.Warned },
        { "unknown_transfer_syntax.dcm", Outcome.Warned },
        { "vr_lower_case.dcm", Outcome.Warned },
        { "vr_null_bytes.dcm", Outcome.Warned },
        { "vr_spaces.dcm", Outcome.Warned },
        { "vr_unknown_zz.dcm", Outcome.Warned },
        { "JPEG-lossy.dcm", Outcome.Read },
        { "JPEG2000-embedded-sequence-delimiter.dcm", Outcome.Read },
        { "JPEGLossless_1s_1f_i_16_16_bad.dcm", Outcome.Warned },
        { "bad_sequence.dcm", Outcome.Warned },
        { "bits_allocated_7.dcm", Outcome.Read },
        { "bits_stored_gt_allocated.dcm", Outcome.Read },
        { "bot_length_not_multiple_of_4.dcm", Outcome.Read },
        { "bot_offsets_wrong.dcm", Outcome.Read },
        { "date_old_format.dcm", Outcome.Read },
        { "encapsulated_no_delimiter.dcm", Outcome.Read },
        { "j2k_siz_huge.dcm", Outcome.Read },
        { "j2k_zeroed_middle.dcm", Outcome.Read },
        { "jpeg_bad_huffman_table.dcm", Outcome.Read },
        { "jpeg_empty_fragment.dcm", Outcome.Read },
        { "jpeg_sof_size_mismatch.dcm", Outcome.Read },
        { "number_of_frames_huge.dcm", Outcome.Read },
        { "number_of_frames_negative.dcm", Outcome.Read },
        { "palette_lut_too_short.dcm", Outcome.Read },
        { "patient_name_script.dcm", Outcome.Read },
        { "photometric_unknown.dcm", Outcome.Read },
        { "pixel_data_extra_bytes.dcm", Outcome.Read },
        { "rescale_slope_zero.dcm", Outcome.Read },
        { "rle_offset_past_end.dcm", Outcome.Read },
        { "rle_segment_count_16.dcm", Outcome.Read },
        { "rows_absent.dcm", Outcome.Read },
        { "rows_columns_too_large.dcm", Outcome.Read },
        { "rows_zero.dcm", Outcome.Read },
        { "samples_per_pixel_4.dcm", Outcome.Read },
        { "says_jpeg_is_native.dcm", Outcome.Read },
        { "says_rle_is_jpeg2000.dcm", Outcome.Read },
        { "study_uid_missing.dcm", Outcome.Read },
        { "uid_empty.dcm", Outcome.Read },
        { "uid_space_padded.dcm", Outcome.Read },
        { "window_width_zero.dcm", Outcome.Read },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_is_taken_as_the_index_says(string name, Outcome expected)
    {
        var bytes = SampleFiles.Read($"malformed/{name}");

        TakeFromMemory(bytes).ShouldBe(expected);
        TakeFromStream(bytes).ShouldBe(expected);
    }

    [Fact]
    public void Every_broken_file_of_the_index_is_in_the_table()
    {
        _ = SampleFiles.Path("malformed/index.tsv");

        var names = SampleFiles.Rows("malformed/index.tsv").Select(row => row["file"]);

        names.ShouldBe(Files.Select(row => row.Data.Item1), ignoreOrder: true);
    }

    [Theory]
    [InlineData("3gb-bulk-data-truncated.dcm")]
    [InlineData("deflate_bomb_256mb.dcm")]
    [InlineData("nested_20000_levels.dcm")]
    [InlineData("pixel_length_2gb.dcm")]
    [InlineData("rows_columns_too_large.dcm")]
    [InlineData("number_of_frames_huge.dcm")]
    public void A_claim_is_not_allocated(string name)
    {
        var bytes = SampleFiles.Read($"malformed/{name}");
        TakeFromStream(bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        TakeFromStream(bytes);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
    }

    [Theory]
    [InlineData("truncated_pixel_data.dcm", "The pixel data are shorter than one frame.")]
    [InlineData("MR_truncated.dcm", "The pixel data are shorter than one frame.")]
    [InlineData("rows_columns_too_large.dcm", "The pixel data are shorter than one frame.")]
    [InlineData("3gb-bulk-data-truncated.dcm", "Bits Stored is larger than Bits Allocated.")]
    [InlineData("rows_zero.dcm", "Rows or Columns is absent or zero.")]
    [InlineData("rows_absent.dcm", "Rows or Columns is absent or zero.")]
    [InlineData("samples_per_pixel_4.dcm", "Samples per Pixel is neither 1 nor 3.")]
    [InlineData("bits_allocated_7.dcm", "Bits Allocated is none of 1, 8, 16, 32 and 64.")]
    [InlineData("GH340.dcm", "Bits Allocated is none of 1, 8, 16, 32 and 64.")]
    [InlineData("bits_stored_gt_allocated.dcm", "Bits Stored is larger than Bits Allocated.")]
    [InlineData("says_jpeg_is_native.dcm", "The pixel data are encapsulated (JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])).")]
    [InlineData("study_uid_missing.dcm", "")]
    [InlineData("number_of_frames_negative.dcm", "")]
    [InlineData("number_of_frames_huge.dcm", "")]
    [InlineData("pixel_data_extra_bytes.dcm", "")]
    public void Pixels_that_cannot_be_read_are_refused_with_a_reason(string name, string expected)
    {
        var bytes = SampleFiles.Read($"malformed/{name}");
        var file = DicomFile.Read(bytes);

        var frames = NativeFrames.TryOpen(file, bytes, out var problem);

        problem.ShouldBe(expected);
        frames?.Count.ShouldBe(1);
    }

    [Fact]
    public void No_message_holds_a_value()
    {
        string[] values = ["CompressedSamples", "1.3.6.1.4.1.5962", "4MR1", "Doe", "20261340", "NaN"];
        foreach (var row in Files)
        {
            var bytes = SampleFiles.Read($"malformed/{row.Data.Item1}");
            var messages = Messages(bytes);

            messages.ShouldNotContain(message => values.Any(message.Contains), row.Data.Item1);
        }
    }

    private static List<string> Messages(byte[] bytes)
    {
        try
        {
            var file = DicomFile.Read(bytes);
            return [.. file.Warnings.Concat(ValueRules.Check(file.DataSet)).Select(warning => warning.ToString())];
        }
        catch (DicomFormatException exception)
        {
            return [exception.Message];
        }
    }

    private static Outcome TakeFromMemory(byte[] bytes)
    {
        try
        {
            var file = DicomFile.Read(bytes);
            return Judge(file, PixelDataOutline.Read(bytes, file));
        }
        catch (DicomFormatException)
        {
            return Outcome.Refused;
        }
    }

    private static Outcome TakeFromStream(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes);
            var file = DicomFile.Read(stream);
            return Judge(file, PixelDataOutline.Read(stream, file));
        }
        catch (DicomFormatException)
        {
            return Outcome.Refused;
        }
    }

    private static Outcome Judge(DicomFile file, PixelDataOutline? pixels) => pixels?.State switch
    {
        PixelDataState.Truncated => Outcome.Truncated,
        PixelDataState.NotFragments => Outcome.NotFragments,
        PixelDataState.NotDelimited => Outcome.NotDelimited,
        _ when file.Warnings.Count > 0 || ValueRules.Check(file.DataSet).Count > 0 => Outcome.Warned,
        _ => Outcome.Read,
    };
}
