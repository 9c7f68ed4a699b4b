using System.Text;
using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

public sealed class CharacterSetTests
{
    // Term, bytes in hexadecimal, text; one row for each defined term of PS3.3 tables C.12-2 and C.12-5.
    [Theory]
    [InlineData("", "41 5E 42", "A^B")]
    [InlineData("ISO_IR 6", "41", "A")]
    [InlineData("ISO_IR 100", "C4 6E 65 61 73 5E 52 FC 64 69 67 65 72", "Äneas^Rüdiger")]
    [InlineData("ISO_IR 101", "57 61 B3 EA 73 61 5E AF F3 B3 E6", "Wałęsa^Żółć")]
    [InlineData("ISO_IR 109", "D5 6F 72 F5 5E A1 61 BF", "Ġorġ^Ħaż")]
    [InlineData("ISO_IR 110", "42 BA 72 7A 69 F1 B9", "Bērziņš")]
    [InlineData("ISO_IR 144", "BB EE DA 63 65 DC D1 79 E0 D3", "Люкceмбyрг")]
    [InlineData("ISO_IR 127", "E2 C8 C7 E6 EA 5E E4 E6 D2 C7 D1", "قباني^لنزار")]
    [InlineData("ISO_IR 126", "C4 E9 EF ED F5 F3 E9 EF F2", "Διονυσιος")]
    [InlineData("ISO_IR 138", "F9 F8 E5 EF 5E E3 E1 E5 F8 E4", "שרון^דבורה")]
    [InlineData("ISO_IR 148", "C7 61 76 75 FE 5E DD F0 64 FD 72", "Çavuş^İğdır")]
    [InlineData("ISO_IR 203", "BC 75 76 72 65 5E B4 69 BE 6B 61 A4", "Œuvre^ŽiŸka€")]
    [InlineData("ISO_IR 13", "D4 CF C0 DE 5E C0 DB B3", "ﾔﾏﾀﾞ^ﾀﾛｳ")]
    [InlineData("ISO_IR 166", "B9 D2 C1 CA A1 D8 C5", "นามสกุล")]
    [InlineData("ISO_IR 192", "57 5E E7 8E 8B F0 9F 8F A5", "W^王🏥")]
    [InlineData("GB18030", "CD F5 5E D0 A1 B6 AB 95 32 82 36", "王^小东𠀀")]
    [InlineData("GBK", "D5 C5 5E C8 FD", "张^三")]
    public void Every_term_without_code_extension_decodes(string term, string bytes, string text)
    {
        var set = For(term);

        set.Decode(Bytes(bytes), TextDelimiters.PersonNames, out var faults).ShouldBe(text);
        faults.ShouldBe(TextFaults.None);
        set.Faults.ShouldBe(TextFaults.None);
    }

    // Tables C.12-3 and C.12-4.
    [Theory]
    [InlineData("100", "2D 41", "E9", "é")]
    [InlineData("101", "2D 42", "B3", "ł")]
    [InlineData("109", "2D 43", "A1", "Ħ")]
    [InlineData("110", "2D 44", "BA", "ē")]
    [InlineData("144", "2D 4C", "B6", "Ж")]
    [InlineData("127", "2D 47", "C7", "ا")]
    [InlineData("126", "2D 46", "D9", "Ω")]
    [InlineData("138", "2D 48", "F9", "ש")]
    [InlineData("148", "2D 4D", "FE", "ş")]
    [InlineData("203", "2D 62", "A4", "€")]
    [InlineData("13", "29 49", "D4", "ﾔ")]
    [InlineData("166", "2D 54", "A1", "ก")]
    [InlineData("87", "24 42", "3B 33", "山")]
    [InlineData("159", "24 28 44", "30 21", "丂")]
    [InlineData("149", "24 29 43", "B1 E8", "김")]
    [InlineData("58", "24 29 41", "CE C4", "文")]
    public void Every_escape_sequence_invokes_its_set(string number, string escape, string bytes, string text)
    {
        var set = For($@"ISO 2022 IR 6\ISO 2022 IR {number}");

        set.Decode(Bytes($"1B {escape} {bytes} 1B 28 42 41"), TextDelimiters.Values, out var faults).ShouldBe(text + "A");
        faults.ShouldBe(TextFaults.None);
    }

    [Theory]
    [InlineData("ISO-IR 100")]
    [InlineData("ISO IR 100")]
    [InlineData("ISO_IR_100")]
    [InlineData("iso_ir 100")]
    [InlineData("ISO_IR100")]
    [InlineData("ISO 2022-IR 100")]
    [InlineData("ISO2022 IR 100")]
    [InlineData("ISO 2022 100")]
    public void Misspelt_terms_are_understood_with_a_fault(string term)
    {
        var set = For(term);

        set.Faults.ShouldBe(TextFaults.MisspeltTerm);
        set.Decode([0xE9]).ShouldBe("é");
    }

