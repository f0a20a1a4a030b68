using System.Security.Cryptography;
using System.Text;
using Florin.Events.Tests.Support;
using Florin.Events.Webhooks;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Events.Tests;

public abstract class EndpointTests(DatabaseFixture databases)
{
    private static readonly WebhookEndpointChange NoChange = new(null, null, null, null, null);

    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task A_new_endpoint_is_found_as_it_was_asked_for()
    {
        await using var world = await World.StartAsync(databases);
        var settings = new WebhookEndpointSettings(
            "https://shop.example/hooks?a=1", [EventTypes.RefundCreated, EventTypes.ChargeFailed, EventTypes.RefundCreated], "주문",
            ApiVersions.Current, new Dictionary<string, string> { ["team"] = "결제", ["none"] = "" });

        var made = (await world.Endpoints.CreateAsync(world.Live, settings, answer: null, Never)).Value;
        var found = await world.Endpoints.FindAsync(world.Live, made.Endpoint.Id, Never);

        Assert.NotNull(found);
        Assert.Equal((settings.Url, "주문", ApiVersions.Current), (found.Url, found.Description, found.ApiVersion));
        Assert.Equal([EventTypes.RefundCreated, EventTypes.ChargeFailed], found.EnabledEvents);
        Assert.Equal([KeyValuePair.Create("team", "결제")], found.Metadata);
        Assert.Equal((true, true, world.Time.GetUtcNow()), (found.IsEnabled, found.IsLive, found.CreatedAt));
        Assert.Equal(made.Endpoint.EnabledEvents, found.EnabledEvents);
    }

    [Fact]
    public async Task The_signing_secret_is_sealed_at_rest_and_bound_to_its_endpoint()
    {
        await using var world = await World.StartAsync(databases);
        var made = await world.CreateEndpointAsync("http://localhost:9/");
        var sealedSecret = await world.Database.ReadAsync(
            async reader => await reader.FirstAsync($"SELECT secret_sealed FROM webhook_endpoints", row => row.Bytes(0)), Never);
        var secrets = world.Get<SigningSecrets>();

        Assert.NotNull(sealedSecret);
        Assert.Equal(made.Secret.Reveal(), secrets.Open(made.Endpoint.Id, sealedSecret).Reveal());
        Assert.DoesNotContain(made.Secret.Reveal()[6..], Encoding.Latin1.GetString(sealedSecret), StringComparison.Ordinal);
        Assert.ThrowsAny<CryptographicException>(() => secrets.Open(new WebhookEndpointId(Guid.NewGuid()), sealedSecret));
        sealedSecret[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => secrets.Open(made.Endpoint.Id, sealedSecret));
        Assert.NotEqual(made.Secret.Reveal(), (await world.CreateEndpointAsync("http://localhost:9/")).Secret.Reveal());
    }

    [Fact]
    public async Task An_endpoint_of_another_merchant_or_mode_is_out_of_reach()
    {
        await using var world = await World.StartAsync(databases);
        var id = (await world.CreateEndpointAsync("http://localhost:9/")).Endpoint.Id;

        foreach (var stranger in new[] { world.Live, new MerchantScope(world.NewMerchant(), IsLive: false) })
        {
            Assert.Null(await world.Endpoints.FindAsync(stranger, id, Never));
            Assert.Empty((await world.Endpoints.ListAsync(stranger, new PageRequest<WebhookEndpointId>(10), Never)).Items);
            var update = await world.Endpoints.UpdateAsync(stranger, id, NoChange with { Disabled = true }, null, Never);
            Assert.Equal(RefusalKind.NotFound, update.Refusal?.Kind);
            Assert.False((await world.Endpoints.DeleteAsync(stranger, id, null, Never)).IsSuccess);
            await world.RecordAsync(EventTypes.ChargeFailed, stranger);
        }

        Assert.True((await world.Endpoints.FindAsync(world.Test, id, Never))!.IsEnabled);
        Assert.Equal(0, await world.Database.ReadAsync(async reader => await reader.CountAsync($"SELECT COUNT(*) FROM webhook_deliveries"), Never));
    }

