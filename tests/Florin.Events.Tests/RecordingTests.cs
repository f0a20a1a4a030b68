using System.Text;
using Florin.Events.Retention;
using Florin.Events.Tests.Support;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Events.Tests;

public abstract class RecordingTests(DatabaseFixture databases)
{
    private static readonly EventFilter Everything = new([]);

    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task An_event_is_shown_byte_for_byte_as_it_was_recorded()
    {
        await using var world = await World.StartAsync(databases);
        const string Odd = "{ \"name\" : \"김\\u00e9 😀\",\t\"amount\":1.50e1 }";
        var subject = world.Get<IdSource>().NewValue(world.Test.Shard);
        var newEvent = new NewEvent(
            world.Test, EventTypes.ChargeUpdated, subject, Encoding.UTF8.GetBytes(Odd), "{ \"a\": null}"u8.ToArray(), new EventOrigin("req_1", "key-1"));

        var id = await world.Database.WriteAsync(async tx => await world.Events.RecordAsync(tx, newEvent), Never);

        var found = await world.Events.FindAsync(world.Test, id, Never);
        Assert.NotNull(found);
        Assert.Equal(Odd, Encoding.UTF8.GetString(found.ObjectJson));
        Assert.Equal("{ \"a\": null}"u8.ToArray(), found.PreviousAttributesJson);
        Assert.Equal((id, EventTypes.ChargeUpdated, subject), (found.Id, found.Type, found.Subject));
        Assert.Equal(new EventOrigin("req_1", "key-1"), found.Origin);
        Assert.Equal((ApiVersions.Current, false, 0), (found.ApiVersion, found.IsLive, found.PendingWebhooks));
        Assert.Equal(world.Time.GetUtcNow(), found.CreatedAt);
    }