    [Theory]
    [InlineData("UTF-8", "C3 A9", "é")]
    [InlineData("ISO 2022 GBK", "D5 C5", "张")]
    [InlineData("ISO 2022 58", "D5 C5", "张")]
    [InlineData("GB2312", "D5 C5", "张")]
    [InlineData("ISO IR 192", "C3 A9", "é")]
    public void Names_that_are_no_terms_are_understood_with_a_fault(string term, string bytes, string text)
    {
        var set = For(term);

        set.Decode(Bytes(bytes)).ShouldBe(text);
        set.Faults.ShouldBe(TextFaults.MisspeltTerm);
    }

    [Theory]
    [InlineData("ISO_IR 100 ")]
    [InlineData("ISO_IR 100\0")]
    [InlineData(" ISO_IR 100")]
    public void Padding_of_a_term_is_no_fault(string term)
    {
        For(term).Faults.ShouldBe(TextFaults.None);
        For(term).Decode([0xE9]).ShouldBe("é");
    }

    [Theory]
    [InlineData("KOI8-R", "D4 C5", "ÔÅ")]
    [InlineData("ISO_IR 999", "C3 A9", "é")]
    [InlineData("", "C3 A9", "é")]
    [InlineData("", "E9", "é")]
    [InlineData("ISO_IR 6", "E9", "é")]
    public void Without_a_known_set_text_is_utf8_or_latin_1(string term, string bytes, string text)
    {
        For(term).Decode(Bytes(bytes), TextDelimiters.Values, out var faults).ShouldBe(text);

        faults.ShouldBe(TextFaults.InvalidBytes);
    }

    [Fact]
    public void An_unknown_term_is_a_fault() => For("KOI8-R").Faults.ShouldBe(TextFaults.UnknownTerm);

    [Theory]
    [InlineData(@"ISO_IR 192\ISO 2022 IR 87", "C3 A9", "é")]
    [InlineData(@"\ISO_IR 192", "C3 A9", "é")]
    [InlineData(@"ISO 2022 IR 100\ISO_IR 192", "E9", "é")]
    [InlineData(@"GB18030\ISO 2022 IR 6", "D5 C5", "张")]
    public void A_set_that_stands_alone_beside_others_is_a_fault(string terms, string bytes, string text)
    {
        var set = For(terms);

        set.Decode(Bytes(bytes)).ShouldBe(text);
        set.Faults.ShouldBe(TextFaults.ConflictingTerms);
    }

    [Theory]
    [InlineData("ISO_IR 192", "41 FF C3 41", "A\uFFFD\uFFFDA")]
    [InlineData("ISO_IR 192", "C3", "\uFFFD")]
    [InlineData("GB18030", "41 81", "A\uFFFD")]
    [InlineData("GB18030", "FF 41", "\uFFFDA")]
    [InlineData("GBK", "95", "\uFFFD")]
    [InlineData("ISO_IR 126", "C1 FF", "Α\uFFFD")]
    [InlineData("ISO_IR 127", "A1 41", "\uFFFDA")]
    [InlineData("ISO_IR 13", "A0 FD B1", "\uFFFD\uFFFDｱ")]
    [InlineData(@"\ISO 2022 IR 87", "1B 24 42 3B 1B 28 42 41", "\uFFFDA")]
    [InlineData(@"\ISO 2022 IR 87", "1B 24 42 7E 7E", "\uFFFD")]
    [InlineData(@"\ISO 2022 IR 149", "1B 24 29 43 B1 41", "\uFFFDA")]
    [InlineData(@"\ISO 2022 IR 126", "E9", "\uFFFD")]
    public void Bytes_that_mean_nothing_become_replacement_characters(string terms, string bytes, string text)
    {
        var decoded = For(terms).Decode(Bytes(bytes), TextDelimiters.Values, out var faults);

        faults.ShouldBe(TextFaults.InvalidBytes);
        decoded.ShouldBe(text);
    }

    [Fact]
    public void The_state_returns_at_delimiters_of_names()
    {
        // PS3.5 6.1.2.5.3: after "^" the Greek set has to be invoked again, so E9 is Latin 1's.
        var bytes = Bytes("1B 2D 46 C1 5E E9 3D 1B 2D 46 C1 5C E9");

        For(@"ISO 2022 IR 100\ISO 2022 IR 126").Decode(bytes, TextDelimiters.PersonNames).ShouldBe(@"Α^é=Α\é");
    }

    [Theory]
    [InlineData(TextDelimiters.None, @"Α\ι^ι")]
    [InlineData(TextDelimiters.Values, @"Α\é^é")]
    [InlineData(TextDelimiters.PersonNames, @"Α\é^é")]
    public void A_backslash_delimits_values_only(TextDelimiters delimiters, string text)
    {
        var bytes = Bytes("1B 2D 46 C1 5C E9 5E E9");

        For(@"ISO 2022 IR 100\ISO 2022 IR 126").Decode(bytes, delimiters).ShouldBe(text);
    }

