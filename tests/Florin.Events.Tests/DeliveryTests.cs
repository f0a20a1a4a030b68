using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Florin.Events.Tests.Support;
using Florin.Events.Webhooks;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Nodes;
using Microsoft.AspNetCore.Http;

namespace Florin.Events.Tests;

public abstract class DeliveryTests(DatabaseFixture databases)
{
    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task An_event_is_posted_with_both_signatures()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var secret = (await world.CreateEndpointAsync(receiver.Url)).Secret.Reveal();
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.PaymentIntentSucceeded, origin: new EventOrigin("req_9", "key"));
        var got = await receiver.NextAsync();

        Assert.Equal(("POST", "/hooks"), (got.Method, got.Path));
        Assert.Equal("Florin/1 (+webhooks)", got.Headers["User-Agent"]);
        Assert.Equal("application/json; charset=utf-8", got.Headers["Content-Type"]);
        var timestamp = world.Time.GetUtcNow().ToUnixTimeSeconds();
        var signed = Encoding.UTF8.GetBytes($"{timestamp}.").Concat(got.Body).ToArray();
        Assert.Equal(
            $"t={timestamp},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}",
            got.Headers["Stripe-Signature"]);
        var messageId = "msg_" + id.Value.ToString("N");
        Assert.Equal((messageId, $"{timestamp}"), (got.Headers["webhook-id"], got.Headers["webhook-timestamp"]));
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        Assert.Equal(32, key.Length);
        signed = [.. Encoding.UTF8.GetBytes($"{messageId}.{timestamp}."), .. got.Body];
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), got.Headers["webhook-signature"]);
        var body = JsonDocument.Parse(got.Body).RootElement;
        Assert.Equal(id.ToString(), body.GetProperty("id").GetString());
        Assert.Equal("req_9", body.GetProperty("request").GetProperty("id").GetString());
        Assert.DoesNotContain("traceparent", got.Headers.Keys, StringComparer.OrdinalIgnoreCase);

        var delivery = await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);
        Assert.Equal(200, Assert.Single(delivery.Attempts).Status);
        Assert.Null(delivery.NextAttemptAt);
        Assert.Equal(0, (await world.Events.FindAsync(world.Test, id, Never))!.PendingWebhooks);
    }

    [Fact]
    public async Task Every_attempt_sends_the_same_bytes_and_id_with_a_new_timestamp()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context => AnswerAsync(context, 500, "broken");
        await world.CreateEndpointAsync(receiver.Url);
        await world.CreateEndpointAsync(other.Url);
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.PaymentIntentSucceeded);
        var first = await receiver.NextAsync();
        await other.NextAsync();
        await world.UntilAsync(
            async () => (await world.Events.DeliveriesAsync(world.Test, [id], Never)).All(delivery => delivery.Attempts.Count == 1),
            () => "The first attempts were not written down.");
        receiver.Answer = context => AnswerAsync(context, 204, "");
        world.Time.Advance(TimeSpan.FromSeconds(6));
        await world.UntilAsync(() => Task.FromResult(receiver.All.Count == 2), () => "It was not sent again.", TimeSpan.FromSeconds(1));
        var second = await receiver.NextAsync();

        Assert.Equal(first.Body, second.Body);
        Assert.Contains("\"pending_webhooks\":2", Encoding.UTF8.GetString(second.Body), StringComparison.Ordinal);
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.NotEqual(first.Headers["webhook-timestamp"], second.Headers["webhook-timestamp"]);
        await world.UntilAsync(
            async () => (await world.Events.DeliveriesAsync(world.Test, [id], Never)).All(delivery => delivery.State == DeliveryState.Delivered),
            () => "It was not delivered.");
        var deliveries = await world.Events.DeliveriesAsync(world.Test, [id], Never);
        var attempts = deliveries.Single(delivery => delivery.Url == receiver.Url).Attempts;
        Assert.Equal([500, 204], attempts.Select(attempt => attempt.Status));
        Assert.Equal("broken", attempts[0].Answer);
    }

    [Fact]
    public async Task A_test_endpoint_that_never_takes_an_event_is_asked_three_times_within_an_hour()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context => AnswerAsync(context, 503, "");
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        var begun = world.Time.GetUtcNow();
        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            // The clock stands still while an attempt is under way, else it would time out.
            await world.UntilAsync(() => Task.FromResult(receiver.All.Count == attempt), () => $"No attempt {attempt}.", TimeSpan.FromMilliseconds(500));
            var delivery = await world.DeliveryAsync(id, found => found.Attempts.Count == attempt);
            if (delivery.NextAttemptAt is { } next) world.Time.Advance(next - world.Time.GetUtcNow());
        }

        var failed = await world.DeliveryAsync(id);
        Assert.Equal(DeliveryState.Failed, failed.State);
        Assert.InRange(failed.Attempts[2].At - begun, TimeSpan.FromMinutes(24), TimeSpan.FromHours(1));
        world.Time.Advance(TimeSpan.FromDays(1));
        Assert.Null(failed.NextAttemptAt);
        Assert.Equal(0, (await world.Events.FindAsync(world.Test, id, Never))!.PendingWebhooks);
    }

    [Fact]
    public async Task An_endpoint_may_put_us_off_by_Retry_After_up_to_a_day()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context =>
        {
            context.Response.Headers.RetryAfter = "7200";
            return AnswerAsync(context, 429, "");
        };
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var delivery = await world.DeliveryAsync(id, found => found.Attempts.Count == 1);

        Assert.Equal(world.Time.GetUtcNow().AddHours(2), delivery.NextAttemptAt);
    }

    [Fact]
    public async Task An_endpoint_that_answers_410_is_disabled_and_keeps_what_it_was_not_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context => AnswerAsync(context, 410, "gone");
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint;
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        await world.DeliveryAsync(id, found => found.Attempts.Count == 1);
        Assert.False((await world.Endpoints.FindAsync(world.Test, endpoint.Id, Never))!.IsEnabled);
        var unheard = await world.RecordAsync(EventTypes.ChargeFailed);
        Assert.Empty(await world.Events.DeliveriesAsync(world.Test, [unheard], Never));
        world.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(DeliveryState.Pending, (await world.DeliveryAsync(id)).State);
        Assert.Single(receiver.All);

        receiver.Answer = context => AnswerAsync(context, 200, "");
        var change = new WebhookEndpointChange(null, null, null, Disabled: false, null);
        Assert.True((await world.Endpoints.UpdateAsync(world.Test, endpoint.Id, change, null, Never)).IsSuccess);

        await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var canary = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context =>
        {
            context.Response.Headers.Location = canary.Url;
            return AnswerAsync(context, 307, "");
        };
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var delivery = await world.DeliveryAsync(id, found => found.Attempts.Count == 1);

        Assert.Equal((DeliveryState.Pending, 307), (delivery.State, delivery.Attempts[0].Status));
        Assert.Empty(canary.All);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_at_16_KiB()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = async context =>
        {
            var chunk = Encoding.ASCII.GetBytes(new string('x', 4096));
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        };
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var delivery = await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);

        Assert.Equal(new string('x', 16 * 1024), Assert.Single(delivery.Attempts).Answer);
    }

    [Fact]
    public async Task An_answer_is_stored_without_zero_characters_and_card_numbers()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context => AnswerAsync(context, 200, "a\0b 4242 4242 4242 4242 order 1234567890123456");
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var delivery = await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);

        Assert.Equal("a\uFFFDb [card number] order 1234567890123456", Assert.Single(delivery.Attempts).Answer);
    }

    [Fact]
    public async Task A_silent_endpoint_times_out_and_delays_no_other()
    {
        await using var silent = await Receiver.StartAsync();
        await using var lively = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        silent.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var dead = (await world.CreateEndpointAsync(silent.Url, EventTypes.ChargeFailed)).Endpoint;
        await world.CreateEndpointAsync(lively.Url, EventTypes.ChargeSucceeded);
        await world.StartWorkerAsync();

        var unheard = new List<EventId>();
        for (var i = 0; i < 30; i++) unheard.Add(await world.RecordAsync(EventTypes.ChargeFailed));
        for (var i = 0; i < EndpointLane.MaxRunning; i++) await silent.NextAsync();

        // The clock stands still, so the silent one holds all that it can get.
        for (var i = 0; i < 30; i++)
        {
            var heard = await world.RecordAsync(EventTypes.ChargeSucceeded);
            await world.DeliveryAsync(heard, delivery => delivery.State == DeliveryState.Delivered);
        }

        Assert.Equal(EndpointLane.MaxRunning, silent.All.Count);
        world.Time.Advance(TimeSpan.FromSeconds(16));
        await world.UntilAsync(
            async () => (await world.Events.DeliveriesAsync(world.Test, unheard, Never)).Count(one => one.Attempts.Count == 1) >= EndpointLane.MaxRunning,
            () => "The attempts did not time out.");
        var deliveries = await world.Events.DeliveriesAsync(world.Test, unheard, Never);
        var timedOut = deliveries.First(one => one.Attempts.Count == 1).Attempts[0];
        Assert.Equal((null, "No answer within 15 s."), (timedOut.Status, timedOut.Answer));
        Assert.All(deliveries, one => Assert.Equal(dead.Id, one.Endpoint));
    }

    [Fact]
    public async Task A_failing_endpoint_is_called_one_by_one_until_it_takes_something()
    {
        var lane = new EndpointLane();
        for (var i = 0; i < EndpointLane.MaxRunning; i++) lane.Begin();
        Assert.Equal(0, lane.Room);
        for (var i = 0; i < EndpointLane.MaxRunning; i++) lane.End(isTaken: false);
        Assert.Equal((1, true), (lane.Room, lane.IsFailing));
        for (var i = 0; i < 3; i++)
        {
            lane.Begin();
            lane.End(isTaken: true);
        }

        Assert.Equal((EndpointLane.MaxRunning, false), (lane.Room, lane.IsFailing));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_a_stopping_process_was_sending_is_sent_again_with_the_same_id()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var first = await receiver.NextAsync();

        await world.StopWorkerAsync();
        Assert.Empty((await world.DeliveryAsync(id)).Attempts);
        receiver.Answer = context => AnswerAsync(context, 200, "");
        await using var next = await world.AnotherAsync();
        await next.StartWorkerAsync();

        var second = await receiver.NextAsync();
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal(first.Body, second.Body);
        await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);
    }

    [Fact]
    public async Task What_a_killed_process_had_claimed_is_sent_after_its_lease_and_not_before()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint;
        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var now = world.Time.GetUtcNow();
        var store = world.Get<DeliveryStore>();
        var claim = new EndpointClaim(new ListeningEndpoint(endpoint.Id, world.Test, HasDue: true), 8);

        // Claimed, and never heard of again.
        Assert.Single(await store.ClaimAsync([claim], now, now.AddSeconds(60), Never));
        Assert.Empty(await store.ClaimAsync([claim], now.AddSeconds(59), now.AddSeconds(119), Never));

        world.Time.Advance(TimeSpan.FromSeconds(61));
        await world.StartWorkerAsync();
        await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);
        Assert.Single(receiver.All);
    }

    [Fact]
    public async Task What_a_killed_process_had_claimed_is_sent_once_its_node_is_given_up()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint;
        await world.RecordAsync(EventTypes.ChargeFailed);
        var now = world.Time.GetUtcNow();
        var store = world.Get<DeliveryStore>();
        var claim = new EndpointClaim(new ListeningEndpoint(endpoint.Id, world.Test, HasDue: true), 8);
        Assert.Single(await store.ClaimAsync([claim], now, now.AddSeconds(60), Never));

        await world.Database.WriteAsync(async tx => await store.ReleaseAsync(tx, world.Get<Node>().Id, now), Never);

        Assert.Single(await store.ClaimAsync([claim], now, now.AddSeconds(60), Never));
        await world.Database.WriteAsync(async tx => await store.ReleaseAsync(tx, world.Get<IdSource>().NewValue(new ShardId(0)), now), Never);
        Assert.Empty(await store.ClaimAsync([claim], now, now.AddSeconds(60), Never));
    }

    [Fact]
    public async Task A_success_counts_although_its_lease_was_lost_and_a_late_failure_does_not_undo_it()
    {
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync("http://localhost:9/")).Endpoint;
        var id = await world.RecordAsync(EventTypes.ChargeFailed);
        var now = world.Time.GetUtcNow();
        var store = world.Get<DeliveryStore>();
        var claim = new EndpointClaim(new ListeningEndpoint(endpoint.Id, world.Test, HasDue: true), 8);
        var slow = Assert.Single(await store.ClaimAsync([claim], now, now.AddSeconds(60), Never));
        var later = now.AddSeconds(61);
        var second = Assert.Single(await store.ClaimAsync([claim], later, later.AddSeconds(60), Never));

        await store.SettleAsync([new SettledDelivery(slow, Verdict.Delivered, new DeliveryAttempt(now, 200, 1, ""), later)], later, Never);
        await store.SettleAsync([new SettledDelivery(second, Verdict.Retry, new DeliveryAttempt(later, 500, 1, ""), later)], later, Never);

        var delivery = await world.DeliveryAsync(id);
        Assert.Equal((DeliveryState.Delivered, 2), (delivery.State, delivery.Attempts.Count));
    }

    [Fact]
    public async Task Two_processes_send_each_event_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        await using var other = await world.AnotherAsync();
        await world.CreateEndpointAsync(receiver.Url);
        var ids = new List<EventId>();
        for (var i = 0; i < 60; i++) ids.Add(await world.RecordAsync(EventTypes.ChargeSucceeded));

        await world.StartWorkerAsync();
        await other.StartWorkerAsync();
        await world.UntilAsync(
            async () => (await world.Events.DeliveriesAsync(world.Test, ids, Never)).All(one => one.State == DeliveryState.Delivered),
            () => "Not all were delivered.");

        Assert.Equal(ids.Count, receiver.All.Count);
        Assert.Equal(ids.Count, receiver.All.Select(one => one.Headers["webhook-id"]).Distinct().Count());
    }

    [Fact]
    public async Task An_endpoint_hears_only_what_it_asked_for_in_the_version_it_pinned()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        await world.CreateEndpointAsync(receiver.Url, $"{EventTypes.RefundCreated} {EventTypes.RefundFailed}", apiVersion: "2026-09-30.endive");
        await world.StartWorkerAsync();

        var unasked = await world.RecordAsync(EventTypes.ChargeSucceeded);
        var asked = await world.RecordAsync(EventTypes.RefundFailed);
        await world.DeliveryAsync(asked, found => found.State == DeliveryState.Delivered);

        Assert.Empty(await world.Events.DeliveriesAsync(world.Test, [unasked], Never));
        var body = JsonDocument.Parse(Assert.Single(receiver.All).Body).RootElement;
        Assert.Equal("2026-09-30.endive", body.GetProperty("api_version").GetString());
        Assert.Equal(EventTypes.RefundFailed, body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_deleted_endpoint_is_told_nothing_more()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var gone = (await world.CreateEndpointAsync(receiver.Url)).Endpoint;
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        Assert.True((await world.Endpoints.DeleteAsync(world.Test, gone.Id, null, Never)).IsSuccess);
        await using var kept = await Receiver.StartAsync();
        await world.CreateEndpointAsync(kept.Url);
        var later = await world.RecordAsync(EventTypes.ChargeSucceeded);

        await world.StartWorkerAsync();
        await world.DeliveryAsync(later, found => found.State == DeliveryState.Delivered);

        Assert.Empty(receiver.All);
        Assert.Equal(DeliveryState.Failed, (await world.DeliveryAsync(id)).State);
        Assert.Equal(0, (await world.Events.FindAsync(world.Test, id, Never))!.PendingWebhooks);
    }

    [Fact]
    public async Task A_live_event_does_not_reach_this_machine_by_whatever_name()
    {
        await using var canary = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var connections = world.Get<WebhookConnections>();
        foreach (var host in new[] { "localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", Dns.GetHostName() })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}:{canary.Port}/");
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => connections.For(isLive: true).SendAsync(request, Never));
            Assert.IsType<ConnectionRefusedException>(failure as ConnectionRefusedException ?? failure.InnerException);
        }

        Assert.Empty(canary.All);
        using var allowed = new HttpRequestMessage(HttpMethod.Post, $"http://localhost:{canary.Port}/");
        using var answer = await connections.For(isLive: false).SendAsync(allowed, Never);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_endpoint_that_nobody_answers_at_is_shown_with_the_reason()
    {
        await using var world = await World.StartAsync(databases);
        int port;
        await using (var receiver = await Receiver.StartAsync()) port = receiver.Port;
        await world.CreateEndpointAsync($"http://127.0.0.1:{port}/");
        await world.StartWorkerAsync();

        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        var delivery = await world.DeliveryAsync(id, found => found.Attempts.Count == 1);

        Assert.Equal((null, "No connection: ConnectionRefused."), (delivery.Attempts[0].Status, delivery.Attempts[0].Answer));
    }

    private static async Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        if (body.Length > 0) await context.Response.WriteAsync(body);
    }
}

public sealed class DeliveryOnSqlite(SqliteFixture databases) : DeliveryTests(databases), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class DeliveryOnPostgres(PostgresFixture databases) : DeliveryTests(databases), IClassFixture<PostgresFixture>;
