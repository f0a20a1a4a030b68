using System.Diagnostics.Metrics;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Florin.Merchants.Tests;

public abstract class RequestLogTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly PageRequest<RequestId> FirstPage = new(25);

    private readonly ManualTime time = new();
    private readonly MerchantScope scope = new(NewMerchant(), IsLive: false);
    private ServiceProvider services = null!;

    private IRequestLog Requests => services.GetRequiredService<IRequestLog>();

    private RequestLogWriter Writer => services.GetServices<IHostedService>().OfType<RequestLogWriter>().Single();

    public async Task InitializeAsync() => services = await fixture.StartAsync(
        time, added => added.AddSingleton(new KeyRing(Secret.Of(new byte[KeyRing.KeyBytes]))).AddMerchants());

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task A_request_is_found_as_it_was_by_its_own_merchant_and_mode_alone()
    {
        var request = Add(scope, "/v1/refunds", 402);
        await WriteDownAsync();

        Assert.Equal(request, await Requests.FindAsync(scope, request.Id, Ct));
        Assert.Null(await Requests.FindAsync(scope with { IsLive = true }, request.Id, Ct));
        Assert.Null(await Requests.FindAsync(scope with { Merchant = NewMerchant() }, request.Id, Ct));
        Assert.Empty((await Requests.ListAsync(scope with { IsLive = true }, new RequestLogFilter(), FirstPage, Ct)).Items);
    }

    [Fact]
    public async Task Requests_are_listed_newest_first_by_status_and_by_path()
    {
        var paid = Add(scope, "/v1/payment_intents", 200);
        var declined = Add(scope, "/v1/payment_intents", 402);
        var missing = Add(scope, "/v1/refunds/re_1", 404);
        await WriteDownAsync();

        Assert.Equal([missing.Id, declined.Id, paid.Id], await IdsAsync(new RequestLogFilter()));
        Assert.Equal([missing.Id, declined.Id], await IdsAsync(new RequestLogFilter(LowestStatus: 400)));
        Assert.Equal([paid.Id], await IdsAsync(new RequestLogFilter(LowestStatus: 200, HighestStatus: 299)));
        Assert.Equal([missing.Id], await IdsAsync(new RequestLogFilter(PathPrefix: "/v1/refunds")));
        Assert.Empty(await IdsAsync(new RequestLogFilter(PathPrefix: "/v1/r%")));
        Assert.Equal([declined.Id], await IdsAsync(new RequestLogFilter(LowestStatus: 402, HighestStatus: 402, PathPrefix: "/v1/p")));
    }

    [Fact]
    public async Task A_flood_is_cut_off_and_counted_and_nobody_waits_for_it()
    {
        var lost = 0L;
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => lost += instrument.Name == "florin.request_log.lost" ? value : 0);
        meters.Start();
        var prepared = 0;
        for (var i = 0; i < RequestLog.MostWaiting + 7; i++)
        {
            Requests.Add(() =>
            {
                prepared++;
                return NewRequest(scope, "/v1/events", 200);
            });
        }

        Assert.Equal((RequestLog.MostWaiting, 7L), (prepared, lost));
        await WriteDownAsync();
        Assert.Equal(RequestLog.MostWaiting, await StoredAsync());
    }

    [Fact]
    public async Task Under_load_the_log_writes_a_batch_and_rests()
    {
        for (var i = 0; i < 250; i++) Add(scope, "/v1/events", 200);
        await Writer.StartAsync(Ct);
        await UntilAsync(async () => await StoredAsync() == 100 && time.Waiting > 0);

        time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Equal(100, await StoredAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));
        await UntilAsync(async () => await StoredAsync() == 200);
        await Writer.StopAsync(Ct);
        Assert.Equal(250, await StoredAsync());
    }

    [Fact]
    public async Task Requests_are_forgotten_after_thirty_days()
    {
        Add(scope, "/v1/old", 200);
        time.Advance(TimeSpan.FromSeconds(1));
        var kept = Add(scope, "/v1/kept", 200);
        await WriteDownAsync();
        time.Advance(TimeSpan.FromDays(30));

        var expiry = services.GetRequiredService<RequestLogExpiry>();
        Assert.Equal(JobOutcome.Done, await expiry.RunAsync(new Job(new ShardId(0), expiry.Kind, "", "", 1), Ct));

        Assert.Equal([kept.Id], await IdsAsync(new RequestLogFilter()));
    }

    private static MerchantId NewMerchant() => new IdSource(TimeProvider.System, RandomSource.System).New<MerchantId>(DatabaseFixture.FreshShard());

    // The state is another thread's, so it is asked until it is there; a test that waits in vain is ended by its runner.
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo()) await Task.Yield();
    }

    private LoggedRequest Add(MerchantScope of, string path, int status)
    {
        var request = NewRequest(of, path, status);
        Requests.Add(() => request);
        return request;
    }

    private LoggedRequest NewRequest(MerchantScope of, string path, int status)
    {
        var ids = services.GetRequiredService<IdSource>();
        return new LoggedRequest(
            ids.New<RequestId>(new ShardId(0)), of, time.GetUtcNow(), "POST", path, status, ids.New<ApiKeyId>(of.Shard), "fsk_test_****abcd",
            "203.0.113.7", "order-1", status >= 400 ? "card_declined" : null, 12, "{\"amount\":\"5\"}", "{}");
    }

    private Task WriteDownAsync() => Writer.StopAsync(Ct);

    private async Task<RequestId[]> IdsAsync(RequestLogFilter filter) =>
        [.. (await Requests.ListAsync(scope, filter, FirstPage, Ct)).Items.Select(request => request.Id)];

    private async Task<long> StoredAsync() => await services.GetRequiredService<IDatabase>().ReadAsync(
        async reader => await reader.CountAsync($"SELECT COUNT(*) FROM request_log WHERE merchant = {scope.Merchant}"), Ct);
}

public sealed class RequestLogOnSqlite(SqliteFixture fixture) : RequestLogTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class RequestLogOnPostgres(PostgresFixture fixture) : RequestLogTests(fixture), IClassFixture<PostgresFixture>;
