using System.Globalization;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Api.Tests.Keys;

public sealed class RateLimitTests
{
    private static readonly ApiCaller Test = Caller(1, Samples.Test);
    private static readonly ApiCaller Live = Caller(2, Samples.Live);

    [Fact]
    public void Each_key_has_its_own_limit_and_each_mode_its_own_size()
    {
        using var limits = new RateLimits(new ApiOptions { TestRequestsPerSecond = 1, LiveRequestsPerSecond = 3 });

        Assert.Null(limits.Refuse(Test));
        var (refusal, retryAfter) = limits.Refuse(Test)!.Value;
        Assert.Equal((RefusalKind.RateLimited, "rate_limit"), (refusal.Kind, refusal.Code));
        Assert.InRange(retryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.Null(limits.Refuse(Caller(3, Samples.Test)));
        for (var i = 0; i < 3; i++) Assert.Null(limits.Refuse(Live));
        Assert.NotNull(limits.Refuse(Live));
    }

    [Fact]
    public void Zero_means_no_limit()
    {
        using var limits = new RateLimits(new ApiOptions { TestRequestsPerSecond = 0 });
        for (var i = 0; i < 100_000; i++) Assert.Null(limits.Refuse(Test));
    }

    private static ApiCaller Caller(int number, MerchantScope scope) => new(ApiKeyId.From(Samples.Value(number)), ApiKeyKind.Secret, scope);
}

/// <summary>An API where a test key may ask once.</summary>
public sealed class StrictApiServer : ApiServer
{
    internal override ApiOptions Options { get; } = new() { TestRequestsPerSecond = 1 };
}

public sealed class RateLimitOverHttpTests(StrictApiServer api) : IClassFixture<StrictApiServer>
{
    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back_and_others_are_not_bothered()
    {
        // The bucket fills up once a second, so of a hundred requests without a pause most are refused.
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => api.SendAsync("GET", "/v1/payment_intents")));

        var refused = answers.Where(answer => answer.Status == 429).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer =>
        {
            Assert.Equal("rate_limit", answer.Code);
            Assert.InRange(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 2);
            Assert.Equal("true", answer.Headers["Stripe-Should-Retry"]);
        });
        Assert.Equal(200, (await api.SendAsync("GET", "/v1/payment_intents", key: "secret-live")).Status);
    }
}
