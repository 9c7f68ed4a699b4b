using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class RequestGuardTests
{
    private static readonly RequestGuard Guard = new(["https://viewer.example"], ["pacs.local"]);

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:8080")]
    [InlineData("LOCALHOST")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("[::1]:8080")]
    [InlineData("pacs.local:8080")]
    public void A_host_that_names_this_machine_is_taken_on_loopback(string host)
    {
        Guard.Refuse(Request("GET", host)).ShouldBeNull();
    }

    // A page of evil.example that lets its own name point at 127.0.0.1: DNS rebinding.
    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example:8080")]
    [InlineData("")]
    public void Another_host_is_refused_on_loopback(string host)
    {
        Guard.Refuse(Request("GET", host)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Loopback_is_known_in_ipv6_too(string local)
    {
        Guard.Refuse(Request("GET", "evil.example", local: local)).ShouldNotBeNull();
    }

    [Fact]
    public void Any_host_is_taken_on_the_network()
    {
        Guard.Refuse(Request("GET", "pacs.hospital.example", local: "10.0.0.7")).ShouldBeNull();
    }

    [Theory]
    [InlineData("POST", "same-origin", null)]
    [InlineData("POST", "same-origin", "http://localhost:8080")]
    [InlineData("POST", null, "http://localhost:8080")]
    [InlineData("POST", null, null)]
    [InlineData("DELETE", null, null)]
    [InlineData("POST", "cross-site", "https://viewer.example")]
    [InlineData("GET", "cross-site", "https://evil.example")]
    [InlineData("HEAD", "cross-site", null)]
    [InlineData("OPTIONS", "cross-site", "https://evil.example")]
    public void Our_own_pages_scripts_and_listed_origins_are_let_in(string method, string? site, string? origin)
    {
        Guard.Refuse(Request(method, "localhost:8080", site, origin)).ShouldBeNull();
    }

    [Theory]
    [InlineData("POST", "cross-site", null)]
    [InlineData("POST", "same-site", null)]
    [InlineData("POST", "none", null)]
    [InlineData("POST", "cross-site", "http://localhost:8080")]
    [InlineData("POST", null, "https://evil.example")]
    [InlineData("POST", null, "https://localhost:8080")]
    [InlineData("POST", null, "http://localhost:8081")]
    [InlineData("POST", null, "http://localhost")]
    [InlineData("POST", null, "null")]
    [InlineData("POST", null, "")]
    [InlineData("PUT", null, "http://viewer.example")]
    [InlineData("DELETE", "same-site", "https://other.example")]
    [InlineData("PATCH", "cross-site", null)]
    [InlineData("INVENTED", "cross-site", null)]
    public void A_forged_request_is_refused(string method, string? site, string? origin)
    {
        Guard.Refuse(Request(method, "localhost:8080", site, origin)).ShouldNotBeNull();
    }

    [Fact]
    public void Two_origins_in_one_request_are_refused()
    {
        var request = Request("POST", "localhost:8080");
        request.Headers.Origin = new(["http://localhost:8080", "https://viewer.example"]);

        Guard.Refuse(request).ShouldNotBeNull();
    }

    [Fact]
    public void The_unix_socket_is_not_reachable_from_a_page()
    {
        var request = Request("POST", "anything", "cross-site");
        request.HttpContext.Connection.LocalIpAddress = null;
        request.HttpContext.Features.Set<IConnectionEndPointFeature>(new UnixSocket());

        RequestGuard.IsUnixSocket(request.HttpContext).ShouldBeTrue();
        Guard.Refuse(request).ShouldBeNull();
    }

    [Fact]
    public void A_connection_without_addresses_is_not_taken_for_the_unix_socket()
    {
        RequestGuard.IsUnixSocket(new DefaultHttpContext()).ShouldBeFalse();
    }

    [Theory]
    [InlineData("https://viewer.example", true)]
    [InlineData("http://viewer.example", false)]
    [InlineData("https://viewer.example.evil.example", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    public void Only_listed_origins_may_read_answers(string? origin, bool allowed)
    {
        Guard.AllowedOrigin(Request("GET", "localhost", origin: origin)).ShouldBe(allowed ? origin : null);
    }

    [Fact]
    public void A_star_lets_every_page_read_and_none_write()
    {
        var guard = new RequestGuard(["*"], []);

        guard.AllowedOrigin(Request("GET", "localhost", origin: "https://evil.example")).ShouldBe("*");
        guard.Refuse(Request("POST", "localhost", origin: "https://evil.example")).ShouldNotBeNull();
        guard.Refuse(Request("POST", "localhost", origin: "*")).ShouldNotBeNull();
    }

    [Fact]
    public void No_origin_is_allowed_where_none_is_listed()
    {
        var guard = new RequestGuard([], []);

        guard.HasOrigins.ShouldBeFalse();
        guard.AllowedOrigin(Request("GET", "localhost", origin: "null")).ShouldBeNull();
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("::1", true)]
    [InlineData("localhost", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("192.168.1.5", false)]
    [InlineData("pacs.example", false)]
    public void An_address_is_loopback_only_when_all_who_reach_it_are_here(string address, bool loopback)
    {
        RequestGuard.IsLoopback(address).ShouldBe(loopback);
    }

    [Fact]
    public void Basic_is_offered_to_programs_and_not_to_pages()
    {
        var page = Request("GET", "localhost");
        page.Headers["Sec-Fetch-Mode"] = "cors";

        RequestGuard.Challenge(page).ShouldBeNull();
        RequestGuard.Challenge(Request("GET", "localhost")).ShouldStartWith("Basic ");
    }

    private static HttpRequest Request(
        string method, string host, string? site = null, string? origin = null, string local = "127.0.0.1")
    {
        var http = new DefaultHttpContext();
        http.Connection.LocalIpAddress = IPAddress.Parse(local);
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Host = new HostString(host);
        if (site is not null)
            http.Request.Headers["Sec-Fetch-Site"] = site;
        if (origin is not null)
            http.Request.Headers.Origin = origin;
        return http.Request;
    }

    private sealed class UnixSocket : IConnectionEndPointFeature
    {
        public EndPoint? LocalEndPoint { get; set; } = new UnixDomainSocketEndPoint("/tmp/socket");

        public EndPoint? RemoteEndPoint { get; set; }
    }
}
