using System.Text;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class BasicHeaderTests
{
    [Theory]
    [InlineData("ada:secret", "ada", "secret")]
    [InlineData("ada:se:cr:et", "ada", "se:cr:et")]
    [InlineData("ädä:пароль", "ädä", "пароль")]
    [InlineData(":", "", "")]
    public void Name_and_password_are_read(string pair, string name, string password)
    {
        var header = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

        Authentication.TryReadBasic(header, out var foundName, out var foundPassword).ShouldBeTrue();
        (foundName, foundPassword).ShouldBe((name, password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Basic YWRh")] // ada, no colon
    [InlineData("Basic /zph")] // not UTF-8
    [InlineData("Bearer YWRhOnNlY3JldA==")]
    [InlineData("Basic YWRhOnNlY3JldA==, Basic YWRhOnNlY3JldA==")]
    public void Anything_else_is_refused(string header)
    {
        Authentication.TryReadBasic(header, out _, out _).ShouldBeFalse();
    }
}
