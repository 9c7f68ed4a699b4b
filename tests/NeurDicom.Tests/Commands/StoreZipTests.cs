using System.Collections;
using NeurDicom.Commands;
using NeurDicom.Tests.Store;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Store.RawZip;

namespace NeurDicom.Tests.Commands;

/// <summary>ZIP archives given to <c>neurdicom store</c>, which looks into them as into folders.</summary>
public sealed class StoreZipTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-store-");
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("neurdicom-files-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _data.Delete(recursive: true);
        _files.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData(true, "study.zip")]
    [InlineData(false, "study.zip")]
    [InlineData(true, "study.bin")]
    public async Task A_zip_that_is_named_is_looked_into(bool withServer, string name)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        Write(name, Study());

        (await RunAsync("store", Path.Join(_files.FullName, name))).ShouldBe(ExitCode.Ok, _error.ToString());

        Printed().ShouldBe("2 stored, 0 already stored, 0 refused, 3 skipped (1 DICOMDIR, 1 hidden, 1 not DICOM)");
        (await RunAsync("verify")).ShouldBe(ExitCode.Ok);
        Printed().ShouldStartWith("2 files, ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_of_zips_is_stored(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        Write("a/1.zip", new RawZip().Add("x", SmallFile.Create("1.2.1")).Build());
        Write("a/2.ZIP", new RawZip { IsLong = true }.Add("y.dcm", SmallFile.Create("1.2.2"), deflated: false).Build());
        Write("a/letter.docx", new RawZip().Add("z", SmallFile.Create("1.2.3")).Build());
        Write("b", SmallFile.Create("1.2.4"));

        (await RunAsync("store", _files.FullName)).ShouldBe(ExitCode.Ok, _error.ToString());

        Printed().ShouldBe("3 stored, 0 already stored, 0 refused, 1 skipped (1 not DICOM)");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_wrong_with_an_entry_is_told_with_its_name(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        server?.ExpectLog("499");
        var file = SmallFile.Create("1.2.1");
        byte[] large = [.. SmallFile.Create("1.2.2"), .. new byte[3 << 20]];
        Write("s.zip", new RawZip()
            .Add("1-crc", file, new Lie(Crc32: 1))
            .Add("2-large-crc", large, new Lie(Crc32: 1), deflated: false)
            .Add("3-encrypted", file, new Lie(Flags: 1))
            .Add("4-inner", new RawZip().Add("x", file).Build())
            .Add("5-empty.dcm", [])
            .Add("6-not.dcm", "a letter"u8.ToArray())
            .Add("7-good", file).Build());
        Write("cut.zip", [.. Study()[..200]]);

        (await RunAsync("store", "--jobs", "1", _files.FullName)).ShouldBe(ExitCode.Failed);

        Printed().ShouldStartWith("1 stored, 0 already stored, 7 refused (");
        foreach (var told in (string[])
            ["1-crc: The entry is damaged", "2-large-crc: The entry is damaged", "3-encrypted: The entry is encrypted.", "4-inner: A ZIP archive within", "5-empty.dcm: the file is empty", "6-not.dcm: ", "cut.zip: The ZIP archive is cut off"])
            _error.ToString().ShouldContain($"{(told.StartsWith("cut", StringComparison.Ordinal) ? "/" : "s.zip/")}{told}");
        (await RunAsync("verify")).ShouldBe(ExitCode.Ok);
        Printed().ShouldStartWith("1 file, ");
    }

    [Fact]
    public async Task Clear_deletes_nothing_where_a_zip_holds_nothing()
    {
        Write("good.zip", new RawZip().Add("x", SmallFile.Create("1.2.1")).Build());
        Write("empty.zip", new RawZip().Add("notes.dcm", "a letter"u8.ToArray()).Build());
        await RunAsync("store", Path.Join(_files.FullName, "good.zip"));

        (await RunAsync("store", Path.Join(_files.FullName, "empty.zip"), "--clear")).ShouldBe(ExitCode.Failed);
        (await RunAsync("store", Path.Join(_files.FullName, "good.zip"), "--clear")).ShouldBe(ExitCode.Ok);

        Printed().ShouldStartWith("1 stored");
    }

    private static byte[] Study() => new RawZip()
        .Add("S/", [], deflated: false).Add("S/DICOMDIR", [1]).Add("S/1", SmallFile.Create("1.2.1")).Add("S/2.dcm", SmallFile.Create("1.2.2"))
        .Add("S/viewer.exe", "MZ"u8.ToArray()).Add("__MACOSX/S/._1", [1]).Build();

    private string Printed() => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];

    private Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync([.. arguments, "--data", _data.FullName], new Hashtable(), _output, _error);

    private void Write(string name, byte[] bytes)
    {
        var path = Path.Join(_files.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
