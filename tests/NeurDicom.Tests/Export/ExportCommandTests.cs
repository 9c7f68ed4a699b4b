using System.IO.Compression;
using NeurDicom.Commands;
using NeurDicom.Dicom;
using NeurDicom.Export;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Export;

public sealed class ExportCommandTests : IDisposable
{
    private readonly CommandArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_goes_into_a_folder_and_back(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _archive.Data) : null;
        var files = await StoreAsync();

        (await _archive.RunAsync("export", _archive.At("out"), "--all")).ShouldBe(ExitCode.Ok, _archive.Error.ToString());

        _archive.Printed.ShouldMatch("^4 files, [0-9]+ bytes, exported to .*/out$");
        _archive.Files("out").ShouldBe(
        [
            "DICOM/PA000001/ST000001/SE000001/IM000001", "DICOM/PA000001/ST000001/SE000001/IM000002",
            "DICOM/PA000001/ST000002/SE000001/IM000001", "DICOM/PA000002/ST000001/SE000001/IM000001", "DICOMDIR",
        ]);
        File.ReadAllBytes(_archive.At("out/DICOM/PA000001/ST000001/SE000001/IM000002")).ShouldBe(files[1]);
        _archive.Names().ShouldBe(["out"]);
        (await _archive.RunAsync("store", _archive.At("out"))).ShouldBe(ExitCode.Ok);
        _archive.Printed.ShouldStartWith("0 stored, 4 already stored, 0 refused");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_that_ends_with_zip_makes_an_archive(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _archive.Data) : null;
        await StoreAsync();

        (await _archive.RunAsync("export", _archive.At("out.zip"), "--study", "1.2", "--patient", "P2")).ShouldBe(ExitCode.Ok, _archive.Error.ToString());

