using System.Diagnostics;
using NeurDicom.Commands;
using NeurDicom.Demo;
using NeurDicom.Dicom;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Export;

public sealed class DemoTests
{
    private const int Slices = 3;

    [Fact]
    public void The_demo_is_the_same_every_time_and_no_UID_comes_twice()
    {
        var first = DemoStudies.All(Slices, frames: 2, film: 96).Select(file => file.Make()).ToList();
        var second = DemoStudies.All(Slices, frames: 2, film: 96).Select(file => file.Make()).ToList();

        second.ShouldBe(first);
        first.Select(bytes => DicomFile.Read(bytes).DataSet.GetUid(Tag.SopInstanceUid)).Distinct().Count().ShouldBe(first.Count);
        foreach (var bytes in first)
        {
            var file = DicomFile.Read(bytes);
            file.Warnings.ShouldBeEmpty();
            ValueRules.Check(file.DataSet).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task It_is_stored_listed_searched_and_shown()
    {
        await using var server = await ArchiveServer.StartAsync();
        foreach (var file in DemoStudies.All(Slices, frames: 2, film: 96))
            (await server.StoreAsync(file.Make()))["outcome"]!.GetValue<string>().ShouldBe("stored");

        var studies = (await server.GetJsonAsync("/api/studies")).AsArray();
        studies.Count.ShouldBe(6);
        (await server.GetJsonAsync("/api/patients?patient_name=contains:王")).AsArray().Count.ShouldBe(1);
        (await server.GetJsonAsync("/api/patients?patient_name=nunez*")).AsArray().Count.ShouldBe(1);
        (await server.GetJsonAsync("/api/studies?study_description=contains:胸部")).AsArray().Count.ShouldBe(1);
        foreach (var instance in (await server.GetJsonAsync("/api/instances")).AsArray())
        {
            using var image = await server.GetAsync($"/api/instances/{instance!["id"]}/image?width=64");
            ((int)image.StatusCode).ShouldBe(instance["rows"] is null ? 422 : 200);
        }
    }

    [Fact]
    public async Task An_archive_that_holds_anything_is_left_alone()
    {
        using var archive = new CommandArchive();
        await archive.StoreAsync(Instances.Create("1.1", "1", 1));

        await DemoCommand.FillWhenEmptyAsync(
            new Settings { Data = archive.Data }, archive.Output, archive.Error, TestContext.Current.CancellationToken);

        await archive.RunAsync("verify");
        archive.Printed.ShouldStartWith("1 file, ");
    }

    [Fact]
    public void Slices_lie_where_their_geometry_says()
    {
        var slices = DemoStudies.All(Slices, frames: 2, film: 96).Where(file => file.Series == "CT")
            .Select(file => DicomFile.Read(file.Make()).DataSet).Take(Slices).ToList();

        var heights = slices.Select(slice => slice.GetDouble(Tag.ImagePositionPatient, 2)!.Value).ToList();
        heights.ShouldBe([100, 0, -100]);
        slices[0].GetDoubles(Tag.ImageOrientationPatient).ShouldBe([1, 0, 0, 0, 1, 0]);
        slices[0].GetDouble(Tag.ImagePositionPatient)!.Value.ShouldBe(-255.5 * 0.7031, 0.01);
        slices[0].GetInt32(Tag.InstanceNumber).ShouldBe(1);
    }

    [Fact]
    public void Hounsfield_units_are_those_of_air_lung_and_vessels()
    {
        var slice = new Chest(7).Cut(256, 256, 1.4f, 20, noise: 0, seed: 0);

        var histogram = new int[4];
        foreach (var value in slice.Values)
            histogram[value < -950 ? 0 : value < -700 ? 1 : value is > 230 and < 330 ? 2 : 3]++;
        histogram.ShouldAllBe(count => count > 200);
    }

    [Fact]
    public void A_validator_finds_no_error()
    {
        const string Validator = "/usr/bin/dciodvfy";
        Assert.SkipUnless(File.Exists(Validator), "dicom3tools is absent.");
        using var folder = new TemporaryFolder();
        var seen = new HashSet<string>();
        foreach (var file in DemoStudies.All(Slices, frames: 2, film: 96))
        {
            if (!seen.Add(file.Series))
                continue;
            var path = Path.Join(folder.Path, file.Series);
            File.WriteAllBytes(path, file.Make());
            using var process = Process.Start(new ProcessStartInfo(Validator, [path]) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            said.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBeEmpty(file.Series);
        }

        seen.Count.ShouldBe(5);
    }
}
