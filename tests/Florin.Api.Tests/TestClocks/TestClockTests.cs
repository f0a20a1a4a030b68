using System.Text.Json;
using Florin.Kernel;
using Florin.Payments;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.TestClocks;

public abstract class TestClockTests(RealApi api) : IAsyncLifetime
{
    private const string Clocks = "/v1/test_helpers/test_clocks";
    private const string Session = "mode=payment&success_url=https://shop.example/&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd"
        + "&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Tea";

    public Task InitializeAsync() => Task.CompletedTask;

    // A merchant has one clock, and the tests of a class share the merchant.
    public async Task DisposeAsync()
    {
        foreach (var id in (await api.GetAsync(Clocks)).Ids()) await api.OkAsync("DELETE", $"{Clocks}/{id}");
    }

    [Fact]
    public async Task A_clock_is_made_read_listed_and_deleted()
    {
        var made = await CreateAsync(1_800_000_000, "&name=a+year+on");

        Assert.Equal(("test_helpers.test_clock", "ready", "a year on"), (made.Text("object"), made.Text("status"), made.Text("name")));
        Assert.Equal(1_800_000_000, made.GetProperty("frozen_time").GetInt64());
        Assert.Equal("{}", made.GetProperty("status_details").GetRawText());
        Assert.False(made.GetProperty("livemode").GetBoolean());
        Assert.Equal(made.GetRawText(), (await api.GetAsync($"{Clocks}/{made.Id()}")).GetRawText());
        Assert.Equal([made.Id()], (await api.GetAsync(Clocks)).Ids());
        var deleted = await api.OkAsync("DELETE", $"{Clocks}/{made.Id()}");
        Assert.True(deleted.GetProperty("deleted").GetBoolean());
        Assert.Equal(404, (await api.RefusedAsync("GET", $"{Clocks}/{made.Id()}")).Status);
        Assert.Equal(404, (await api.RefusedAsync("DELETE", $"{Clocks}/{made.Id()}")).Status);
        Assert.Equal(
            ["test_helpers.test_clock.created", "test_helpers.test_clock.deleted"], (await api.EventsOfAsync(made.Id())).Select(each => each.Text("type")));
    }

    [Fact]
    public async Task A_merchant_has_one_clock_and_it_only_goes_forward()
    {
        var clock = await CreateAsync(1_800_000_000);

        Assert.Equal((400, "test_clock_exists", null), await api.RefusedAsync("POST", Clocks, "frozen_time=1800000000"));
        Assert.Equal((400, "parameter_missing", "frozen_time"), await api.RefusedAsync("POST", Clocks, ""));
        Assert.Equal((400, "parameter_unknown", "customer"), await api.RefusedAsync("POST", Clocks, "frozen_time=1800000000&customer=cus_1"));
        var advance = $"{Clocks}/{clock.Id()}/advance";
        Assert.Equal((400, "parameter_invalid", "frozen_time"), await api.RefusedAsync("POST", advance, "frozen_time=1800000000"));
        Assert.Equal((400, "parameter_invalid", "frozen_time"), await api.RefusedAsync("POST", advance, "frozen_time=1900000000"));
        Assert.Equal(404, (await api.RefusedAsync("POST", $"{Clocks}/clock_00000000000000000000000000000001/advance", "frozen_time=1800000001")).Status);
    }

