using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/series/:id/volume</c>: the slices of a series as one array in rescaled values,
/// ordered by their positions;
/// <c>format</c> is <c>npy</c> or <c>nii</c>.
/// </summary>
[Operation(
    "GET", "Gives the slices as one array", Detail = "Rescaled, and ordered by their positions.",
    Answers = ["application/octet-stream"])]
[Query("format", "npy|nii", "NumPy's file, or NIfTI with its affine.")]
[Query("part", "integer", "Which of several stacks, counted from 1.")]
[RequiredAuth(Role.Reader)]
internal sealed class SeriesVolumeHandler(ApiContext context, InstanceRenderer renderer) : BytesHandler(context)
{
    // Changes when the same request gives other bytes.
    private const string Revision = "volume1";

    public async Task GetAsync(long id)
    {
        var isNifti = ReadFormat();
        var part = ReadPart();
        var instances = await Context.Index.ReadAsync(
            connection => SeriesInstances.Read(connection, id, NiftiHeader.MostSide + 1), Aborted);
        if (instances.Count == 0)
            throw NotFound(Level.Series, id);
        if (instances.Count > NiftiHeader.MostSide)
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity,
                $"The series has more than the {NiftiHeader.MostSide} slices that a volume may have.");
        }

        var etag = EntityTag(instances, isNifti, part);
        SetHeader(HeaderNames.ETag, etag);
        if (CheckEtagHeader())
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        var scan = await VolumeScan.RunAsync(Context.Archive, instances, Aborted);
        var grid = scan.MakeGrid(part);
        if (isNifti && Math.Max(grid.Plane.Rows, grid.Plane.Columns) > NiftiHeader.MostSide)
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity,
                $"NIfTI-1 has at most {NiftiHeader.MostSide} rows and columns; ask for npy.");
        }

        var type = scan.IsWhole ? "<i2" : "<f4";
        var header = isNifti
            ? NiftiHeader.Write(grid, scan.IsWhole)
            : NumpyHeader.Write(type, grid.Slices.Count, grid.Plane.Rows, grid.Plane.Columns);
        var share = await renderer.Budget.TakeAsync(scan.Cost, Aborted);
        await using var volume = new VolumePixels(Context.Archive, grid, header, scan.IsWhole, share);
        RequireSpeed();

        Describe(grid, scan, type);
        SetHeader(HeaderNames.ContentDisposition,
            string.Create(
                CultureInfo.InvariantCulture, $"attachment; filename=\"series-{id}.{(isNifti ? "nii" : "npy")}\""));
        await WriteContentAsync(volume, etag, scan.StoredAt, "application/octet-stream");
    }

    private bool ReadFormat() => GetQueryArgument("format", null)?.ToUpperInvariant() switch
    {
        null or "" or "NPY" => false,
        "NII" => true,
        _ => throw RenderingProblem.Invalid("format", "format is npy or nii."),
    };

    private int? ReadPart()
    {
        if (GetQueryArgument("part", null) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var part) && part >= 1
            ? part
            : throw RenderingProblem.Invalid("part", "part is a whole number from 1 on.");
    }

    private void Describe(VolumeGrid grid, VolumeScan scan, string type)
    {
        SetHeader("X-Volume-Shape", string.Create(
            CultureInfo.InvariantCulture, $"{grid.Slices.Count},{grid.Plane.Rows},{grid.Plane.Columns}"));
        SetHeader("X-Volume-Type", type);
        SetHeader("X-Volume-Affine", string.Join(',',
            grid.Affine.Select(number => number.ToString("R", CultureInfo.InvariantCulture))) + ",0,0,0,1");
        if (scan.Assumed.Count > 0)
            SetHeader("X-Volume-Assumed", string.Join("; ", scan.Assumed));
    }

    private static string EntityTag(List<InstanceVersion> instances, bool isNifti, int? part)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var instance in instances)
            hash.AppendData(instance.Sha256.Span);
        var what = string.Create(CultureInfo.InvariantCulture, $"{Revision}-{(isNifti ? "nii" : "npy")}-{part}");
        return $"\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}-{what}\"";
    }
}
