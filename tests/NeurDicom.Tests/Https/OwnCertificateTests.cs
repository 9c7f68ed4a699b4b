using System.Security.Cryptography.X509Certificates;
using NeurDicom.Archive;
using NeurDicom.Https;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Https;

public sealed class OwnCertificateTests : IDisposable
{
    private readonly DataFolder _folder = DataFolder.Open(Directory.CreateTempSubdirectory("neurdicom-own-").FullName);
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
    }

    [Fact]
    public void It_is_made_out_to_this_machine_and_the_names_of_the_settings()
    {
        using var certificate = OwnCertificate.Ensure(
            _folder, new Settings { Hosts = ["archive.example"], Address = "192.0.2.7" }, _now, out var isNew);

        isNew.ShouldBeTrue();
        foreach (var name in (string[])["localhost", "127.0.0.1", "::1", "archive.example", "192.0.2.7"])
            certificate.MatchesHostname(name, false, false).ShouldBeTrue(name);
        certificate.MatchesHostname("elsewhere.example").ShouldBeFalse();
        using var key = certificate.GetECDsaPrivateKey();
        key.ShouldNotBeNull().KeySize.ShouldBe(256);
    }

    [Fact]
    public void Only_the_owner_may_read_the_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        using var certificate = OwnCertificate.Ensure(_folder, new Settings(), _now, out _);

        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(OwnCertificate.FileOf(_folder)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(300, false)]
    [InlineData(340, true)]
    [InlineData(4000, true)]
    [InlineData(-4000, true)]
    public void It_is_kept_until_a_month_before_its_end(int days, bool renewed)
    {
        using var first = OwnCertificate.Ensure(_folder, new Settings(), _now, out _);

        using var second = OwnCertificate.Ensure(_folder, new Settings(), _now.AddDays(days), out var isNew);

        isNew.ShouldBe(renewed);
        (second.Thumbprint == first.Thumbprint).ShouldBe(!renewed);
        second.NotAfter.ToUniversalTime().ShouldBeGreaterThan(_now.AddDays(days).UtcDateTime);
    }

    [Fact]
    public void Another_name_and_a_damaged_file_make_a_new_one()
    {
        using var first = OwnCertificate.Ensure(_folder, new Settings(), _now, out _);

        using var named = OwnCertificate.Ensure(_folder, new Settings { Hosts = ["archive.example"] }, _now, out var forName);
        File.WriteAllText(OwnCertificate.FileOf(_folder), "-----BEGIN CERTIFICATE-----\nhalf");
        using var mended = OwnCertificate.Ensure(_folder, new Settings(), _now, out var forDamage);

        (forName, forDamage).ShouldBe((true, true));
        mended.HasPrivateKey.ShouldBeTrue();
    }
}
