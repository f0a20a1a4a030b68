using System.Net;
using Florin.Events.Webhooks;
using Florin.Kernel;

namespace Florin.Events.Tests;

public sealed class RulesTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>None of these may be called in live mode; what is a name is refused when it is connected to.</summary>
    public static TheoryData<string> HostileUrls =>
    [
        "", " ", "shop.example", "/hooks", "//shop.example/", "ftp://shop.example/", "file:///etc/passwd", "gopher://shop.example/",
        "javascript:alert(1)", "data:text/plain,x", "https://", "https:///x", "https://?x", "http://shop.example/",
        "https://user@shop.example/", "https://user:pass@shop.example/", "https://:@shop.example/", "https://@shop.example/",
        "https://shop.example@127.0.0.1/", "https://shop.example/#x", "https://shop.example\\@127.0.0.1/", "https://shop.example/a b",
        "https://shop.example/\u0000", "https://shop.example/\r\nHost: x", "https://shop.example/\t", " https://shop.example/",
        "https://shop.example:22/", "https://shop.example:80/", "https://shop.example:6379/", "https://shop.example:0/",
        "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https://intranet/", "https://metadata/",
        "https://127.0.0.1/", "https://127.1/", "https://127.0.0.1./", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/",
        "https://0177.0.0.1/", "https://0/", "https://0.0.0.0/", "https://10.0.0.1/", "https://100.64.0.1/", "https://169.254.169.254/latest/",
        "https://172.16.0.1/", "https://172.31.255.255/", "https://192.0.0.1/", "https://192.0.2.1/", "https://192.88.99.1/", "https://192.168.1.1/",
        "https://198.18.0.1/", "https://198.19.255.255/", "https://198.51.100.1/", "https://203.0.113.1/", "https://224.0.0.1/", "https://240.0.0.1/",
        "https://255.255.255.255/", "https://[::]/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/",
        "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::1]/", "https://[100::1]/", "https://[2001::1]/",
        "https://[2001:db8::1]/", "https://[2002:7f00:1::]/", "https://[3fff::1]/", "https://[5f00::1]/", "https://[fc00::1]/", "https://[fd00::1]/",
        "https://[fe80::1]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://１２７.０.０.１/", "https://127。0。0。1/", "https://①②⑦.0.0.1/",
        "https://8.8.8.8/", "https://[2606:4700::1]/", "https://shop.example/" + new string('x', 2_048),
    ];

    [Theory]
    [MemberData(nameof(HostileUrls))]
    public void A_hostile_url_is_refused_in_live_mode(string url)
    {
        var refusal = Check(url, isLive: true);
        Assert.Equal((RefusalKind.Invalid, "url_invalid", "url"), (refusal?.Kind, refusal?.Code, refusal?.Param));
    }

    [Theory]
    [InlineData("https://shop.example/hooks?a=b&c=%20")]
    [InlineData("https://shop.example:443/")]
    [InlineData("https://가게.example/훅")]
    [InlineData("HTTPS://SHOP.EXAMPLE")]
    public void An_ordinary_url_is_taken_in_live_mode(string url) => Assert.Null(Check(url, isLive: true));

    [Theory]
    [InlineData("http://localhost:3000/hooks", true)]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("http://[::1]:8080/", true)]
    [InlineData("http://shop.example:8080/", true)]
    [InlineData("http://169.254.169.254/", false)]
    [InlineData("http://10.0.0.1/", false)]
    [InlineData("ftp://localhost/", false)]
    public void Test_mode_may_call_this_machine_but_not_its_network(string url, bool isTaken) => Assert.Equal(isTaken, Check(url, isLive: false) is null);

    [Fact]
    public void An_operator_may_open_a_network()
    {
        var options = new WebhookOptions { AllowedNetworks = [IPNetwork.Parse("10.1.0.0/16")], LivePorts = [443, 8443] };
        Assert.Null(Check("https://10.1.2.3:8443/", isLive: true, options));
        Assert.Null(Check("https://intranet/", isLive: true, options));
        Assert.NotNull(Check("https://10.2.0.1/", isLive: true, options));
        Assert.NotNull(Check("http://127.0.0.1/", isLive: false, new WebhookOptions { AllowLoopbackInTest = false }));
        Assert.NotNull(Check("http://localhost/", isLive: false, new WebhookOptions { AllowLoopbackInTest = false }));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("223.255.255.255", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::ffff:0:127.0.0.1", false)]
    [InlineData("4000::1", false)]
    public void Only_public_addresses_are_called_in_live_mode(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, new AddressRules(new WebhookOptions()).Allows(IPAddress.Parse(address), isLive: true));

    // Computed with the npm packages stripe 23.1.0 and standardwebhooks.
    [Fact]
    public void Signatures_are_those_of_Stripe_and_of_Standard_Webhooks()
    {
        var secret = Secret.Of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var at = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);
        var body = "{\"test\": 2432232314}"u8.ToArray();

        Assert.Equal(
            "t=1614265330,v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964",
            WebhookSignatures.Stripe([secret], at, body));
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignatures.Standard([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body));
    }

    [Fact]
    public void The_live_schedule_makes_ten_attempts_over_three_days_with_a_fifth_of_jitter()
    {
        double[] seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (var attempt = 1; attempt <= seconds.Length; attempt++)
        {
            var least = RetrySchedule.Next(isLive: true, attempt, retryAfter: null, new FixedRandom(0));
            var most = RetrySchedule.Next(isLive: true, attempt, retryAfter: null, new FixedRandom(255));
            Assert.Equal(seconds[attempt - 1] * 0.8, least!.Value.TotalSeconds, precision: 3);
            Assert.Equal(seconds[attempt - 1] * 1.2, most!.Value.TotalSeconds, precision: 3);
        }

        Assert.Null(RetrySchedule.Next(isLive: true, 10, TimeSpan.FromHours(1), new FixedRandom(0)));
        Assert.Null(RetrySchedule.Next(isLive: false, 3, null, new FixedRandom(0)));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3_600, 3_600)]
    [InlineData(86_400 * 30, 86_400)]
    [InlineData(-5, 4)]
    public void Retry_After_only_lengthens_a_wait_and_by_a_day_at_most(int askedSeconds, int waitedSeconds) => Assert.Equal(
        TimeSpan.FromSeconds(waitedSeconds), RetrySchedule.Next(isLive: true, 1, TimeSpan.FromSeconds(askedSeconds), new FixedRandom(0)));

    [Fact]
    public void The_first_id_of_an_instant_divides_earlier_from_later_ones()
    {
        var time = new ManualTime();
        var ids = new IdSource(time, RandomSource.System);
        var before = ids.NewValue(new ShardId(4095));
        time.Advance(TimeSpan.FromMilliseconds(1));
        var bound = EventStore.FirstValueAt(time.GetUtcNow());
        var after = ids.NewValue(new ShardId(0));

        Assert.True(Compare(before, bound) < 0);
        Assert.True(Compare(bound, after) < 0);
        Assert.Equal(Guid.Empty, EventStore.FirstValueAt(DateTimeOffset.MinValue));

        static int Compare(Guid left, Guid right) => left.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(right.ToByteArray(bigEndian: true));
    }

    private static Refusal? Check(string url, bool isLive, WebhookOptions? options = null)
    {
        var rules = new EndpointRules(options ?? new WebhookOptions(), new AddressRules(options ?? new WebhookOptions()));
        return rules.Check(new WebhookEndpointSettings(url, ["*"], null, null, NoMetadata), isLive);
    }

    private sealed class FixedRandom(byte value) : RandomSource
    {
        public override void Fill(Span<byte> bytes) => bytes.Fill(value);
    }
}
