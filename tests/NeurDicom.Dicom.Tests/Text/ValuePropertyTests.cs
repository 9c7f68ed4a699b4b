using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

/// <summary>What holds for every value, tried on generated ones.</summary>
public sealed class ValuePropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void Every_double_is_read_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<double>(), number =>
        {
            DecimalString.TryParse(number.ToString("R", CultureInfo.InvariantCulture), out var read).ShouldBe(double.IsFinite(number));

            if (double.IsFinite(number))
                read.ShouldBe(number);
        }).Check(Many);

    [Fact]
    public void Every_integer_is_read_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), number =>
        {
            IntegerString.TryParse(number.ToString(CultureInfo.InvariantCulture), out var read).ShouldBeTrue();

            read.ShouldBe(number);
        }).Check(Many);

    [Fact]
    public void Every_day_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, DateOnly.MaxValue.DayNumber).ToArbitrary(), day =>
        {
            var date = DateOnly.FromDayNumber(day);

            DicomDate.TryParse(date.ToString("yyyyMMdd", CultureInfo.InvariantCulture), out var read).ShouldBeTrue();
            read.ShouldBe(date);
        }).Check(Many);

    [Fact]
    public void Every_time_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, 86_399_999).ToArbitrary(), millisecond =>
        {
            var time = TimeOnly.MinValue.Add(TimeSpan.FromMilliseconds(millisecond));

            DicomTime.TryParse(time.ToString("HHmmss.fff", CultureInfo.InvariantCulture), out var read).ShouldBeTrue();
            read.ToTimeOnly().ShouldBe(time);
            DicomTime.TryParse(read.ToString(), out var again).ShouldBeTrue();
            again.ShouldBe(read);
        }).Check(Many);

    [Fact]
    public void No_bytes_make_a_parser_throw() =>
        Prop.ForAll(Gen.OneOf(ArbMap.Default.GeneratorFor<byte[]>(), NearlyValues()).ToArbitrary(), bytes =>
        {
            _ = DicomDate.TryParse(bytes, out _);
            if (DicomTime.TryParse(bytes, out var time))
                time.ToTimeOnly();
            if (DicomDateTime.TryParse(bytes, out var moment))
                moment.ToDateTimeOffset(TimeSpan.FromHours(14));
            _ = DicomAge.TryParse(bytes, out _);
            _ = DecimalString.TryParse(bytes, out _);
            _ = DecimalString.TryParseExact(bytes, out _);
            _ = IntegerString.TryParse(bytes, out int _);
            PersonName.Parse(bytes, CharacterSet.Default).ToDisplayString();
            PersonName.Parse(bytes, CharacterSet.For("GBK"u8)).ToDisplayString();
            PersonName.Parse(bytes, CharacterSet.For(@"\ISO 2022 IR 87\ISO 2022 IR 149"u8)).ToDisplayString();
            CharacterSet.For(bytes).Decode(bytes);
        }).Check(Many);

    [Fact]
    public void Every_text_in_utf8_and_gb18030_is_read_back()
    {
        var gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;
        Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), text =>
        {
            var value = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get ?? ""));

            CharacterSet.Utf8.Decode(Encoding.UTF8.GetBytes(value)).ShouldBe(value);
            CharacterSet.For("GB18030"u8).Decode(gb18030.GetBytes(value)).ShouldBe(gb18030.GetString(gb18030.GetBytes(value)));
        }).Check(Many);
    }

    [Fact]
    public void Every_text_can_be_folded() =>
        Prop.ForAll(ArbMap.Default.ArbFor<UnicodeString>(), text =>
        {
            var folded = SearchText.Fold(text.Get ?? "");

            SearchText.Fold(folded).ShouldBe(folded);
        }).Check(Many);

    private static Gen<byte[]> NearlyValues() =>
        from text in Gen.Elements("20260228", "1993.04.30", "235959.123456", "20260228235959.1+0100", "018M", "-1.5e-3", "2147483647", "10:11:12")
        from place in Gen.Choose(0, text.Length - 1)
        from value in Gen.Choose(0, 255)
        select Changed(Encoding.ASCII.GetBytes(text), place, (byte)value);

    private static byte[] Changed(byte[] bytes, int place, byte value)
    {
        bytes[place] = value;
        return bytes;
    }
}
