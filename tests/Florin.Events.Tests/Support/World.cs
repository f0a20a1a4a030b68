using System.Text;
using Florin.Events.Webhooks;
using Florin.Kernel;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Florin.Events.Tests.Support;

/// <summary>Storage and events over a database of their own, a clock that stands still, and a merchant.</summary>
public sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider services;
    private DeliveryWorker? worker;

    private World(ServiceProvider services, DatabaseUrl address, ManualTime time)
    {
        (this.services, Address, Time) = (services, address, time);
        Test = new MerchantScope(NewMerchant(), IsLive: false);
    }

    private DatabaseUrl Address { get; }

    public ManualTime Time { get; }

    /// <summary>The merchant, in test mode.</summary>
    public MerchantScope Test { get; }

    public MerchantScope Live => Test with { IsLive = true };

    public IEvents Events => Get<IEvents>();

    public IWebhookEndpoints Endpoints => Get<IWebhookEndpoints>();

    public IWebhookDeliveries Deliveries => Get<IWebhookDeliveries>();

    public IDatabase Database => Get<IDatabase>();

    public static async Task<World> StartAsync(DatabaseFixture databases, WebhookOptions? options = null) =>
        await OpenAsync(await databases.NewDatabaseAsync(), new ManualTime(), options);

    /// <summary>Another process on the same database, by the same clock.</summary>
    public Task<World> AnotherAsync() => OpenAsync(Address, Time, options: null);

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public MerchantId NewMerchant() => Get<IdSource>().New<MerchantId>(new ShardId(7));

    public async Task StartWorkerAsync()
    {
        worker = services.GetServices<IHostedService>().OfType<DeliveryWorker>().Single();
        await worker.StartAsync(CancellationToken.None);
    }

    public async Task StopWorkerAsync()
    {
        if (worker is null) return;
        await worker.StopAsync(CancellationToken.None);
        worker = null;
    }

    public Task<EventId> RecordAsync(string type, MerchantScope? scope = null, string json = """{"id":"pi_1"}""", Guid? subject = null, EventOrigin? origin = null)
    {
        var newEvent = new NewEvent(
            scope ?? Test, type, subject ?? Get<IdSource>().NewValue(Test.Shard), Encoding.UTF8.GetBytes(json), Origin: origin);
        return Database.WriteAsync(async tx => await Events.RecordAsync(tx, newEvent), CancellationToken.None);
    }

    public async Task<NewWebhookEndpoint> CreateEndpointAsync(string url, string types = "*", MerchantScope? scope = null, string? apiVersion = null)
    {
        var settings = new WebhookEndpointSettings(url, types.Split(' '), null, apiVersion, new Dictionary<string, string>());
        var made = await Endpoints.CreateAsync(scope ?? Test, settings, answer: null, CancellationToken.None);
        Assert.True(made.IsSuccess, made.Refusal?.Message);
        return made.Value;
    }

    public async Task<WebhookDelivery> DeliveryAsync(EventId id) =>
        Assert.Single(await Events.DeliveriesAsync(Test, [id], CancellationToken.None));

    /// <summary>Waits until the delivery of an event to the only endpoint looks as wanted.</summary>
    /// <param name="step">How far the clock moves between two looks.</param>
    public async Task<WebhookDelivery> DeliveryAsync(EventId id, Func<WebhookDelivery, bool> wanted, TimeSpan step = default)
    {
        WebhookDelivery? found = null;
        await UntilAsync(
            async () => wanted(found = await DeliveryAsync(id)),
            () => $"Still {found?.State} after {found?.Attempts.Count} attempts, the last: {(found is { Attempts: [.., var last] } ? last : null)}",
            step);
        return found!;
    }

    /// <summary>Waits for a condition of something that runs beside the test.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan step = default)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested) Assert.Fail(otherwise());
            if (step > TimeSpan.Zero) Time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopWorkerAsync();
        await services.DisposeAsync();
    }

    private static async Task<World> OpenAsync(DatabaseUrl database, ManualTime time, WebhookOptions? options)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton(new KeyRing(Secret.Of(Enumerable.Range(0, KeyRing.KeyBytes).Select(i => (byte)i).ToArray())));
        services.AddStorage(database);
        services.AddEvents(options);
        var provider = services.BuildServiceProvider();
        await provider.MigrateAsync(CancellationToken.None);
        return new World(provider, database, time);
    }
}