    [Theory]
    [InlineData("0A")]
    [InlineData("0C")]
    [InlineData("0D")]
    [InlineData("09")]
    public void The_state_returns_at_line_ends_and_tabs(string control)
    {
        var decoded = For(@"ISO 2022 IR 100\ISO 2022 IR 126").Decode(Bytes($"1B 2D 46 C1 {control} E9"), TextDelimiters.None);

        decoded.ShouldEndWith("é");
    }

    [Fact]
    public void A_trail_byte_is_never_a_delimiter()
    {
        For("GBK").Decode(Bytes("95 5C 5C 95 5E 5E 41"), TextDelimiters.PersonNames).ShouldBe(@"昞\昢^A");
        For("GB18030").Decode(Bytes("95 5C 5E 95 5E"), TextDelimiters.PersonNames).ShouldBe("昞^昢");
    }

    [Fact]
    public void A_half_of_a_kanji_is_never_a_delimiter()
    {
        // 5C 5E is one character of JIS X 0208.
        var decoded = For(@"\ISO 2022 IR 87").Decode(Bytes("1B 24 42 5C 5E 3D 3D 1B 28 42 5E 41"), TextDelimiters.PersonNames);

        decoded.ShouldBe("權十^A");
    }

    [Fact]
    public void Half_width_katakana_and_kanji_share_a_value()
    {
        // PS3.5 H.3.2.
        var bytes = Bytes(
            "D4 CF C0 DE 5E C0 DB B3 3D 1B 24 42 3B 33 45 44 1B 28 4A 5E 1B 24 42 42 40 4F 3A 1B 28 4A");

        var set = For(@"ISO 2022 IR 13\ISO 2022 IR 87");

        set.Decode(bytes, TextDelimiters.PersonNames, out var faults).ShouldBe("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎");
        faults.ShouldBe(TextFaults.None);
    }

    [Fact]
    public void Ascii_follows_korean_without_an_escape()
    {
        var decoded = For(@"\ISO 2022 IR 149").Decode(Bytes("1B 24 29 43 B1 E8 20 41 B1 E8"));

        decoded.ShouldBe("김 A김");
    }

    [Fact]
    public void A_missing_escape_is_mended_where_one_set_is_declared()
    {
        For(@"\ISO 2022 IR 149").Decode(Bytes("B1 E8"), TextDelimiters.Values, out var faults).ShouldBe("김");

        faults.ShouldBe(TextFaults.InvalidBytes);
    }

    [Theory]
    [InlineData("ISO 2022 IR 149")]
    [InlineData("ISO 2022 IR 58")]
    public void A_multi_byte_set_as_value_1_is_active_at_once(string term) =>
        For(term).Decode(Bytes("B0 A1")).Length.ShouldBe(1);

    [Fact]
    public void An_escape_that_was_not_declared_is_followed_with_a_fault()
    {
        For("").Decode(Bytes("1B 24 42 3B 33 1B 28 42 41"), TextDelimiters.Values, out var faults).ShouldBe("山A");

        faults.ShouldBe(TextFaults.UndeclaredEscape);
    }

    [Fact]
    public void An_escape_that_nobody_defined_is_marked()
    {
        For(@"\ISO 2022 IR 87").Decode(Bytes("41 1B 25 47 42"), TextDelimiters.Values, out var faults).ShouldBe("A\uFFFD%GB");

        faults.ShouldBe(TextFaults.UnknownEscape);
    }

    [Fact]
    public void Utf8_knows_no_escapes() => For("ISO_IR 192").Decode(Bytes("1B 24 42 C3 A9")).ShouldBe("\u001B$Bé");

    [Fact]
    public void The_yen_sign_separates_as_a_backslash() => For("ISO_IR 13").Decode(Bytes("B1 5C B2")).ShouldBe(@"ｱ\ｲ");

    [Fact]
    public void The_same_terms_give_the_same_set()
    {
        For(@"\ISO 2022 IR 87").ShouldBeSameAs(For(@"\ISO 2022 IR 87"));
        For("").ShouldBeSameAs(CharacterSet.Default);
    }

    [Fact]
    public void Endless_terms_are_taken() =>
        For(string.Join('\\', Enumerable.Repeat("ISO 2022 IR 87", 10_000))).Decode("A"u8).ShouldBe("A");

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(20260101);
        string[] terms =
        [
            "", "ISO_IR 192", "GB18030", "GBK", "ISO_IR 13", "ISO_IR 127", @"\ISO 2022 IR 87\ISO 2022 IR 159",
            @"ISO 2022 IR 13\ISO 2022 IR 149\ISO 2022 IR 58", "nonsense",
        ];
        var bytes = new byte[64];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            for (var j = random.Next(8); j > 0; j--)
                bytes[random.Next(bytes.Length)] = 0x1B;

            var text = For(terms[i % terms.Length]).Decode(bytes.AsSpan(0, random.Next(65)), (TextDelimiters)(i % 3));

            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text).ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    private static CharacterSet For(string terms) => CharacterSet.For(Encoding.Latin1.GetBytes(terms));

    private static byte[] Bytes(string hexadecimal) => Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal));
}
