using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using NeurDicom.Dicom;
using NeurDicom.Export;
using NeurDicom.Index;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Export;

public sealed class ArchiveTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("deflate")]
    public async Task A_study_comes_as_a_file_set_byte_for_byte(string compression)
    {
        await using var server = await ArchiveServer.StartAsync();
        var files = await StoreAsync(server, ("1.1", "1", 2), ("1.1", "1", 1), ("1.1", "2", 1), ("1.2", "1", 1));

        using var response = await server.GetAsync($"/api/studies/1/archive?compression={compression}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        response.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=\"study-1.zip\"");
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        zip.Entries.Select(entry => entry.FullName).ShouldBe(
        [
            "DICOM/PA000001/ST000001/SE000001/IM000001", "DICOM/PA000001/ST000001/SE000001/IM000002",
            "DICOM/PA000001/ST000001/SE000002/IM000001", "DICOMDIR",
        ]);
        // By instance number, whatever the order they came in.
        Read(zip.Entries[0]).ShouldBe(files[1]);
        Read(zip.Entries[1]).ShouldBe(files[0]);
        Read(zip.Entries[2]).ShouldBe(files[2]);
        Records(zip).ShouldBe(
        [
            "PATIENT", "STUDY", "SERIES", @"IMAGE DICOM\PA000001\ST000001\SE000001\IM000001",
            @"IMAGE DICOM\PA000001\ST000001\SE000001\IM000002", "SERIES",
            @"IMAGE DICOM\PA000001\ST000001\SE000002\IM000001",
        ]);
    }

    [Theory]
    [InlineData("patients/1", 3)]
    [InlineData("patients/2", 1)]
    [InlineData("studies/2", 1)]
    [InlineData("series/1", 1)]
    public async Task Every_level_has_an_archive(string path, int files)
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, ("1.1", "1", 1), ("1.1", "2", 1), ("1.2", "1", 1));
        await server.StoreAsync(Instances.Create("1.3", "1", 1, "P2"));

        using var zip = await GetZipAsync(server, $"/api/{path}/archive");

        zip.Entries.Count.ShouldBe(files + 1);
        Records(zip).Count(record => record.StartsWith("IMAGE", StringComparison.Ordinal)).ShouldBe(files);
    }

    [Fact]
    public async Task Nothing_of_a_patient_is_in_a_name()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(Instances.Create("1.1", "1", 1, "../../etc/passwd"));

        using var response = await server.GetAsync("/api/patients/1/archive");

        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("patient-1.zip");
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        foreach (var entry in zip.Entries)
            entry.FullName.ShouldMatch("^(DICOMDIR|DICOM(/[A-Z0-9]{8}){4})$");
    }

    [Fact]
    public async Task What_is_not_there_or_not_asked_rightly_is_refused()
    {
        await using var server = await ArchiveServer.StartAsync();
        foreach (var path in (string[])["patients/1", "studies/7", "series/9"])
        {
            using var missing = await server.GetAsync($"/api/{path}/archive");
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            missing.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        await StoreAsync(server, ("1.1", "1", 1));
        using var wrong = await server.GetAsync("/api/studies/1/archive?compression=lzma");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var head = await server.SendAsync(HttpMethod.Head, "/api/studies/1/archive");
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
    }

    [Fact]
    public async Task Nobody_gets_an_archive_without_signing_in()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });

        using var response = await server.GetAsync("/api/studies/1/archive");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("deflate")]
    public async Task Other_programs_read_it(string compression)
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, [.. Enumerable.Range(1, 30).Select(number => ("1.1", "1", number))]);
        await server.StoreAsync(Instances.Create("1.1", "2", 1, size: 3 << 20));
        using var folder = new TemporaryFolder();
        var file = Path.Join(folder.Path, "a.zip");
        await using (var written = File.Create(file))
        {
            using var response = await server.GetAsync($"/api/studies/1/archive?compression={compression}");
            await response.Content.CopyToAsync(written, TestContext.Current.CancellationToken);
        }

        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), "python3 is absent.");
        Run(Python, "-c", "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))", file)
            .ShouldBe("32");
        if (File.Exists("/usr/bin/unzip"))
            Run("/usr/bin/unzip", "-tqq", file);

        // The file-set on a disk, as its two toolkits see it.
        await ZipFile.ExtractToDirectoryAsync(file, folder.Path, TestContext.Current.CancellationToken);
        var index = Path.Join(folder.Path, "DICOMDIR");
        if (File.Exists("/usr/bin/dcmdump"))
            Run("/usr/bin/dcmdump", "-q", index).ShouldNotContain("W:");
        if (File.Exists("/usr/bin/dciodvfy"))
            Run("/usr/bin/dciodvfy", index).ShouldNotContain("Error");
        Assert.SkipUnless(Succeeds(Python, "-c", "import pydicom.fileset"), "python3-pydicom is absent.");
        Run(
            Python, "-W", "error::UserWarning", "-W", "ignore::DeprecationWarning", "-c",
            "import sys; from pydicom.fileset import FileSet; f=FileSet(sys.argv[1]); "
            + "print(len(f), {i.load().PatientID for i in f}, f.find_values('PatientName'))",
            index).ShouldBe("31 {'P1'} ['Secret^P1=王']");
    }

    [Fact]
    public async Task Storing_an_archive_again_changes_nothing()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, ("1.1", "1", 1), ("1.1", "1", 2), ("1.1", "2", 1));

        using var zip = await GetZipAsync(server, "/api/studies/1/archive");

        foreach (var entry in zip.Entries.Where(entry => entry.Name != "DICOMDIR"))
            (await server.StoreAsync(Read(entry)))["outcome"]!.GetValue<string>().ShouldBe("already_stored");
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_work()
    {
        await using var server = await ArchiveServer.StartAsync();
        for (var number = 1; number <= 12; number++)
            await server.StoreAsync(Instances.Create("1.1", "1", number, size: 2 << 20));
        using (var response = await server.Http.GetAsync(
            new Uri("/api/studies/1/archive", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken))
        {
            await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await body.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);
        }

        for (var waited = Stopwatch.StartNew(); !server.LogText.Contains("Client went away", StringComparison.Ordinal);)
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        // Nobody holds the bytes any more: they go with their rows.
        await server.SendAsync(HttpMethod.Delete, "/api/studies/1");
        for (var waited = Stopwatch.StartNew(); Directory.EnumerateFiles(Path.Join(server.Folder, "large")).Any();)
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_is_deleted_meanwhile_is_left_out_of_both()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, [.. Enumerable.Range(1, 40).Select(number => ("1.1", "1", number))]);
        for (var number = 41; number <= 43; number++)
            await server.StoreAsync(Instances.Create("1.1", "1", number, size: 204_800));
        await using var output = new DeletingStream(() => server.Archive.Writer.DeleteAsync(
            Level.Instance, 43, NeurDicom.Index.Sender.Local, CancellationToken.None));

        var files = await new FileSetExport(server.Archive).WriteZipAsync(
            ExportSelection.Of(Level.Study, 1), output, deflates: false, TimeProvider.System, TestContext.Current.CancellationToken);

        files.ShouldBe(42);
        using var zip = new ZipArchive(output.Written);
        zip.Entries.Count.ShouldBe(43);
        Records(zip).Count(record => record.StartsWith("IMAGE", StringComparison.Ordinal)).ShouldBe(42);
    }

    [Fact]
    public async Task Missing_bytes_end_the_answer_visibly()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(Instances.Create("1.1", "1", 1, size: 2 << 20));
        await server.StoreAsync(Instances.Create("1.1", "1", 2, size: 2 << 20));
        File.Delete(Directory.EnumerateFiles(Path.Join(server.Folder, "large")).Order().Last());
        server.ExpectLog("Stored bytes are missing");
        server.ExpectLog("Cannot send error response after headers written");

        await Should.ThrowAsync<HttpRequestException>(() => server.GetAsync("/api/studies/1/archive"));
    }

    [Fact]
    public async Task What_is_odd_in_a_header_keeps_nothing_from_the_archive()
    {
        await using var server = await ArchiveServer.StartAsync();
        var odd = Instances.Build("1.1", "1", 1).Remove(Tag.StudyDate).Remove(Tag.StudyID).Remove(Tag.InstanceNumber)
            .Remove(Tag.Modality).Remove(Tag.PatientID);
        await server.StoreAsync(DicomWriter.ToFile(odd, TransferSyntax.ImplicitVrLittleEndian));

        using var zip = await GetZipAsync(server, "/api/studies/1/archive");

        Records(zip).ShouldBe(["PATIENT", "STUDY", "SERIES", @"IMAGE DICOM\PA000001\ST000001\SE000001\IM000001"]);
    }

    private static async Task<List<byte[]>> StoreAsync(
        ArchiveServer server, params (string Study, string Series, int Number)[] instances)
    {
        var files = new List<byte[]>();
        foreach (var (study, series, number) in instances)
        {
            files.Add(Instances.Create(study, series, number));
            (await server.StoreAsync(files[^1]))["outcome"]!.GetValue<string>().ShouldBe("stored");
        }

        return files;
    }

    private static async Task<ZipArchive> GetZipAsync(ArchiveServer server, string path) =>
        new(await server.Http.GetStreamAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static IEnumerable<string> Records(ZipArchive zip) =>
        DicomFile.Read(Read(zip.GetEntry("DICOMDIR")!)).DataSet.GetSequence(Tag.DirectoryRecordSequence)
            .Select(item => $"{item.GetString(Tag.DirectoryRecordType)} {item.GetString(Tag.ReferencedFileID)}".Trim());

    private static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        output += errors.GetAwaiter().GetResult();
        process.ExitCode.ShouldBe(0, output);
        return output.Trim();
    }

    /// <summary>Does something before it takes the first byte.</summary>
    private sealed class DeletingStream(Func<Task> act) : Stream
    {
        private bool _acted;

        public MemoryStream Written { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written.Length;

        public override long Position { get => Written.Position; set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancel = default)
        {
            if (!_acted)
                await act();
            _acted = true;
            await Written.WriteAsync(buffer, cancel);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
