using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using NeurDicom.Dicom;

namespace NeurDicom;

/// <summary>
/// The whole configuration. A value comes from the command line (<c>--rest_port 9000</c>), else from the environment
/// (<c>NEURDICOM_REST_PORT</c>), else from <c>settings.json</c> in the data folder, else it is the default that stands
/// here. <see cref="SettingsReader"/> reads it; <c>neurdicom serve --help</c> prints it. Sizes are bytes or carry a
/// unit: <c>512KiB</c>, <c>8GiB</c>, <c>10GB</c>.
/// </summary>
internal sealed class Settings
{
    // ---- Listening

    [Setting("Address to listen on; 0.0.0.0 or :: for every one.")]
    public string Address { get; init; } = "127.0.0.1";

    [Setting("TCP port of the REST API."), Range(0, 65535)]
    public int RestPort { get; init; } = 8080;

    [Setting("TCP port for HTTPS; plain HTTP is then served to this machine only."), Range(0, 65535)]
    public int? HttpsPort { get; init; }

    [Setting("Serve plain HTTP to the network too where there is HTTPS: passwords and images can be read on the way.")]
    public bool AllowPlainNetwork { get; init; }

    [Setting("Certificate for HTTPS: a PEM or PFX file; by default the server makes one in the data folder.")]
    public string Certificate { get; init; } = "";

    [Setting("PEM file with the private key of the certificate, where it lies in another file.")]
    public string CertificateKey { get; init; } = "";

    [Setting("File that holds the password of the key; or NEURDICOM_CERTIFICATE_PASSWORD in the environment.")]
    public string CertificatePasswordFile { get; init; } = "";

    [Setting("Tell browsers to use HTTPS only for this host name, on all its ports, for a year.")]
    public bool Hsts { get; init; }

    [Setting("Names by which browsers may reach a server on loopback, besides localhost; separated by commas.")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    [Setting("Origins whose pages may use the API, separated by commas; none by default.")]
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    [Setting("Least important messages that are logged: debug, information, warning, error.")]
    public LogLevel Logging { get; init; } = LogLevel.Information;

    // ---- Archive

    [Setting("Folder that holds the archive.")]
    public string Data { get; init; } = "./data";

    [Setting("Other bytes under a SOP Instance UID that is stored: refuse them, or keep them as the new version.")]
    public DuplicatePolicy Duplicates { get; init; } = DuplicatePolicy.Refuse;

    [Setting("Issuer of patients whose files name none."), StringLength(64)]
    public string DefaultIssuer { get; init; } = "";

    [Setting("Space that stores leave free on the disk."), Size]
    public long DiskReserve { get; init; } = 5L << 30;

    [Setting("The same in hundredths of the disk; the smaller of the two counts."), Range(0, 90)]
    public int DiskReservePercent { get; init; } = 2;

    // ---- Sign-in

    [Setting("Ask for sign-in.")]
    public bool RequireAuth { get; init; } = true;

    [Setting("Let anybody on the network in where require_auth is false; loopback only otherwise.")]
    public bool AllowAnonymousNetwork { get; init; }

    // ---- Audit trail: who did what with patient data (docs/decisions/0007)

    [Setting("Days for which the audit trail is kept."), Range(1, 36_500)]
    public int AuditDays { get; init; } = 730;

    [Setting("Rows of the audit trail that are kept at most, of some 300 bytes each."), Range(10_000, 1_000_000_000)]
    public int AuditRows { get; init; } = 10_000_000;

    // ---- DIMSE. The port is the original's (NEURDICOM.md 4.4); 104 would need root.

    [Setting("In a later release: our AE title, PS3.5 6.2."), StringLength(16, MinimumLength = 1)]
    public string Aet { get; init; } = "NEURDICOM";

    [Setting("In a later release: TCP port for DICOM associations."), Range(1, 65535)]
    public int DicomPort { get; init; } = 4242;

    // ---- Limits

    [Setting("Largest instance."), Size]
    public long MaxUpload { get; init; } = 8L << 30;

    [Setting("Largest request."), Size]
    public long MaxRequest { get; init; } = 64L << 30;

    [Setting("Parts of a multipart request."), Range(1, 100_000_000)]
    public int MaxParts { get; init; } = 1_000_000;

    [Setting("Header of one part."), Size(1 << 30)]
    public long MaxPartHeader { get; init; } = 16 << 10;

    [Setting("Nested sequences in a data set."), Range(1, DicomLimits.MaxDepth)]
    public int MaxNesting { get; init; } = DicomLimits.MaxDepth;

    [Setting("Elements in a data set."), Range(1000, 100_000_000)]
    public int MaxElements { get; init; } = 1_000_000;

    [Setting("How many times its size deflated content, in DICOM and in ZIP archives, may grow to."), Range(2, 100_000)]
    public int MaxInflateRatio { get; init; } = 200;

    [Setting("Entries of a ZIP archive."), Range(1, 10_000_000)]
    public int MaxZipEntries { get; init; } = 100_000;

    [Setting("JSON body."), Size(1 << 30)]
    public long MaxJson { get; init; } = 1 << 20;

    [Setting("Seconds that a query may take."), Range(1, 600)]
    public int QuerySeconds { get; init; } = 2;

    [Setting("Stores at one time; the sockets of the others wait."), Range(1, 10_000)]
    public int MaxStores { get; init; } = 64;
}

/// <summary>What happens to other bytes under a SOP Instance UID that is stored.</summary>
internal enum DuplicatePolicy
{
    Refuse,
    Keep,
}
