using System.Text.Json.Nodes;
using static NeurDicom.Replay.Expect;

namespace NeurDicom.Replay;

/// <summary>
/// Why recorded calls are answered otherwise here. A rule names its calls, which of their differences it explains, what it
/// rests on ("bug" and "rule" are the numbers of golden.md, quotations are API.md's), and checks what is right instead.
/// </summary>
internal static class Rules
{
    private const string Everything = "*";

    public static IReadOnlyList<Rule> All { get; } =
    [
        // ---- Lists and details
        Better(
            "patients_missing patients_huge_id studies_missing series_missing instances_missing "
            + "instances_huge_id users_detail_missing cors_404 authon_cookie_missing",
            Everything, "\"Errors\"", "a missing id is 404 with a problem document", Problem(404, "There is no ")),
        Better(
            "patients_bad_id patients_negative_id patients_unicode_digit_id patients_trailing_slash "
            + "patients_detail_trailing_slash studies_bad_id series_bad_id instances_bad_id tags_bad_id "
            + "image_bad_id raw_bad_id options_unknown cors_unknown unknown_api unknown_route unknown_post "
            + "unknown_admin unknown_case unknown_double_slash authon_none_unknown",
            Everything, "\"Errors\"", "an unknown path is 404 with a problem document", Problem(404)),
        Better(
            "unknown_root",
            Everything, "\"Errors\"", "a browser gets a page, and a script 404", Problem(404, "page for browsers")),
        Better(
            "patients_studies_missing_parent studies_series_missing_parent series_instances_missing_parent",
            Everything, "\"404 (also the children of what does not exist\"", "404", Problem(404, "There is no ")),
        Better(
            "patients_list_filter",
            Everything, "\"Lists\"", "filters filter: nobody is called contains=LGG-104", Json(("#", "0"))),
        Better(
            "patients_list_paging",
            Everything, "\"An unknown parameter is 400. Only QIDO has offset\"", "400 that names offset",
            Errors(400, "offset")),
        Better(
            "instances_if_none_match",
            Everything, "\"the automatic ETag of Tornado is for small pages\"",
            "a list of 60 kB is sent again, and has no ETag", Expect.All(Json(("#", "100")), NoHeader("ETag"))),
        Better(
            "study_delete_after_list",
            Everything, "bug 43", "a patient without studies goes with the last",
            Json(("#", "1"), ("0.id", "2"), ("0.images_count", "60"))),
        Better("study_delete_again", Everything, "bug 1", "404", Problem(404, "There is no study 1")),

        // ---- Tags, image, raw
        Better(
            "tags tags_other tags_new_patient tags_no_pixels authon_cookie_tags",
            "body more", "bug 47", "sequences, several values and private elements are there too", MoreTags),
        Better(
            "tags_missing image_missing raw_missing",
            Everything, "bug 1", "404 with a problem document", Problem(404, "There is no instance 999")),
        Better(
            "tags_file_gone image_file_gone raw_file_gone",
            Everything, "bug 2", "410 that leads to verify", Problem(410, "missing", "neurdicom verify")),
        Better(
            "image body_malformed_image authon_cookie_image",
            "body", "bugs 28 and 30", "the file's window is applied", Picture(256, 256)),
        Better("image_512", "body", "bugs 28 and 30", "the file's window is applied", Picture(512, 512)),
        Better(
            "raw_default raw_lum8 raw_lum8_512 raw_two_formats authon_cookie_raw",
            "body", "bug 28", "LUM_8 is (v − min) · 255 / (max − min)", Probe.IsScaled),
        Better("raw_truncated", Everything, "bug 24", "the good file is still there", Probe.IsScaled),
        Better(
            "raw_lower raw_empty_format",
            "body", "\"kept are member names …\" (not rule 12)",
            "the words of format are taken in any case, and an empty one is none", Probe.IsScaled),
        Better(
            "raw_lum16",
            "body", "\"kept are member names …\" (not rule 12)", "LUM_16 is a format: 16 bits up to 65,535",
            Expect.All(Header("X-Image-Format", "LUM_16"), Header("X-Image-Maximum", "828"), Probe.ReachesTop)),
        Better(
            "raw_other_no_pixels raw_other_truncated",
            Everything, "\"kept are member names …\" (not rule 12)",
            "400 for a format that there is not, naming those that there are", Problem(400, "LUM_8", "native")),
        Better(
            "raw_range",
            Everything, "RFC 9110 14.2 (not rule 3)", "ranges are given, as of files",
            Expect.All(Status(206), Header("Content-Range", "bytes 0-99/65536"))),
        Better(
            "image_accept_png",
            Everything, "\"406\"", "what is accepted is sent: PNG", Picture(256, 256, "image/png")),
        Better(
            "image_head method_head_patients method_head_patient method_head_raw",
            "status", "RFC 9110 9.1", "HEAD is offered where GET is", Status(200)),

        // ---- Media
        Better(
            "media_file media_range media_head media_missing media_dir media_dir_noslash media_root "
            + "media_traversal media_traversal_encoded media_options authon_none_media",
            Everything, "\"/media is 404\", bug 13", "files are at /api/instances/:id/file, behind sign-in",
            Problem(404)),

        // ---- Methods and origins
        Better(
            "options_* authon_none_options",
            "header Allow", "bug 16", "OPTIONS says what is offered",
            Expect.All(Status(204), Header("Allow", "OPTIONS"))),
        Better(
            "method_put_* method_post_* method_patch_* method_delete_patients method_trace method_unknown "
            + "method_get_upload method_get_auth upload_put users_check_post users_logout_get "
            + "authon_users_logout_get authon_cookie_put",
            Everything, "\"405 with Allow\"", "405 with Allow and a problem document", NotAllowed),
        Better(
            "method_delete_patient method_delete_series method_delete_instance",
            Everything, "NEURDICOM.md 4.2, \"Promised by the README\"", "DELETE is there at all four levels",
            Expect.All(Status(200), exchange => exchange.Answer.Body.Length == 0 ? null : "there is a body")),
        Better("method_post_instances", Everything, "\"Store\"", "POST stores; nothing was sent", Problem(400, "no body")),

        // ---- Bodies
        Better(
            "body_malformed_get body_form_get",
            Everything, "\"kept are member names …\", RFC 9110 9.3.1", "the body of a GET says nothing",
            Json(("#", "2"), ("0.patient_id", "\"LGG-277\""))),
        Better(
            "body_malformed_tags",
            Everything, "\"kept are member names …\", RFC 9110 9.3.1", "the body of a GET says nothing",
            Json(("Patient ID", "\"LGG-277\""))),

        // ---- Upload
        Better(
            "upload_single upload_new_study upload_new_patient upload_empty_patient_id upload_no_pixels "
            + "upload_100mb px_*_upload authon_cookie_upload",
            Everything, "bug 19", "the answer has id, UID and outcome", Stored(200, "stored")),
        Better(
            "upload_several_fields",
            Everything, "bug 19", "the same for each file", Stored(200, "stored", "stored")),
        Better("upload_several_same_field", Everything, "bug 17", "both are stored", Stored(200, "stored", "stored")),
        Better(
            "upload_duplicate upload_repair",
            Everything, "bug 19", "the same bytes are stored once", Stored(200, "already_stored")),
        Better(
            "upload_no_file upload_empty upload_bad_multipart upload_no_boundary",
            Everything, "bug 18", "400 that says what is wrong", Problem(400)),
        Better(
            "upload_json",
            Everything, "bug 18", "415 that says what is expected", Problem(415, "application/dicom")),
        Better(
            "upload_dicom_body",
            Everything, "bug 18", "application/dicom is taken; this one was there", Stored(200, "already_stored")),
        Better(
            "upload_no_patient_id upload_no_modality upload_no_rows upload_no_instance_number upload_long_name",
            Everything, "bugs 20, 21 and 22", "what may be absent may be absent", Stored(200, "stored")),
        Better(
            "upload_no_modality_again",
            Everything, "bug 21", "the first time was enough", Stored(200, "already_stored")),
        Better(
            "upload_not_dicom upload_empty_file upload_no_sop upload_long_uid",
            Everything, "bug 20", "400 with the reason", Stored(400, "refused")),
        Better(
            "upload_truncated",
            Everything, "bug 24", "half a file is refused, and what is stored stays", Stored(400, "refused")),
        Better(
            "upload_no_preamble",
            Everything, "\"409: all refused, at least one for a conflict\"",
            "other bytes of a stored instance; a file without preamble is taken", Stored(409, "refused")),
        Better(
            "upload_good_and_bad",
            Everything, "bug 23", "an outcome for each", Stored(202, "already_stored", "refused")),
        Better(
            "upload_over_100mb",
            Everything, "bug 26", "uploads are streamed; 105 MB are stored", Stored(200, "stored")),
        Better(
            "upload_zero_tail",
            Everything, "bug 27", "refused, and nobody waits for it",
            Expect.All(Stored(409, "refused"), Within(TimeSpan.FromSeconds(5)))),

        // ---- After the uploads
        Better(
            "upload_result_list",
            "body count", "bugs 20 and 22", "what lacked Rows or InstanceNumber is there too", Json(("#", "51"))),
        Better(
            "upload_result_patients",
            "body count | body images_count", "bugs 20 to 22", "as is what lacked PatientID or Modality",
            Json(("#", "5"), ("0.images_count", "53"), ("1.images_count", "60"))),
        Better(
            "upload_result_studies",
            "body count | body images_count | body patient.images_count | body series.images_count", "bugs 20 to 22",
            "the same below the patients",
            Json(("#", "7"), ("0.images_count", "51"), ("0.patient.images_count", "53"), ("0.series.0.images_count", "51"))),
        Better(
            "upload_result_instances",
            "body order | body count", "bugs 20 to 22 and 48", "all, in the order of their ids",
            Expect.All(Json(("#", "116")), InOrder)),
        Better(
            "image_no_pixels raw_no_pixels",
            Everything, "bug 25, \"422\"", "422 that says so", Problem(422, "no pixel data")),
        Better("image_truncated", Everything, "bug 24", "the good file is still there", Picture(256, 256)),

        // ---- Pixel probes
        Better(
            "px_constant_image px_ct_image px_full_*_image px_offset_image px_ramp*_image px_zero_image "
            + "px_u8_image px_mono1_image px_rescale_image",
            "body", "bugs 28, 29 and 30", "drawn by window, slope and photometric interpretation", Picture(8, 8)),
        Better(
            "px_constant_raw",
            "body", "bug 29", "one value is grey, not black", Bytes([.. Enumerable.Repeat((byte)128, 64)])),
        Better(
            "px_rgb_image",
            "body", "rule 13", "colour as it was; the JPEG is of quality 90, not 75", Picture(8, 8)),
        Better("px_multiframe_image", Everything, "bug 30", "the first frame", Picture(8, 8)),
        Better(
            "px_ct_raw px_full_*_raw px_offset_raw px_ramp*_raw px_u8_raw px_mono1_raw px_rescale_raw "
            + "px_multiframe_raw",
            "body", "bugs 28 and 29", "LUM_8 is (v − min) · 255 / (max − min)", Probe.IsScaled),
        new(
            Verdict.Later,
            "px_jpeg2000_image px_jpeg2000_raw* px_jpeg_baseline_image px_jpeg_baseline_raw* px_rle_image "
            + "px_rle_raw*",
            Everything, "issue", "compressed pixels: 422 that names the transfer syntax",
            Problem(422, "compressed", "1.2.840.10008.1.2.")),

        // ---- Accounts
        Better(
            "users_create",
            Everything, "bug 4", "201",
            Expect.All(Status(201), Json(("email", "\"new@x.org\""), ("password", "null")))),
        Better("users_create_duplicate users_put_duplicate", Everything, "bugs 4 and 9", "409", Problem(409)),
        Better(
            "users_create_missing",
            Everything, "bug 4", "400 that names the fields", Errors(400, "email", "password")),
        Better("users_create_empty", Everything, "bug 4", "400", Problem(400)),
        Better(
            "users_put_invalid",
            Everything, "bug 9", "400 that names the fields", Errors(400, "email", "surname")),
        Better("users_put_missing users_delete_missing", Everything, "bug 1", "404", Problem(404, "There is no ")),
        Better(
            "users_put_cookie authon_users_put_cookie",
            Everything, "bug 10", "only oneself, or an admin", Problem(403)),
        Better(
            "*users_auth_wrong *users_auth_number_password *users_auth_null_password",
            Everything, "bug 5", "401", WrongCredentials),
        Better(
            "*users_auth_unknown *users_auth_case *users_auth_object_email",
            Everything, "bug 6", "401, as for a wrong password", WrongCredentials),
        Better("*users_auth_inactive", Everything, "bug 8", "401", WrongCredentials),
        Better("*users_auth_missing_email", Everything, "bug 7", "400 that names it", Errors(400, "email")),
        Better("*users_auth_missing_password", Everything, "bug 7", "400 that names it", Errors(400, "password")),
        Better("*users_auth_empty *users_auth_query", Everything, "bugs 6 and 7", "400", Problem(400)),
        Better(
            "*users_auth_malformed *users_auth_form",
            Everything, "\"Errors\"", "400 with a problem document", Problem(400)),
        Better(
            "users_logout authon_users_logout",
            "header Set-Cookie", "bug 12", "whatever cookie there is goes",
            Header("Set-Cookie", "neurdicom.auth=;", "1970")),
        Better(
            "authon_users_check_after_logout",
            Everything, "bug 12", "the cookie is worth nothing any more", SignInFirst),
        Better(
            "authon_cookie_user",
            "body name", "bug 10", "nobody has renamed the admin", Json(("name", "\"Ada\""))),
        Better(
            "authon_cookie_users",
            "body*", "bugs 10 and 48", "in the order of ids, and nobody renamed",
            Json(("#", "3"), ("0.name", "\"Ada\""), ("1.name", "\"Uma\""), ("2.name", "\"Off\""))),
        Better(
            "authon_users_list authon_users_create* authon_users_check_none authon_users_check_post "
            + "authon_users_detail* authon_users_put authon_users_put_invalid authon_users_put_duplicate "
            + "authon_users_put_missing authon_users_delete* authon_none_patient* authon_none_stud* "
            + "authon_none_series* authon_none_instance* authon_none_tags authon_none_image authon_none_raw "
            + "authon_none_user* authon_none_missing authon_none_put authon_none_upload authon_none_delete_study "
            + "authon_bad_cookie authon_tampered_cookie authon_cookie_of_deleted",
            Everything, "bug 15", "401 with a problem document and WWW-Authenticate", SignInFirst),
        Better("authon_malformed_body_none", Everything, "bug 50", "401 first", SignInFirst),
        Better(
            "authon_delete_user_plain",
            Everything, "bug 15", "403 with a problem document", Problem(403, "admin")),
        Better(
            "authon_cookie_of_deleted_user_detail authon_cookie_of_deleted_user_put",
            Everything, "bug 11", "401", SignInFirst),

        // ---- Later issues: nothing is there yet, and says so
        Later(
            "nodes_* node_instances* body_malformed_post body_array body_array_pairs body_string body_number "
            + "body_null body_empty_string body_latin1 body_utf16 body_utf8_bom body_duplicate_keys body_nan "
            + "method_put_node method_post_node unknown_echo authon_seed_node authon_*_node* "
            + "authon_cookie_of_deleted_node_put",
            "DICOM nodes"),
        Later(
            "plugins_* plugin_* method_put_plugins method_post_plugins method_get_install authon_*_plugin* "
            + "authon_none_install",
            "plugins"),
        Later("process_* options_process method_get_process authon_*_process", "processing"),
    ];

    // What the original left out: values that are several, sequences, private elements (NEURDICOM.md, defect 5).
    private static string? MoreTags(Exchange exchange)
    {
        var was = exchange.Call.Json!.AsObject();
        foreach (var (name, value) in exchange.Answer.Json!.AsObject())
        {
            if (!was.ContainsKey(name) && value is not JsonArray && !name.EndsWith(')'))
                return $"{name} is neither a sequence, nor several values, nor private";
        }

        return null;
    }

    private static string? InOrder(Exchange exchange)
    {
        var ids = exchange.Answer.Json!.AsArray().Select(row => row!["id"]!.GetValue<long>()).ToList();
        return ids.SequenceEqual(ids.Order()) ? null : "the ids are not in order";
    }

    private static Rule Better(string cases, string aspects, string basis, string expectation, Func<Exchange, string?> check) =>
        new(Verdict.Better, cases, aspects, basis, expectation, check);

    private static Rule Later(string cases, string what) =>
        new(Verdict.Later, cases, Everything, "issue", what, Problem(404, "There is nothing under this address."));
}
