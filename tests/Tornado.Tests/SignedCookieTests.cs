using System.Text;
using Tornado.Internal;

namespace Tornado.Tests;

public sealed class SignedCookieTests
{
    private const string V2 =
        "2|1:0|10:1300000000|3:key|8:dmFsdWU=|58e508a37c3a0dba6e66b2a901009c013d93b2218b13a5aeba9bb6825561f201";
    private const string V1 = "dmFsdWU=|1300000000|015457b5e81203ad7a63281d7854c09f610f2c9f";
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_300_000_000);
    private static readonly CookieSecret Secret = "secret";

    // Cases U12 and U13: vectors that Tornado itself gave.
    [Fact]
    public void Signed_values_are_those_of_tornado()
    {
        SignedValue.Create(Secret, "key", "value"u8, 2, Then).ShouldBe(V2);
        SignedValue.Create(Secret, "key", "value"u8, 1, Then).ShouldBe(V1);
    }

    [Theory]
    [InlineData(V2, 0, "value")]
    [InlineData(V1, 0, "value")]
    [InlineData(V2, 31, "value")]
    [InlineData(V2, 31.1, null)]
    [InlineData(V1, 31.1, null)]
    [InlineData(V2, -400, "value")]
    [InlineData(V1, -32, null)]
    [InlineData("", 0, null)]
    [InlineData("2|", 0, null)]
    [InlineData("2|1:0|10:1300000000|3:key|8:dmFsdWU=|", 0, null)]
    [InlineData("2|99999999999:0|10:1300000000|3:key|8:dmFsdWU=|00", 0, null)]
    [InlineData("2|1:9|10:1300000000|3:key|8:dmFsdWU=|58e508a37c3a0dba6e66b2a901009c013d93b2218b13a5aeba9bb6825561f201", 0, null)]
    [InlineData("3|1:0|10:1300000000|3:key|8:dmFsdWU=|58e508a37c3a0dba6e66b2a901009c013d93b2218b13a5aeba9bb6825561f201", 0, null)]
    [InlineData("||", 0, null)]
    public void Only_a_fresh_and_genuine_value_is_read(string value, double daysLater, string? expected)
    {
        var read = SignedValue.Decode(Secret, "key", value, 31, 1, Then.AddDays(daysLater), out _);

        (read is null ? null : Encoding.UTF8.GetString(read)).ShouldBe(expected);
    }

    [Fact]
    public void A_value_signed_for_another_name_is_not_read()
        => SignedValue.Decode(Secret, "kex", V2, 31, 1, Then, out _).ShouldBeNull();

    [Fact]
    public void An_old_format_can_be_ruled_out()
        => SignedValue.Decode(Secret, "key", V1, 31, 2, Then, out _).ShouldBeNull();

    [Fact]
    public void Every_changed_character_makes_a_value_unreadable()
    {
        for (var i = 0; i < V2.Length; i++)
        {
            var changed = V2[..i] + (V2[i] == 'x' ? 'y' : 'x') + V2[(i + 1)..];

            SignedValue.Decode(Secret, "key", changed, 31, 1, Then, out _).ShouldBeNull();
        }
    }

    [Fact]
    public void Keys_can_be_rotated()
    {
        var before = new CookieSecret(new Dictionary<int, string> { [0] = "zero", [1] = "one" }, 0);
        var after = new CookieSecret(new Dictionary<int, string> { [0] = "zero", [1] = "one" }, 1);

        var old = SignedValue.Create(before, "user", "alice"u8, 2, Then);

        SignedValue.Decode(after, "user", old, 31, 1, Then, out _).ShouldBe("alice"u8.ToArray());
        SignedValue.KeyVersionOf(old).ShouldBe(0);
        SignedValue.KeyVersionOf(SignedValue.Create(after, "user", "alice"u8, 2, Then)).ShouldBe(1);
    }

    [Fact]
    public void A_name_beyond_ascii_survives_the_way_through_a_header()
    {
        var value = SignedValue.Create(Secret, "ключ", "v"u8, 2, Then);
        var asReceived = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));

        SignedValue.Decode(Secret, "ключ", asReceived, 31, 1, Then, out _).ShouldBe("v"u8.ToArray());
    }

    [Fact]
    public void A_secret_does_not_print_itself() => $"{new CookieSecret("hush")}".ShouldNotContain("hush");
}