    [Fact]
    public async Task A_change_of_types_is_heeded_by_the_next_event()
    {
        await using var world = await World.StartAsync(databases);
        var id = (await world.CreateEndpointAsync("http://localhost:9/", EventTypes.RefundCreated)).Endpoint.Id;

        var change = NoChange with { EnabledEvents = [EventTypes.ChargeFailed, "*"] };
        var changed = await world.Endpoints.UpdateAsync(world.Test, id, change, null, Never);

        Assert.Equal([EventTypes.ChargeFailed, "*"], changed.Value.EnabledEvents);
        Assert.Equal(id, (await world.DeliveryAsync(await world.RecordAsync(EventTypes.ChargeFailed))).Endpoint);
        Assert.Equal(id, (await world.DeliveryAsync(await world.RecordAsync("florin.something.new"))).Endpoint);
        await world.Endpoints.UpdateAsync(world.Test, id, NoChange with { EnabledEvents = [EventTypes.RefundFailed] }, null, Never);
        var unasked = await world.RecordAsync(EventTypes.ChargeFailed);
        Assert.Empty(await world.Events.DeliveriesAsync(world.Test, [unasked], Never));
    }

    [Fact]
    public async Task Metadata_is_merged_and_an_empty_value_takes_a_key_away()
    {
        await using var world = await World.StartAsync(databases);
        var id = (await world.CreateEndpointAsync("http://localhost:9/")).Endpoint.Id;
        await ChangeAsync(new() { ["a"] = "1", ["b"] = "2" });

        var after = await ChangeAsync(new() { ["a"] = "", ["c"] = "3" });

        Assert.Equal(["b", "c"], after.Value.Metadata.Keys.Order());
        var many = Enumerable.Range(0, 49).ToDictionary(i => $"key{i}", _ => "v");
        Assert.Equal("metadata", (await ChangeAsync(many)).Refusal?.Param);
        Assert.Equal(["b", "c"], (await world.Endpoints.FindAsync(world.Test, id, Never))!.Metadata.Keys.Order());

        Task<Result<WebhookEndpoint>> ChangeAsync(Dictionary<string, string> metadata) =>
            world.Endpoints.UpdateAsync(world.Test, id, NoChange with { Metadata = metadata }, null, Never);
    }

    [Fact]
    public async Task A_deleted_endpoint_is_not_found_and_cannot_be_deleted_again()
    {
        await using var world = await World.StartAsync(databases);
        var id = (await world.CreateEndpointAsync("http://localhost:9/")).Endpoint.Id;

        Assert.True((await world.Endpoints.DeleteAsync(world.Test, id, null, Never)).IsSuccess);

        Assert.False((await world.Endpoints.DeleteAsync(world.Test, id, null, Never)).IsSuccess);
        Assert.Null(await world.Endpoints.FindAsync(world.Test, id, Never));
        Assert.Empty((await world.Endpoints.ListAsync(world.Test, new PageRequest<WebhookEndpointId>(10), Never)).Items);
        Assert.Equal(RefusalKind.NotFound, (await world.Endpoints.UpdateAsync(world.Test, id, NoChange, null, Never)).Refusal?.Kind);
    }

    [Fact]
    public async Task Endpoints_are_listed_newest_first_by_pages()
    {
        await using var world = await World.StartAsync(databases);
        var ids = new List<WebhookEndpointId>();
        for (var i = 0; i < 3; i++) ids.Insert(0, (await world.CreateEndpointAsync("http://localhost:9/")).Endpoint.Id);

        var first = await world.Endpoints.ListAsync(world.Test, new PageRequest<WebhookEndpointId>(2), Never);
        var rest = await world.Endpoints.ListAsync(world.Test, new PageRequest<WebhookEndpointId>(2, StartingAfter: ids[1]), Never);

        Assert.Equal((ids[0], ids[1], true), (first.Items[0].Id, first.Items[1].Id, first.HasMore));
        Assert.Equal((ids[2], false), (Assert.Single(rest.Items).Id, rest.HasMore));
    }