    [Fact]
    public async Task The_envelope_is_Stripes_event_object()
    {
        await using var world = await World.StartAsync(databases);
        await world.CreateEndpointAsync("http://localhost:9/");
        var id = await world.RecordAsync(EventTypes.PaymentIntentSucceeded);
        var stored = await world.Events.FindAsync(world.Test, id, Never);

        var json = Encoding.UTF8.GetString(EventJson.ToBytes(stored!));

        Assert.Equal(
            $$$"""
            {"id":"{{{id}}}","object":"event","api_version":"2026-10-28.endive","created":1795176000,
            "data":{"object":{"id":"pi_1"}},"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},
            "type":"payment_intent.succeeded"}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public async Task An_event_that_is_rolled_back_leaves_nothing()
    {
        await using var world = await World.StartAsync(databases);
        await world.CreateEndpointAsync("http://localhost:9/");
        var newEvent = new NewEvent(world.Test, EventTypes.ChargeFailed, world.Get<IdSource>().NewValue(world.Test.Shard), "{}"u8.ToArray());

        var id = await world.Database.WriteAsync(
            async tx =>
            {
                var recorded = await world.Events.RecordAsync(tx, newEvent);
                tx.Abandon();
                return recorded;
            },
            Never);

        Assert.Null(await world.Events.FindAsync(world.Test, id, Never));
        Assert.Empty(await world.Events.DeliveriesAsync(world.Test, [id], Never));
    }

    [Fact]
    public async Task A_list_pages_both_ways_newest_first()
    {
        await using var world = await World.StartAsync(databases);
        var ids = new List<EventId>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await world.RecordAsync(EventTypes.ChargeSucceeded));

        var first = await ListAsync(world, Everything, new PageRequest<EventId>(2));
        var second = await ListAsync(world, Everything, new PageRequest<EventId>(2, StartingAfter: ids[1]));
        var last = await ListAsync(world, Everything, new PageRequest<EventId>(2, StartingAfter: ids[3]));
        var back = await ListAsync(world, Everything, new PageRequest<EventId>(2, EndingBefore: ids[3]));
        var top = await ListAsync(world, Everything, new PageRequest<EventId>(2, EndingBefore: ids[1]));

        AssertPage(ids[..2], hasMore: true, first);
        AssertPage(ids[2..4], hasMore: true, second);
        AssertPage(ids[4..], hasMore: false, last);
        AssertPage(ids[1..3], hasMore: true, back);
        AssertPage(ids[..1], hasMore: false, top);
    }

    [Fact]
    public async Task A_list_keeps_to_the_types_and_times_asked_for()
    {
        await using var world = await World.StartAsync(databases);
        var early = await world.RecordAsync(EventTypes.ChargeSucceeded);
        world.Time.Advance(TimeSpan.FromSeconds(10));
        var at = world.Time.GetUtcNow();
        var exact = await world.RecordAsync(EventTypes.RefundCreated);
        world.Time.Advance(TimeSpan.FromSeconds(10));
        var late = await world.RecordAsync(EventTypes.ChargeSucceeded);
        var page = new PageRequest<EventId>(10);

        Assert.Equal([late, early], (await ListAsync(world, new EventFilter([EventTypes.ChargeSucceeded]), page)).Ids);
        Assert.Equal([late, exact, early], (await ListAsync(world, new EventFilter([EventTypes.ChargeSucceeded, EventTypes.RefundCreated]), page)).Ids);
        Assert.Equal([late, exact], (await ListAsync(world, new EventFilter([], CreatedFrom: at), page)).Ids);
        Assert.Equal([early], (await ListAsync(world, new EventFilter([], CreatedBefore: at), page)).Ids);
        Assert.Equal([exact], (await ListAsync(world, new EventFilter([], at, at.AddMilliseconds(1)), page)).Ids);
    }

    [Fact]
    public async Task Events_of_another_merchant_or_mode_are_never_shown()
    {
        await using var world = await World.StartAsync(databases);
        await world.CreateEndpointAsync("http://localhost:9/");
        var subject = world.Get<IdSource>().NewValue(world.Test.Shard);
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded, subject: subject);
        Assert.Single(await world.Events.DeliveriesAsync(world.Test, [id], Never));

        foreach (var stranger in new[] { world.Live, new MerchantScope(world.NewMerchant(), IsLive: false) })
        {
            Assert.Null(await world.Events.FindAsync(stranger, id, Never));
            Assert.Empty((await world.Events.ListAsync(stranger, Everything, new PageRequest<EventId>(10), Never)).Items);
            Assert.Empty(await world.Events.ForSubjectsAsync(stranger, [subject], Never));
            Assert.Empty(await world.Events.DeliveriesAsync(stranger, [id], Never));
        }
    }

    [Fact]
    public async Task The_events_about_some_things_come_oldest_first()
    {
        await using var world = await World.StartAsync(databases);
        var ids = world.Get<IdSource>();
        var (payment, charge, other) = (ids.NewValue(world.Test.Shard), ids.NewValue(world.Test.Shard), ids.NewValue(world.Test.Shard));
        var first = await world.RecordAsync(EventTypes.PaymentIntentCreated, subject: payment);
        var second = await world.RecordAsync(EventTypes.ChargeSucceeded, subject: charge);
        await world.RecordAsync(EventTypes.ChargeSucceeded, subject: other);
        var third = await world.RecordAsync(EventTypes.PaymentIntentSucceeded, subject: payment);

        var found = await world.Events.ForSubjectsAsync(world.Test, [charge, payment], Never);

        Assert.Equal([first, second, third], found.Select(one => one.Id));
        Assert.Empty(await world.Events.ForSubjectsAsync(world.Test, [], Never));
    }

    [Fact]
    public async Task Events_are_forgotten_after_90_days_unless_an_endpoint_is_owed_them()
    {
        await using var world = await World.StartAsync(databases);
        var quiet = new MerchantScope(world.NewMerchant(), IsLive: false);
        var told = await world.RecordAsync(EventTypes.ChargeSucceeded, quiet);
        await world.CreateEndpointAsync("http://localhost:9/");
        var owed = await world.RecordAsync(EventTypes.ChargeSucceeded);
        for (var i = 0; i < 120; i++) await world.RecordAsync(EventTypes.ChargeSucceeded, quiet);
        world.Time.Advance(TimeSpan.FromDays(89));
        var young = await world.RecordAsync(EventTypes.ChargeSucceeded, quiet);
        var expiry = world.Get<EventExpiry>();

        await expiry.RunAsync(new Job(new ShardId(0), expiry.Kind, "regular", "", 1), Never);
        Assert.NotNull(await world.Events.FindAsync(quiet, told, Never));

        world.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(JobOutcome.Done, await expiry.RunAsync(new Job(new ShardId(0), expiry.Kind, "regular", "", 1), Never));

        var left = await world.Events.ListAsync(quiet, Everything, new PageRequest<EventId>(100), Never);
        Assert.Equal([young], left.Items.Select(one => one.Id));
        Assert.NotNull(await world.Events.FindAsync(world.Test, owed, Never));
        Assert.Equal(DeliveryState.Pending, (await world.DeliveryAsync(owed)).State);
    }

    private static void AssertPage(List<EventId> ids, bool hasMore, (List<EventId> Ids, bool HasMore) page)
    {
        Assert.Equal(ids, page.Ids);
        Assert.Equal(hasMore, page.HasMore);
    }

    private static async Task<(List<EventId> Ids, bool HasMore)> ListAsync(World world, EventFilter filter, PageRequest<EventId> page)
    {
        var found = await world.Events.ListAsync(world.Test, filter, page, Never);
        return ([.. found.Items.Select(one => one.Id)], found.HasMore);
    }
}

public sealed class RecordingOnSqlite(SqliteFixture databases) : RecordingTests(databases), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class RecordingOnPostgres(PostgresFixture databases) : RecordingTests(databases), IClassFixture<PostgresFixture>;
