using NeurDicom.Commands;
using NeurDicom.Store;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class FileWalkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurdicom-walk-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Dicom_is_found_whatever_its_name()
    {
        Write("a/IM0001");
        Write("a/b/scan.dcm");
        Write("a/notes.txt", "hello"u8.ToArray());

        Candidates().ShouldBe(["a/IM0001", "a/b/scan.dcm"]);
        Find().Single(found => found.Kind == FoundKind.Skipped).Reason.ShouldBe(FileWalk.NotDicom);
    }

    [Fact]
    public void A_dicomdir_is_skipped_by_its_name()
    {
        Write("DICOMDIR");
        Write("sub/dicomdir");

        Candidates().ShouldBeEmpty();
        FileWalk.Find([FullPath("DICOMDIR")]).Single().Kind.ShouldBe(FoundKind.Skipped);
    }

    [Fact]
    public void Hidden_files_and_folders_are_skipped()
    {
        Write(".hidden.dcm");
        Write(".git/object");

        Candidates().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_named_is_taken_whatever_it_holds()
    {
        Write(".odd", "hello"u8.ToArray());

        FileWalk.Find([FullPath(".odd")]).Single().Kind.ShouldBe(FoundKind.Candidate);
    }

    [Fact]
    public void A_loop_of_links_ends()
    {
        Write("a/one.dcm");
        Directory.CreateSymbolicLink(FullPath("a/loop"), "..");
        Directory.CreateSymbolicLink(FullPath("a/self"), ".");
        File.CreateSymbolicLink(FullPath("a/two.dcm"), "one.dcm");

        Candidates().ShouldBe(["a/one.dcm", "a/two.dcm"]);
    }

    [Fact]
    public void A_link_that_leads_nowhere_and_a_missing_path_are_reported()
    {
        File.CreateSymbolicLink(FullPath("gone.dcm"), "nothing");

        Find().Single().Kind.ShouldBe(FoundKind.Unreadable);
        FileWalk.Find([FullPath("absent")]).Single().Kind.ShouldBe(FoundKind.Unreadable);
    }

    [Fact]
    public void A_pipe_is_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in its file system.");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", FullPath("pipe")))
            mkfifo.WaitForExit();
        File.WriteAllBytes(FullPath("empty"), []);

        Find().Select(found => found.Reason).ShouldBe([FileWalk.Empty, FileWalk.Empty]);
    }

    [Fact]
    public void What_calls_itself_dicom_is_judged_by_the_archive()
    {
        Write("broken.dcm", "hello"u8.ToArray());
        Write("empty.DCM", []);

        Find().Select(found => found.Kind).ShouldBe([FoundKind.Candidate, FoundKind.Unreadable]);
    }

    [Fact]
    public void Files_come_in_order_of_their_names()
    {
        foreach (var name in (string[])["c", "a", "b", "d/a"])
            Write(name);

        Candidates().ShouldBe(["a", "b", "c", "d/a"]);
    }

    [Theory]
    [InlineData("08000800435316004f524947494e414c", true)] // explicit little endian, (0008,0008) CS
    [InlineData("080005000a00000049534f5f495220313030", true)] // implicit, (0008,0005) of 10 bytes
    [InlineData("0008000843530016004f524947494e41", true)] // explicit big endian
    [InlineData("0200000055 4c040000000000", false)] // too short
    [InlineData("504b0304140000000800000000000000", false)] // ZIP
    [InlineData("89504e470d0a1a0a0000000d49484452", false)] // PNG
    [InlineData("00000000000000000000000000000000", false)]
    public void A_data_set_without_preamble_is_known_by_its_first_element(string hex, bool expected)
    {
        FileStart.MayBeDicom(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))).ShouldBe(expected);
    }

    private List<FoundFile> Find() => [.. FileWalk.Find([_folder.FullName])];

    private List<string> Candidates() =>
        [.. Find().Where(found => found.Kind == FoundKind.Candidate)
            .Select(found => Path.GetRelativePath(_folder.FullName, found.Path))];

    private string FullPath(string name) => Path.Join(_folder.FullName, name);

    private void Write(string name, byte[]? bytes = null)
    {
        if (bytes is null)
        {
            bytes = new byte[200];
            "DICM"u8.CopyTo(bytes.AsSpan(128));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(FullPath(name))!);
        File.WriteAllBytes(FullPath(name), bytes);
    }
}