    [Fact]
    public async Task There_is_no_clock_in_live_mode()
    {
        var clocks = api.Services.GetRequiredService<ITestClocks>();
        var live = new PaymentRequest(api.Scope with { IsLive = true }, Origin: null);
        var made = await CreateAsync(1_800_000_000);

        var refused = await clocks.CreateAsync(live, new NewTestClock(DateTimeOffset.UnixEpoch, Name: null), answer: null, CancellationToken.None);

        Assert.Equal("test_mode_only", refused.Refusal!.Code);
        Assert.Null(await clocks.FindAsync(live.Scope, Ids.Parse<TestClockId>(made.Id()), CancellationToken.None));
        Assert.False((await clocks.DeleteAsync(live, Ids.Parse<TestClockId>(made.Id()), answer: null, CancellationToken.None)).IsSuccess);
        Assert.NotEqual(1_800_000_000, (await clocks.NowAsync(live.Scope, CancellationToken.None)).ToUnixTimeSeconds());
        Assert.Equal(1_800_000_000, (await clocks.NowAsync(api.Scope, CancellationToken.None)).ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_checkout_session_expires_when_the_clock_passes_its_end()
    {
        var clock = await CreateAsync(1_800_000_000);
        var session = await api.PostAsync("/v1/checkout/sessions", Session);
        Assert.Equal(1_800_000_000 + (24 * 60 * 60), session.GetProperty("expires_at").GetInt64());
        Assert.Equal((400, "parameter_invalid", "expires_at"), await api.RefusedAsync("POST", "/v1/checkout/sessions", Session + "&expires_at=1800000060"));

        var advancing = await AdvanceAsync(clock, 1_800_000_000 + (24 * 60 * 60) - 1);
        Assert.Equal("open", (await api.GetAsync($"/v1/checkout/sessions/{session.Id()}")).Text("status"));
        await AdvanceAsync(clock, 1_800_000_000 + (24 * 60 * 60));

        Assert.Equal("expired", (await api.GetAsync($"/v1/checkout/sessions/{session.Id()}")).Text("status"));
        Assert.Equal("advancing", advancing.Text("status"));
        Assert.Equal(
            advancing.GetProperty("frozen_time").GetInt64(),
            advancing.GetProperty("status_details").GetProperty("advancing").GetProperty("target_frozen_time").GetInt64());
        Assert.Equal(["checkout.session.expired"], (await api.EventsOfAsync(session.Id())).Select(each => each.Text("type")));
        Assert.Equal("test_helpers.test_clock.ready", (await api.EventsOfAsync(clock.Id()))[^1].Text("type"));
    }

    [Fact]
    public async Task A_session_whose_real_time_is_over_lives_on_while_the_clock_stands_before_its_end()
    {
        // The clock stands in the past, so that by the real time the session ended long ago.
        await CreateAsync(1_600_000_000);
        var session = await api.PostAsync("/v1/checkout/sessions", Session);

        var bought = await api.BuyAsync(session, "4242424242424242");

        Assert.Equal(("complete", "paid"), (bought.Text("status"), bought.Text("payment_status")));
    }

    [Fact]
    public async Task A_token_runs_out_by_the_clock()
    {
        var clock = await CreateAsync(1_600_000_000);
        var inTime = await TokenAsync();
        var late = await TokenAsync();

        await AdvanceAsync(clock, 1_600_000_000 + (15 * 60) - 1);
        await api.PostAsync("/v1/payment_methods", $"type=card&card[token]={inTime}");
        await AdvanceAsync(clock, 1_600_000_000 + (15 * 60));

        Assert.Equal((400, "token_expired"), await RefusedAsync($"type=card&card[token]={late}"));
    }

    private async Task<(int Status, string? Code)> RefusedAsync(string form)
    {
        var (status, code, _) = await api.RefusedAsync("POST", "/v1/payment_methods", form);
        return (status, code);
    }

    private async Task<string> TokenAsync() =>
        (await api.PostAsync("/v1/tokens", "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123")).Id();

    private Task<JsonElement> CreateAsync(long frozenTime, string more = "") => api.PostAsync(Clocks, $"frozen_time={frozenTime}{more}");

    /// <summary>Moves the clock and waits until all that follows is done.</summary>
    /// <returns>The clock as it was just after the step.</returns>
    private async Task<JsonElement> AdvanceAsync(JsonElement clock, long to)
    {
        var advancing = await api.PostAsync($"{Clocks}/{clock.Id()}/advance", $"frozen_time={to}");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await api.GetAsync($"{Clocks}/{clock.Id()}")).Text("status") != "ready")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }

        return advancing;
    }
}

public sealed class TestClocksOnSqlite(RealApiOnSqlite api) : TestClockTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class TestClocksOnPostgres(RealApiOnPostgres api) : TestClockTests(api), IClassFixture<RealApiOnPostgres>;