    [Fact]
    public async Task A_repeated_creation_makes_one_endpoint_and_gets_the_first_answer()
    {
        await using var world = await World.StartAsync(databases);
        var settings = new WebhookEndpointSettings("http://localhost:9/", ["*"], null, null, new Dictionary<string, string>());
        var key = new IdempotencyKey(world.Test.Shard, world.Test.ToString(), "key", new byte[32], "req_1");
        var answer = new IdempotentWrite<NewWebhookEndpoint>(
            world.Get<IIdempotency>(), key,
            outcome => new StoredResponse(200, "application/json", Encoding.UTF8.GetBytes(outcome.Value.Endpoint.Id.ToString())));

        var made = await world.Endpoints.CreateAsync(world.Test, settings, answer, Never);
        var taken = await Assert.ThrowsAsync<IdempotencyKeyTakenException>(() => world.Endpoints.CreateAsync(world.Test, settings, answer, Never));

        var first = Assert.IsType<IdempotencyState.Finished>(taken.State);
        Assert.Equal(made.Value.Endpoint.Id.ToString(), Encoding.UTF8.GetString(first.Response.Body));
        Assert.Single((await world.Endpoints.ListAsync(world.Test, new PageRequest<WebhookEndpointId>(10), Never)).Items);
    }

    [Fact]
    public async Task A_refused_creation_or_change_names_the_field_and_leaves_nothing()
    {
        await using var world = await World.StartAsync(databases);
        var good = new WebhookEndpointSettings("https://shop.example/", ["*"], null, null, new Dictionary<string, string>());
        var refused = new (WebhookEndpointSettings Settings, string Param)[]
        {
            (good with { Url = "http://shop.example/" }, "url"),
            (good with { EnabledEvents = [] }, "enabled_events"),
            (good with { EnabledEvents = ["*", "refund.succeeded"] }, "enabled_events[1]"),
            (good with { Description = new string('d', 5_001) }, "description"),
            (good with { ApiVersion = "2020-01-01" }, "api_version"),
            (good with { Metadata = Enumerable.Range(0, 51).ToDictionary(i => $"key{i}", _ => "v") }, "metadata"),
            (good with { Metadata = new Dictionary<string, string> { [new string('k', 41)] = "v" } }, "metadata"),
            (good with { Metadata = new Dictionary<string, string> { ["a[b]"] = "v" } }, "metadata"),
            (good with { Metadata = new Dictionary<string, string> { ["note"] = new string('v', 501) } }, "metadata[note]"),
            (good with { Metadata = new Dictionary<string, string> { ["note"] = "4242-4242-4242-4242" } }, "metadata[note]"),
        };

        foreach (var (settings, param) in refused)
        {
            var answer = await world.Endpoints.CreateAsync(world.Live, settings, answer: null, Never);
            Assert.Equal((RefusalKind.Invalid, param), (answer.Refusal!.Kind, answer.Refusal.Param));
        }

        Assert.Empty((await world.Endpoints.ListAsync(world.Live, new PageRequest<WebhookEndpointId>(10), Never)).Items);
        var id = (await world.Endpoints.CreateAsync(world.Live, good, answer: null, Never)).Value.Endpoint.Id;
        Assert.Equal("url", (await world.Endpoints.UpdateAsync(world.Live, id, NoChange with { Url = "https://10.0.0.1/" }, null, Never)).Refusal?.Param);
        Assert.Equal(good.Url, (await world.Endpoints.FindAsync(world.Live, id, Never))!.Url);
    }
}

public sealed class EndpointsOnSqlite(SqliteFixture databases) : EndpointTests(databases), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class EndpointsOnPostgres(PostgresFixture databases) : EndpointTests(databases), IClassFixture<PostgresFixture>;
