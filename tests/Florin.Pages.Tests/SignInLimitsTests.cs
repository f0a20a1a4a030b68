using System.Net;
using Florin.BackOffice.SignIn;

namespace Florin.Pages.Tests;

public sealed class SignInLimitsTests
{
    [Fact]
    public void An_address_may_try_thirty_times_and_is_then_told_to_wait()
    {
        using var limits = new SignInLimits();
        Exhaust(limits, "203.0.113.7");

        Assert.InRange(limits.WaitOf(IPAddress.Parse("203.0.113.7"))!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.NotNull(limits.WaitOf(IPAddress.Parse("::ffff:203.0.113.7")));
        Assert.Null(limits.WaitOf(IPAddress.Parse("203.0.113.8")));
        Assert.Null(limits.WaitOf(null));
    }

    [Fact]
    public void All_addresses_of_one_ipv6_subscriber_are_one()
    {
        using var limits = new SignInLimits();
        Exhaust(limits, "2001:db8:0:1::7");

        Assert.NotNull(limits.WaitOf(IPAddress.Parse("2001:db8:0:1:ffff::8")));
        Assert.Null(limits.WaitOf(IPAddress.Parse("2001:db8:0:2::7")));
    }

    private static void Exhaust(SignInLimits limits, string address)
    {
        for (var i = 0; i < SignInLimits.MostTries; i++) Assert.Null(limits.WaitOf(IPAddress.Parse(address)));
    }
}
