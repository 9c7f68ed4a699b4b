using System.Collections;
using System.Globalization;
using System.Reflection;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurdicom-settings").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, true);
    }

    [Fact]
    public void Nothing_given_means_the_defaults_of_the_specification()
    {
        var settings = Read([]).ShouldNotBeNull();

        settings.Address.ShouldBe("127.0.0.1");
        settings.RestPort.ShouldBe(8080);
        settings.RequireAuth.ShouldBeTrue();
        settings.AllowAnonymousNetwork.ShouldBeFalse();
        settings.Duplicates.ShouldBe(DuplicatePolicy.Refuse);
        settings.MaxUpload.ShouldBe(8L * 1024 * 1024 * 1024);
        settings.MaxRequest.ShouldBe(64L * 1024 * 1024 * 1024);
        settings.DicomPort.ShouldBe(4242);
        settings.Aet.ShouldBe("NEURDICOM");
    }

    [Fact]
    public void The_command_line_wins_over_environment_and_file()
    {
        File.WriteAllText(Path.Combine(_folder, "settings.json"), """{"rest_port": 1, "aet": "FILE", "max_stores": 3}""");

        var settings = Read(["--rest_port", "3"], ("NEURDICOM_REST_PORT", "2"), ("NEURDICOM_AET", "ENV")).ShouldNotBeNull();

        settings.RestPort.ShouldBe(3);
        settings.Aet.ShouldBe("ENV");
        settings.MaxStores.ShouldBe(3);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("64", true)]
    [InlineData("0", false)]
    [InlineData("65", false)]
    public void Nesting_reaches_as_deep_as_the_reader_does(string depth, bool isRight)
    {
        var settings = Read(["--max_nesting", depth], out var errors);

        errors.ShouldBe(isRight ? [] : ["--max_nesting: the value lies from 1 to 64."]);
        settings?.MaxNesting.ToString(CultureInfo.InvariantCulture).ShouldBe(depth);
    }

    [Fact]
    public void Everything_that_is_wrong_is_listed_at_once()
    {
        File.WriteAllText(Path.Combine(_folder, "settings.json"), """{"colour": "red", "max_json": "a lot"}""");

        var settings = Read(["--rest_port", "70000", "--rest_prot=1", "--aet", ""], out var errors, ("NEURDICOM_DUPLICATES", "burn"));

        settings.ShouldBeNull();
        errors.Count.ShouldBe(6);
        errors.ShouldContain("--rest_prot: there is no such setting. Is rest_port meant?");
        errors.ShouldContain("--rest_port: the value lies from 0 to 65535.");
        errors.ShouldContain("--aet: the text has 1 to 16 characters.");
        errors.ShouldContain("NEURDICOM_DUPLICATES: 'burn' is not one of refuse, keep.");
        errors.ShouldContain(error => error.StartsWith("colour in ", StringComparison.Ordinal));
        errors.ShouldContain(error => error.StartsWith("max_json in ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("16KiB", 16384)]
    [InlineData("8 GiB", 8589934592)]
    [InlineData("1.5GiB", 1610612736)]
    [InlineData("10GB", 10000000000)]
    [InlineData("2g", 2147483648)]
    public void Sizes_may_carry_a_unit(string text, long bytes)
    {
        SettingsReader.ReadSize(text).ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("GiB")]
    [InlineData("12 apples")]
    [InlineData("9000000TiB")]
    [InlineData("1.2.3k")]
    public void What_is_no_size_is_refused(string text)
    {
        SettingsReader.ReadSize(text).ShouldBeNull();
    }

    [Theory]
    [InlineData("--require_auth", "false", false)]
    [InlineData("--require_auth=off", null, false)]
    [InlineData("--require-auth", "yes", true)]
    [InlineData("--require_auth", null, true)]
    public void A_switch_takes_the_words_that_tornado_takes(string first, string? second, bool expected)
    {
        var settings = Read(second is null ? [first] : [first, second]).ShouldNotBeNull();

        settings.RequireAuth.ShouldBe(expected);
    }

    [Theory]
    [InlineData("https://viewer.example/path")]
    [InlineData("viewer.example")]
    public void An_origin_that_no_browser_sends_is_refused(string origin)
    {
        Read(["--cors_origins", origin], out var errors).ShouldBeNull();

        errors.Single().ShouldStartWith("--cors_origins");
    }

    [Theory]
    [InlineData("default_issuer", "HOSPITAL\nWARD")]
    [InlineData("default_issuer", "A\\B")]
    [InlineData("default_issuer", "A\u001bB")]
    [InlineData("aet", "A\\B")]
    public void What_cannot_stand_in_a_dicom_value_is_refused(string name, string value)
    {
        Read([$"--{name}", value], out var errors).ShouldBeNull();

        errors.Single().ShouldBe($"--{name}: control characters and backslashes cannot stand in it.");
    }

    [Fact]
    public void The_first_password_in_the_environment_is_not_taken_for_a_setting()
    {
        Read([], ("NEURDICOM_ADMIN_PASSWORD", "secret")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost", true)]
    public void Without_sign_in_the_server_stays_on_loopback(string address, bool starts)
    {
        string[] arguments = ["--require_auth=false", "--address", address];

        (Read(arguments) is not null).ShouldBe(starts);
        Read([.. arguments, "--allow_anonymous_network"]).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("address", "127.0.0.1")]
    [InlineData("rest_port", "8080")]
    [InlineData("https_port", "off")]
    [InlineData("allow_plain_network", "false")]
    [InlineData("certificate", "")]
    [InlineData("certificate_key", "")]
    [InlineData("certificate_password_file", "")]
    [InlineData("hsts", "false")]
    [InlineData("hosts", "")]
    [InlineData("cors_origins", "")]
    [InlineData("logging", "information")]
    [InlineData("data", "./data")]
    [InlineData("duplicates", "refuse")]
    [InlineData("default_issuer", "")]
    [InlineData("disk_reserve", "5GiB")]
    [InlineData("disk_reserve_percent", "2")]
    [InlineData("require_auth", "true")]
    [InlineData("allow_anonymous_network", "false")]
    [InlineData("audit_days", "730")]
    [InlineData("audit_rows", "10000000")]
    [InlineData("aet", "NEURDICOM")]
    [InlineData("dicom_port", "4242")]
    [InlineData("max_upload", "8GiB")]
    [InlineData("max_request", "64GiB")]
    [InlineData("max_parts", "1000000")]
    [InlineData("max_part_header", "16KiB")]
    [InlineData("max_nesting", "64")]
    [InlineData("max_elements", "1000000")]
    [InlineData("max_inflate_ratio", "200")]
    [InlineData("max_zip_entries", "100000")]
    [InlineData("max_json", "1MiB")]
    [InlineData("query_seconds", "2")]
    [InlineData("max_stores", "64")]
    public void A_setting_has_the_default_of_the_specification(string name, string value)
    {
        SettingsReader.All.Single(setting => setting.Name == name).Default.ShouldBe(value);
    }

    [Fact]
    public void Every_setting_stands_in_the_list_of_defaults()
    {
        var listed = typeof(SettingsTests).GetMethod(nameof(A_setting_has_the_default_of_the_specification)).ShouldNotBeNull()
            .GetCustomAttributes<InlineDataAttribute>().Select(row => (string)row.Data[0]!);

        SettingsReader.All.Select(setting => setting.Name).ShouldBe(listed, ignoreOrder: true);
    }

    [Theory]
    [InlineData("--hsts: it needs https_port and a certificate that browsers trust.", "--hsts", "--https_port", "8443")]
    [InlineData("--hsts: it needs https_port and a certificate that browsers trust.", "--hsts", "--certificate", "a.pem")]
    [InlineData("--certificate_key: there is no certificate that it belongs to.", "--certificate_key", "a.pem")]
    [InlineData("--https_port: plain HTTP is served on this port (rest_port).", "--https_port", "8080")]
    [InlineData(null, "--hsts", "--https_port", "8443", "--certificate", "a.pem", "--certificate_key", "b.pem")]
    public void Settings_of_https_have_to_fit_together(string? error, params string[] arguments)
    {
        _ = Read(arguments, out var errors);

        errors.ShouldBe(error is null ? [] : [error]);
    }

    [Fact]
    public void Help_has_a_sentence_and_a_default_for_every_setting()
    {
        var all = SettingsReader.All;

        all.ShouldAllBe(setting => setting.Summary.EndsWith('.'));
        all.Single(setting => setting.Name == "max_upload").Default.ShouldBe("8GiB");
        all.Single(setting => setting.Name == "https_port").Default.ShouldBe("off");
        all.Single(setting => setting.Name == "duplicates").Default.ShouldBe("refuse");
        all[0].Name.ShouldBe("address");
    }

    private Settings? Read(string[] arguments, params (string Name, string Value)[] environment)
    {
        return Read(arguments, out _, environment);
    }

    private Settings? Read(string[] arguments, out IReadOnlyList<string> errors, params (string Name, string Value)[] environment)
    {
        IDictionary variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        return SettingsReader.Read(["--data", _folder, .. arguments], variables, out errors);
    }
}
