using System.Text;
using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

public sealed class ValueTests
{
    [Theory]
    [InlineData("20260228", 2026, 2, 28)]
    [InlineData("20240229 ", 2024, 2, 29)]
    [InlineData("19930430\0", 1993, 4, 30)]
    [InlineData("1993.04.30", 1993, 4, 30)]
    [InlineData("00010101", 1, 1, 1)]
    public void A_date_is_read(string text, int year, int month, int day)
    {
        DicomDate.TryParse(text, out var date).ShouldBeTrue();

        date.ShouldBe(new DateOnly(year, month, day));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20261340")]
    [InlineData("20230229")]
    [InlineData("00000101")]
    [InlineData("2026010")]
    [InlineData("202601011")]
    [InlineData("1993.04-30")]
    [InlineData("٢٠٢٦٠١٠١")]
    [InlineData("20260101-20260102")]
    [InlineData("+2026101")]
    public void Text_that_is_no_date_is_refused(string text) => DicomDate.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("07", 7, null, null, null)]
    [InlineData("1130", 11, 30, null, null)]
    [InlineData("235959 ", 23, 59, 59, null)]
    [InlineData("235960", 23, 59, 60, null)]
    [InlineData("235959.999999", 23, 59, 59, 999_999)]
    [InlineData("010203.5", 1, 2, 3, 500_000)]
    [InlineData("010203.000001", 1, 2, 3, 1)]
    [InlineData("10:11:12", 10, 11, 12, null)]
    [InlineData("10:11", 10, 11, null, null)]
    [InlineData("10:11:12.25", 10, 11, 12, 250_000)]
    public void A_time_is_read_as_far_as_it_goes(string text, int hour, int? minute, int? second, int? microsecond)
    {
        DicomTime.TryParse(text, out var time).ShouldBeTrue();

        (time.Hour, time.Minute, time.Second, time.Microsecond).ShouldBe((hour, minute, second, microsecond));
    }

    [Theory]
    [InlineData("")]
    [InlineData("256199")]
    [InlineData("24")]
    [InlineData("1")]
    [InlineData("116")]
    [InlineData("1160")]
    [InlineData("115961")]
    [InlineData("115959.")]
    [InlineData("115959.1234567")]
    [InlineData("115959,5")]
    [InlineData("11:5")]
    [InlineData("11:59-59")]
    [InlineData("11:59:59.1234567890123")]
    public void Text_that_is_no_time_is_refused(string text) => DicomTime.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_time_becomes_the_earliest_moment_it_means()
    {
        DicomTime.TryParse("1130", out var partial).ShouldBeTrue();
        DicomTime.TryParse("235960", out var leap).ShouldBeTrue();

        partial.ToTimeOnly().ShouldBe(new TimeOnly(11, 30));
        leap.ToTimeOnly().ShouldBeGreaterThan(new TimeOnly(23, 59, 59));
        partial.ToString().ShouldBe("1130");
    }

    [Theory]
    [InlineData("20260228235959.123456+0100", "2026-02-28T23:59:59.1234560+01:00")]
    [InlineData("2026", "2026-01-01T00:00:00.0000000-03:30")]
    [InlineData("202607-1200", "2026-07-01T00:00:00.0000000-12:00")]
    [InlineData("2026070413+1400", "2026-07-04T13:00:00.0000000+14:00")]
    public void A_date_time_is_read_with_its_offset(string text, string expected)
    {
        DicomDateTime.TryParse(text, out var value).ShouldBeTrue();

        value.ToDateTimeOffset(new TimeSpan(-3, -30, 0))!.Value.ToString("o").ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("202")]
    [InlineData("0000")]
    [InlineData("202613")]
    [InlineData("20260230")]
    [InlineData("2026022825")]
    [InlineData("20260228+1401")]
    [InlineData("20260228+0160")]
    [InlineData("20260228+01")]
    [InlineData("+0100")]
    public void Text_that_is_no_date_time_is_refused(string text) => DicomDateTime.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_date_time_outside_the_calendar_has_no_moment()
    {
        DicomDateTime.TryParse("00010101000000+1400", out var value).ShouldBeTrue();

        value.ToDateTimeOffset(TimeSpan.Zero).ShouldBeNull();
    }

    [Theory]
    [InlineData("018M", 18, 'M')]
    [InlineData("45Y ", 45, 'Y')]
    [InlineData("003w", 3, 'W')]
    [InlineData("000D", 0, 'D')]
    public void An_age_is_read(string text, int number, char unit)
    {
        DicomAge.TryParse(text, out var age).ShouldBeTrue();

        age.ShouldBe(new DicomAge(number, unit));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Y")]
    [InlineData("045")]
    [InlineData("0045Y")]
    [InlineData("045X")]
    [InlineData("-45Y")]
    public void Text_that_is_no_age_is_refused(string text) => DicomAge.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1.5 ", 1.5)]
    [InlineData(" -1E-6", -1e-6)]
    [InlineData("+.5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("007", 7)]
    [InlineData("0.1000000000000000055511151231257827", 0.1)]
    [InlineData("12345678901234.5", 12345678901234.5)]
    public void A_decimal_string_is_read(string text, double expected)
    {
        DecimalString.TryParse(text, out var number).ShouldBeTrue();

        number.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("1,5")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("½")]
    public void Text_that_is_no_decimal_string_is_refused(string text) => DecimalString.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_decimal_string_keeps_its_digits_where_asked()
    {
        DecimalString.TryParseExact("0.1234567890123456"u8, out var number).ShouldBeTrue();

        number.ShouldBe(0.1234567890123456m);
    }

    [Theory]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("2147483647 ", int.MaxValue)]
    [InlineData("+07", 7)]
    [InlineData(" 0", 0)]
    public void An_integer_string_is_read(string text, int expected)
    {
        IntegerString.TryParse(text, out var number).ShouldBeTrue();

        number.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1A")]
    [InlineData("1.0")]
    [InlineData("-")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999999")]
    public void Text_that_is_no_integer_string_is_refused(string text) => IntegerString.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Bytes_above_ascii_are_no_value()
    {
        DicomDate.TryParse([0xB2, 0xB0, 0xB2, 0xB6, 0xB0, 0xB1, 0xB0, 0xB1], out _).ShouldBeFalse();
        DecimalString.TryParse([0xFF], out _).ShouldBeFalse();
    }

    [Fact]
    public void Values_come_from_bytes_as_from_text()
    {
        DicomTime.TryParse("1130"u8, out var time).ShouldBeTrue();

        time.Minute.ShouldBe(30);
        IntegerString.TryParse(Encoding.ASCII.GetBytes("12"), out int number).ShouldBeTrue();
        number.ShouldBe(12);
    }
}