        _archive.Printed.ShouldStartWith("2 files, ");
        using (var zip = await ZipFile.OpenReadAsync(_archive.At("out.zip"), TestContext.Current.CancellationToken))
            zip.Entries.Count.ShouldBe(3);
        _archive.Names().ShouldBe(["out.zip"]);
        (await _archive.RunAsync("store", _archive.At("out.zip"))).ShouldBe(ExitCode.Ok);
        _archive.Printed.ShouldStartWith("0 stored, 2 already stored, 0 refused");
    }

    [Theory]
    [InlineData("--study", "1", 2)]
    [InlineData("--study", "1.1", 2)]
    [InlineData("--series", "3", 1)]
    [InlineData("--series", "1.1.1", 2)]
    [InlineData("--patient", "P1", 3)]
    [InlineData("--patient", "id:2", 1)]
    public async Task What_is_exported_is_named_by_id_or_UID(string option, string value, int files)
    {
        await StoreAsync();

        (await _archive.RunAsync("export", _archive.At("out"), option, value)).ShouldBe(ExitCode.Ok, _archive.Error.ToString());

        _archive.Files("out").Count().ShouldBe(files + 1);
    }

    [Fact]
    public async Task A_patient_id_that_is_a_number_is_not_taken_for_an_id()
    {
        await _archive.StoreAsync(Instances.Create("1.1", "1", 1, "7"), Instances.Create("1.2", "1", 1, "1"));

        await _archive.RunAsync("export", _archive.At("out"), "--patient", "1");

        var file = DicomFile.Read(File.ReadAllBytes(_archive.At("out/DICOM/PA000001/ST000001/SE000001/IM000001")));
        file.DataSet.GetString(Tag.PatientID).ShouldBe("1");
    }

    [Theory]
    [InlineData("--study", "1.9")]
    [InlineData("--study", "99")]
    [InlineData("--series", "abc")]
    [InlineData("--patient", "nobody")]
    [InlineData("--patient", "id:x")]
    [InlineData("--patient", "../P1")]
    public async Task What_is_not_there_leaves_nothing(string option, string value)
    {
        await StoreAsync();

        (await _archive.RunAsync("export", _archive.At("out"), option, value)).ShouldBe(ExitCode.Failed);

        _archive.Error.ToString().ShouldContain(value);
        _archive.Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_without_a_name_is_refused()
    {
        await StoreAsync();

        (await _archive.RunAsync("export", "", "--all")).ShouldBe(ExitCode.Failed);

        _archive.Error.ToString().ShouldContain("no name");
        _archive.Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_to_export_has_to_be_said()
    {
        (await _archive.RunAsync("export", _archive.At("out"))).ShouldBe(ExitCode.WrongUsage);
        (await _archive.RunAsync("export", _archive.At("out"), "--all", "--study", "1")).ShouldBe(ExitCode.WrongUsage);
        (await _archive.RunAsync("export", "--all")).ShouldBe(ExitCode.WrongUsage);
    }

    [Fact]
    public async Task An_absent_or_empty_archive_is_said_to_be_so()
    {
        (await _archive.RunAsync("export", _archive.At("out"), "--all")).ShouldBe(ExitCode.Failed);
        _archive.Error.ToString().ShouldContain("There is no archive");

        await StoreAsync();
        await _archive.RunAsync("clear", "--yes");
        (await _archive.RunAsync("export", _archive.At("out"), "--all")).ShouldBe(ExitCode.Failed);
        _archive.Error.ToString().ShouldContain("is empty");
        _archive.Names().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("dangling")]
    [InlineData("folder/")]
    public async Task What_is_there_already_is_never_touched(string name)
    {
        await StoreAsync();
        await File.WriteAllTextAsync(_archive.At("file"), "kept", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_archive.At("folder"));
        Directory.CreateSymbolicLink(_archive.At("link"), _archive.At("folder"));
        File.CreateSymbolicLink(_archive.At("dangling"), _archive.At("victim"));

        (await _archive.RunAsync("export", _archive.At(name), "--all")).ShouldBe(ExitCode.Failed);

        _archive.Error.ToString().ShouldContain("is there already");
        _archive.Names().ShouldBe(["dangling", "file", "folder", "link"]);
        Directory.EnumerateFileSystemEntries(_archive.At("folder")).ShouldBeEmpty();
        File.Exists(_archive.At("victim")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_data_folder_takes_no_export_also_through_a_link()
    {
        await StoreAsync();
        Directory.CreateSymbolicLink(_archive.At("link"), _archive.Data);

        (await _archive.RunAsync("export", Path.Join(_archive.Data, "out"), "--all")).ShouldBe(ExitCode.Failed);
        (await _archive.RunAsync("export", _archive.At("link/segments/out"), "--all")).ShouldBe(ExitCode.Failed);

        _archive.Error.ToString().ShouldContain("would lie in the data folder");
        (await _archive.RunAsync("export", _archive.At("no/such/folder"), "--all")).ShouldBe(ExitCode.Failed);
    }

    [Theory]
    [InlineData("out")]
    [InlineData("out.zip")]
    public async Task An_export_is_its_owners_only(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        await StoreAsync();

        await _archive.RunAsync("export", _archive.At(name), "--all");

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
#pragma warning disable CA1416 // Skipped above.
        (File.GetUnixFileMode(_archive.At(name)) & Others).ShouldBe(UnixFileMode.None);
#pragma warning restore CA1416
    }

    [Theory]
    [InlineData(true, "out")]
    [InlineData(false, "out")]
    [InlineData(false, "out.zip")]
    public async Task Missing_bytes_fail_it_and_leave_nothing(bool withServer, string name)
    {
        await _archive.StoreAsync(Instances.Create("1.1", "1", 1), Instances.Create("1.1", "1", 2, size: 2 << 20));
        File.Delete(Directory.EnumerateFiles(Path.Join(_archive.Data, "large")).Single());
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _archive.Data) : null;
        server?.ExpectLog("Stored bytes are missing");
        server?.ExpectLog("Cannot send error response after headers written");

        (await _archive.RunAsync("export", _archive.At(name), "--all")).ShouldBe(ExitCode.Failed);

        _archive.Error.ToString().ShouldNotContain("   at ");
        _archive.Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_interrupted_export_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        using (var target = ExportTarget.Create(_archive.At("out"), _archive.Data))
        {
            await Should.ThrowAsync<OperationCanceledException>(() => target.WriteAsync(
                async (stream, token) =>
                {
                    await stream.WriteAsync("PK\x03\x04"u8.ToArray(), token);
                    await stop.CancelAsync();
                    await Task.Delay(Timeout.Infinite, token);
                },
                _ => { },
                stop.Token));
            _archive.Names().Count().ShouldBe(1);
        }

        _archive.Names().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../../escape")]
    [InlineData("/etc/cron.d/x")]
    [InlineData("DICOM/PA000001/ST000001/SE000001/../../../../../x")]
    [InlineData("DICOM/PA000001/ST000001/SE000001/im000001")]
    [InlineData("")]
    public async Task A_name_that_no_file_set_has_is_not_unpacked(string name)
    {
        var zip = new MemoryStream();
        await using (var writer = new ZipWriter(zip, new MemoryStream()))
        {
            await writer.AddStoredAsync(name, DateTimeOffset.UnixEpoch, new MemoryStream([1]), CancellationToken.None);
            await writer.FinishAsync(CancellationToken.None);
        }

        zip.Position = 0;
        Directory.CreateDirectory(_archive.At("out"));
        await Should.ThrowAsync<InvalidDataException>(
            () => new FileSetUnpacker(zip, _archive.At("out"), _ => { }).RunAsync(CancellationToken.None));

        Directory.EnumerateFileSystemEntries(_archive.At("out")).ShouldBeEmpty();
        _archive.Names().ShouldBe(["out"]);
    }

    [Fact]
    public async Task What_is_cut_or_changed_on_the_way_is_seen()
    {
        var whole = new MemoryStream();
        await using (var writer = new ZipWriter(whole, new MemoryStream()))
        {
            await writer.AddStoredAsync("DICOMDIR", DateTimeOffset.UnixEpoch, new MemoryStream(new byte[5000]), CancellationToken.None);
            await writer.FinishAsync(CancellationToken.None);
        }

        var bytes = whole.ToArray();
        foreach (var length in (int[])[0, 3, 20, 35, 4000, 5037, 5038, 5060, bytes.Length - 1])
            await ShouldFail(bytes[..length]);
        bytes[1000]++;
        await ShouldFail(bytes);

        async Task ShouldFail(byte[] damaged)
        {
            var folder = Directory.CreateDirectory(_archive.At(Guid.NewGuid().ToString("N"))).FullName;
            await Should.ThrowAsync<InvalidDataException>(
                () => new FileSetUnpacker(new MemoryStream(damaged), folder, _ => { }).RunAsync(CancellationToken.None));
        }
    }

    private async Task<byte[][]> StoreAsync()
    {
        byte[][] files =
        [
            Instances.Create("1.1", "1", 1), Instances.Create("1.1", "1", 2), Instances.Create("1.2", "1", 1),
            Instances.Create("1.3", "1", 1, "P2"),
        ];
        await _archive.StoreAsync(files);
        return files;
    }
}
