using System.Net;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class SignInSlowdownTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.2");

    private readonly ManualTime _time = new();
    private readonly SignInSlowdown _slowdown;

    public SignInSlowdownTests() => _slowdown = new SignInSlowdown(_time);

    [Fact]
    public void A_few_wrong_passwords_cost_nothing()
    {
        Fail("ada", Here, 4);

        _slowdown.Begin("ada", Here).ShouldBeNull();
    }

    [Fact]
    public void Each_further_failure_doubles_the_wait_up_to_a_minute()
    {
        Fail("ada", Here, 5);
        var waits = new List<double>();

        for (var i = 0; i < 6; i++)
        {
            var wait = _slowdown.Wait("ada", Here).ShouldNotBeNull();
            waits.Add(wait.TotalSeconds);
            _slowdown.Begin("ada", Here).ShouldBe(wait);
            _time.Advance(wait);
            _slowdown.Begin("ada", Here).ShouldBeNull();
        }

        waits.ShouldBe([5, 10, 20, 40, 60, 60]);
    }

    [Fact]
    public void The_wait_begins_when_the_answer_is_known()
    {
        Fail("ada", Here, 5);
        _time.Advance(TimeSpan.FromSeconds(3));

        _slowdown.Fail("ada", Here);

        _slowdown.Wait("ada", Here).ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Nobody_is_shut_out_by_failures_from_elsewhere()
    {
        Fail("ada", Elsewhere, 5);

        _slowdown.Begin("ada", Here).ShouldBeNull();
        _slowdown.Begin("bob", Elsewhere).ShouldBeNull();
    }

    [Fact]
    public void Success_forgives_the_name()
    {
        Fail("ada", Here, 4);
        _slowdown.Succeed("ada", Here);
        Fail("ada", Here, 4);

        _slowdown.Wait("ada", Here).ShouldBeNull();
    }

    [Fact]
    public void An_address_that_tries_many_names_is_slowed_down()
    {
        for (var i = 0; i < 50; i++)
            _slowdown.Begin($"name{i}", Here).ShouldBeNull();

        _slowdown.Begin("another", Here).ShouldNotBeNull();
        _slowdown.Begin("another", Elsewhere).ShouldBeNull();
    }

    [Fact]
    public void A_proxy_on_this_machine_does_not_shut_everybody_out()
    {
        for (var i = 0; i < 100; i++)
            _slowdown.Begin($"name{i}", IPAddress.Loopback).ShouldBeNull();
    }

    [Fact]
    public void Addresses_of_one_ipv6_network_count_as_one()
    {
        Fail("ada", IPAddress.Parse("2001:db8:0:1::1"), 5);

        _slowdown.Wait("ada", IPAddress.Parse("2001:db8:0:1::2")).ShouldNotBeNull();
        _slowdown.Wait("ada", IPAddress.Parse("2001:db8:0:2::1")).ShouldBeNull();
    }

    [Fact]
    public void Failures_are_forgotten_after_a_while()
    {
        Fail("ada", Here, 5);
        _time.Advance(TimeSpan.FromMinutes(16));
        Fail("ada", Here, 4);

        _slowdown.Wait("ada", Here).ShouldBeNull();
    }

    [Fact]
    public void A_flood_of_names_does_not_grow_the_memory()
    {
        for (var i = 0; i < 30_000; i++)
            _slowdown.Begin($"name{i}", new IPAddress(i));

        _slowdown.Count.ShouldBeLessThanOrEqualTo(10_000);
    }

    private void Fail(string name, IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
            _slowdown.Begin(name, address).ShouldBeNull();
    }
}
