using NeurDicom.Tests.Archive;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Store;

public sealed class InstanceIdentityTests
{
    [Fact]
    public async Task Four_senders_of_one_new_patient_make_one_patient()
    {
        await using var archive = new ArchiveFixture();

        var senders = Enumerable.Range(1, 4).Select(sender => Task.Run(async () =>
        {
            for (var i = 1; i <= 25; i++)
                await archive.StoreAsync(Arrive($"1.{sender}.1.{i}", $"1.{sender}.1", $"1.{sender}"));
        }));
        await Task.WhenAll(senders);

        (await archive.CountAsync("SELECT count(*) FROM patients")).ShouldBe(1);
        (await archive.CountAsync("SELECT count(*) FROM studies")).ShouldBe(4);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_patient_id_gives_one_patient_per_study()
    {
        await using var archive = new ArchiveFixture();

        await archive.StoreAsync(Arrive("1.2.1.1", "1.2.1", "1.2", patient: ""));
        await archive.StoreAsync(Arrive("1.2.2.1", "1.2.2", "1.2", patient: ""));
        await archive.StoreAsync(Arrive("1.3.1.1", "1.3.1", "1.3", patient: ""));

        (await archive.CountAsync("SELECT count(*) FROM patients")).ShouldBe(2);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Issuers_keep_equal_patient_ids_apart()
    {
        await using var archive = new ArchiveFixture(new Settings { DefaultIssuer = "HERE" });

        await archive.StoreAsync(Issued("1.1.1.1", "1.1", null));
        await archive.StoreAsync(Issued("1.2.1.1", "1.2", "HERE"));
        await archive.StoreAsync(Issued("1.3.1.1", "1.3", "THERE"));

        (await archive.TextsAsync("SELECT issuer || ' ' || studies_count FROM patients ORDER BY id")).ShouldBe(["HERE 2", "THERE 1"]);

        static NeurDicom.Archive.Arrival Issued(string sop, string study, string? issuer)
        {
            var arrival = Arrive(sop, study + ".1", study);
            return new NeurDicom.Archive.Arrival
            {
                Attributes = arrival.Attributes with { IssuerOfPatientId = issuer },
                Sha256 = arrival.Sha256,
                Size = arrival.Size,
                Bytes = arrival.Bytes,
            };
        }
    }

    [Fact]
    public async Task A_known_study_keeps_its_patient_and_the_answer_warns()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1", "1.2.1", "1.2", patient: "P1"));

        var result = await archive.StoreAsync(Arrive("1.2.2.1", "1.2.2", "1.2", patient: "P2"));

        result.Warnings.Count.ShouldBe(1);
        result.Warnings[0].ShouldNotContain("P2");
        (await archive.CountAsync("SELECT count(*) FROM patients")).ShouldBe(1);
        (await archive.TextsAsync("SELECT note FROM changes ORDER BY seq DESC LIMIT 1")).ShouldBe([.. result.Warnings]);
    }

    [Fact]
    public async Task A_known_series_keeps_its_study_and_the_answer_warns()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1", "1.2.1", "1.2"));

        var result = await archive.StoreAsync(Arrive("1.3.1.1", "1.2.1", "1.3"));

        result.Warnings.ShouldHaveSingleItem().ShouldContain("1.2");
        (await archive.CountAsync("SELECT count(*) FROM studies")).ShouldBe(1);
        (await archive.CountAsync("SELECT images_count FROM series")).ShouldBe(2);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }
}
