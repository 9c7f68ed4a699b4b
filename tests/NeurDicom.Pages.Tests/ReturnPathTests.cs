using System.Net;
using NeurDicom.Accounts;
using NeurDicom.Pages;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed class ReturnPathTests
{
    public static TheoryData<string> Traps =>
    [
        "", "//evil.example", "///evil.example", "https://evil.example/", "http:evil", "/\\evil.example", "/\t/evil.example", "\\\\evil.example",
        "/\n/evil.example", "javascript:alert(1)", "data:text/html,x", " /studies/1", "studies/1", "/a\r\nSet-Cookie: x=y", "/x\\y", "/é",
    ];

    [Theory]
    [MemberData(nameof(Traps))]
    public void A_path_of_another_place_is_not_followed(string path)
    {
        ReturnPath.Safe(path).ShouldBe("/");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/studies/1")]
    [InlineData("/?name=a%20b&after=x")]
    public void A_path_of_this_server_is_followed(string path)
    {
        ReturnPath.Safe(path).ShouldBe(path);
    }

    [Fact]
    public async Task Signing_in_leads_to_no_other_server()
    {
        await using var server = await AccountClient.StartAsync();

        foreach (var (_, trap) in Traps.Select((row, index) => (index, row.Data)))
        {
            using var response = await server.PostFormAsync("/sign-in", new Dictionary<string, string>
            {
                ["name"] = FirstAccount.Name,
                ["password"] = ArchiveServer.Password,
                ["next"] = trap,
            });

            response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
            response.Header("Location").ShouldBe("/", trap);
        }

        (await server.PageAsync("/sign-in?next=https%3A%2F%2Fevil.example")).ShouldNotContain("https:");
    }
}
