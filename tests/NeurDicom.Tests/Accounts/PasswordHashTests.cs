using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class PasswordHashTests
{
    // Made with Python: hashlib.pbkdf2_hmac("sha256", password, salt, iterations).
    [Theory]
    [InlineData("lètmein", "pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM=")]
    [InlineData("lètmein", "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=")]
    [InlineData("userpw", "pbkdf2_sha256$150000$x1Y2z3$6MVY2jb+DuOdkes+06bLYE6KFWioUmsLQtYl58W/Wbc=")]
    public void A_hash_that_django_wrote_is_verified(string password, string encoded)
    {
        PasswordHash.Verify(password, encoded).ShouldBeTrue();
        PasswordHash.IsOutdated(encoded).ShouldBeTrue();
    }

    [Fact]
    public void A_new_hash_is_in_djangos_form_and_verifies()
    {
        var encoded = PasswordHash.Create("correct horse");

        encoded.ShouldMatch(@"^pbkdf2_sha256\$1500000\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{43}=$");
        PasswordHash.Verify("correct horse", encoded).ShouldBeTrue();
        PasswordHash.Verify("correct Horse", encoded).ShouldBeFalse();
        PasswordHash.IsOutdated(encoded).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("secret")]
    [InlineData("pbkdf2_sha1$1000$salt$AAAA")]
    [InlineData("pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2_sha256$-1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2_sha256$99999999$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2_sha256$1000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2_sha256$1000$salt$AAAA")]
    [InlineData("pbkdf2_sha256$1000$salt$not base64")]
    public void What_is_no_hash_is_never_usable(string? encoded)
    {
        PasswordHash.IsUsable(encoded).ShouldBeFalse();
    }

    [Fact]
    public void No_password_opens_an_account_that_does_not_exist()
    {
        PasswordHash.Verify("", null).ShouldBeFalse();
    }
}
