using System.Text;
using Florin.Events.Tests.Support;
using Florin.Events.Webhooks;
using Florin.Storage;
using Microsoft.AspNetCore.Http;

namespace Florin.Events.Tests;

public abstract class ResendTests(DatabaseFixture databases)
{
    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task An_event_that_was_taken_is_sent_again_with_the_same_bytes_and_id()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint.Id;
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        var first = await receiver.NextAsync();
        await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);

        var resent = await ResendAsync(world, id);
        var second = await receiver.NextAsync();

        Assert.Equal((1, endpoint), (resent.Count, Assert.Single(resent.Endpoints)));
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        await world.DeliveryAsync(id, found => found is { State: DeliveryState.Delivered, Attempts.Count: 2 });
    }

    [Fact]
    public async Task An_event_that_was_given_up_gets_a_whole_schedule_anew()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context => AnswerAsync(context, 500, "broken");
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await GiveUpAsync(world, id, attemptsBefore: 0);

        await ResendAsync(world, id);

        await GiveUpAsync(world, id, attemptsBefore: 3);
    }

    [Fact]
    public async Task Asking_twice_sends_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var released = new TaskCompletionSource();
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);

        receiver.Answer = _ => released.Task;
        await ResendAsync(world, id);
        await world.UntilAsync(() => Task.FromResult(receiver.All.Count == 2), () => "It was not sent again.");
        await ResendAsync(world, id);
        await ResendAsync(world, id);
        released.SetResult();

        await world.DeliveryAsync(id, found => found is { State: DeliveryState.Delivered, Attempts.Count: 2 });
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task An_endpoint_made_later_can_be_told_what_it_missed_in_the_bytes_of_then()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var late = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        var first = await receiver.NextAsync();
        var endpoint = (await world.CreateEndpointAsync(late.Url, EventTypes.RefundCreated)).Endpoint.Id;

        await ResendAsync(world, id, endpoint);

        Assert.Equal(first.Body, (await late.NextAsync()).Body);
        await ResendAsync(world, id);
        Assert.Equal(first.Body, (await receiver.NextAsync()).Body);
    }

    [Fact]
    public async Task A_disabled_endpoint_and_an_event_of_another_merchant_are_refused()
    {
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync("http://127.0.0.1:9/")).Endpoint.Id;
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await world.Endpoints.UpdateAsync(world.Test, endpoint, new WebhookEndpointChange(null, null, null, Disabled: true, null), answer: null, Never);

        Assert.Equal("webhook_endpoint_disabled", (await world.Deliveries.ResendAsync(world.Test, id, endpoint, null, Never)).Refusal!.Code);
        Assert.Equal(0, (await ResendAsync(world, id)).Count);
        Assert.Equal("resource_missing", (await world.Deliveries.ResendAsync(world.Live, id, null, null, Never)).Refusal!.Code);
        var stranger = world.Test with { Merchant = world.NewMerchant() };
        Assert.Equal("resource_missing", (await world.Deliveries.ResendAsync(stranger, id, null, null, Never)).Refusal!.Code);
        Assert.Equal("resource_missing", (await world.Deliveries.ResendRangeAsync(stranger, endpoint, Since(world), null, Never)).Refusal!.Code);
    }

    [Fact]
    public async Task A_range_is_sent_in_steps_with_what_happened_while_the_endpoint_was_disabled()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync(receiver.Url, EventTypes.ChargeSucceeded)).Endpoint.Id;
        await world.StartWorkerAsync();
        await world.RecordAsync(EventTypes.ChargeSucceeded);
        world.Time.Advance(TimeSpan.FromHours(1));
        var from = world.Time.GetUtcNow();
        var taken = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await world.DeliveryAsync(taken, found => found.State == DeliveryState.Delivered);
        await SetDisabledAsync(world, endpoint, true);
        var missed = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await world.RecordAsync(EventTypes.ChargeFailed);
        var missedToo = await world.RecordAsync(EventTypes.ChargeSucceeded);
        world.Time.Advance(TimeSpan.FromHours(1));
        var before = world.Time.GetUtcNow();
        await world.RecordAsync(EventTypes.ChargeSucceeded);
        await SetDisabledAsync(world, endpoint, false);
        receiver.All.Clear();

        var range = new ResendRange(from, before, [], IsTaken: false, StartingAfter: null, Limit: 1);
        var first = await ResendRangeAsync(world, endpoint, range);
        var second = await ResendRangeAsync(world, endpoint, range with { StartingAfter = first.LastEvent });

        Assert.Equal((1, missed, true), (first.Count, first.LastEvent, first.HasMore));
        Assert.Equal((1, missedToo, false), (second.Count, second.LastEvent, second.HasMore));
        await world.DeliveryAsync(missed, found => found.State == DeliveryState.Delivered);
        await world.DeliveryAsync(missedToo, found => found.State == DeliveryState.Delivered);
        Assert.Equal(2, receiver.All.Count);
        Assert.Equal(0, (await ResendRangeAsync(world, endpoint, range)).Count);
        Assert.Equal(3, (await ResendRangeAsync(world, endpoint, range with { IsTaken = null, Limit = 100 })).Count);
        Assert.Equal(0, (await ResendRangeAsync(world, endpoint, range with { Types = [EventTypes.RefundCreated] })).Count);
    }

    [Fact]
    public async Task An_attempt_is_kept_with_what_was_sent_and_what_came_back_but_no_secrets()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        receiver.Answer = context =>
        {
            context.Response.Headers.SetCookie = "session=s3cret";
            context.Response.Headers["X-Request-Id"] = "abc";
            return AnswerAsync(context, 500, "config: whsec_abcdefghijkl fsk_live_0123456789 card 4242424242424242");
        };
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint.Id;
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        var sent = await receiver.NextAsync();
        await world.DeliveryAsync(id, found => found.Attempts.Count == 1);

        var listed = Assert.Single((await ListAsync(world, endpoint, new WebhookAttemptFilter())).Items);
        var shown = (await world.Deliveries.FindAttemptAsync(world.Test, endpoint, listed.Id, Never))!;

        Assert.Null(listed.RequestBody);
        Assert.Equal(sent.Body, shown.RequestBody);
        Assert.Equal((id, EventTypes.ChargeSucceeded, receiver.Url, 500, false), (shown.Event, shown.EventType, shown.Url, shown.Status, shown.IsTaken));
        Assert.Equal("abc", shown.AnswerHeaders["x-request-id"]);
        Assert.DoesNotContain("set-cookie", shown.AnswerHeaders.Keys);
        Assert.DoesNotContain("abcdefghijkl", shown.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", shown.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("4242424242424242", shown.Answer, StringComparison.Ordinal);
        Assert.Single((await ListAsync(world, endpoint, new WebhookAttemptFilter(id, IsTaken: false))).Items);
        Assert.Empty((await ListAsync(world, endpoint, new WebhookAttemptFilter(IsTaken: true))).Items);
        var elsewhere = await world.Deliveries.ListAttemptsAsync(world.Live, endpoint, new WebhookAttemptFilter(), new PageRequest<WebhookAttemptId>(10), Never);
        Assert.Empty(elsewhere.Items);
        Assert.Null(await world.Deliveries.FindAttemptAsync(world.Live, endpoint, listed.Id, Never));
    }

    [Fact]
    public async Task Attempts_are_paged_newest_first()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint.Id;
        await world.StartWorkerAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
            await world.DeliveryAsync(id, found => found.State == DeliveryState.Delivered);
        }

        var all = await ListAsync(world, endpoint, new WebhookAttemptFilter());
        var newest = await ListAsync(world, endpoint, new WebhookAttemptFilter(), new PageRequest<WebhookAttemptId>(2));
        var rest = await ListAsync(world, endpoint, new WebhookAttemptFilter(), new PageRequest<WebhookAttemptId>(2, StartingAfter: newest.Items[^1].Id));

        Assert.Equal(all.Items.Select(item => item.Id.ToString()).OrderDescending(StringComparer.Ordinal), all.Items.Select(item => item.Id.ToString()));
        Assert.Equal((true, false), (newest.HasMore, rest.HasMore));
        Assert.Equal(all.Items.Select(item => item.Id), newest.Items.Concat(rest.Items).Select(item => item.Id));
    }

    [Fact]
    public async Task A_rolled_secret_signs_beside_the_old_one_until_that_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var made = await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        var rolled = (await world.Endpoints.RollSecretAsync(world.Test, made.Endpoint.Id, TimeSpan.FromHours(24), null, Never)).Value;
        Assert.Equal(world.Time.GetUtcNow().AddHours(24), rolled.Endpoint.OldSecretEndsAt);
        await world.RecordAsync(EventTypes.ChargeSucceeded);
        var during = await receiver.NextAsync();
        world.Time.Advance(TimeSpan.FromHours(24));
        await world.RecordAsync(EventTypes.ChargeSucceeded);
        var after = await receiver.NextAsync();

        Assert.NotEqual(made.Secret.Reveal(), rolled.Secret.Reveal());
        Assert.Equal([rolled.Secret.Reveal(), made.Secret.Reveal()], Signers(during, rolled, made));
        Assert.Equal([rolled.Secret.Reveal()], Signers(after, rolled, made));
        Assert.Null((await world.Endpoints.FindAsync(world.Test, made.Endpoint.Id, Never))!.OldSecretEndsAt);
    }

    [Fact]
    public async Task A_secret_that_leaked_is_rolled_without_overlap()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var made = await world.CreateEndpointAsync(receiver.Url);
        await world.StartWorkerAsync();

        await world.Endpoints.RollSecretAsync(world.Test, made.Endpoint.Id, TimeSpan.FromHours(24), null, Never);
        var rolled = (await world.Endpoints.RollSecretAsync(world.Test, made.Endpoint.Id, TimeSpan.Zero, null, Never)).Value;
        await world.RecordAsync(EventTypes.ChargeSucceeded);

        Assert.Equal([rolled.Secret.Reveal()], Signers(await receiver.NextAsync(), rolled, made));
        Assert.False((await world.Endpoints.RollSecretAsync(world.Live, made.Endpoint.Id, TimeSpan.Zero, null, Never)).IsSuccess);
    }

    [Theory]
    [InlineData("moved")]
    [InlineData("enabled again")]
    public async Task A_410_from_before_the_merchants_last_change_disables_nothing(string change)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        var released = new TaskCompletionSource();
        receiver.Answer = async context =>
        {
            await released.Task;
            await AnswerAsync(context, 410, "gone");
        };
        var endpoint = (await world.CreateEndpointAsync(receiver.Url)).Endpoint.Id;
        await world.StartWorkerAsync();
        var id = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await receiver.NextAsync();

        if (change == "moved") await world.Endpoints.UpdateAsync(world.Test, endpoint, new WebhookEndpointChange("http://127.0.0.1:9/", null, null, null, null), answer: null, Never);
        else await SetDisabledAsync(world, endpoint, false);
        released.SetResult();
        await world.DeliveryAsync(id, found => found.Attempts.Any(attempt => attempt.Status == 410));

        Assert.True((await world.Endpoints.FindAsync(world.Test, endpoint, Never))!.IsEnabled);
    }

    [Fact]
    public async Task Events_are_listed_by_whether_every_endpoint_took_them()
    {
        await using var good = await Receiver.StartAsync();
        await using var bad = await Receiver.StartAsync();
        await using var world = await World.StartAsync(databases);
        bad.Answer = context => AnswerAsync(context, 500, "");
        await world.CreateEndpointAsync(good.Url);
        await world.CreateEndpointAsync(bad.Url, EventTypes.ChargeFailed);
        await world.StartWorkerAsync();
        var half = await world.RecordAsync(EventTypes.ChargeFailed);
        var whole = await world.RecordAsync(EventTypes.ChargeSucceeded);
        await world.DeliveryAsync(whole, found => found.State == DeliveryState.Delivered);
        await world.UntilAsync(
            async () => (await world.Events.DeliveriesAsync(world.Test, [half], Never)).Any(delivery => delivery.State == DeliveryState.Delivered),
            () => "The good endpoint did not take it.");

        Assert.Equal([whole], await ListAsync(world, isDelivered: true));
        Assert.Equal([half], await ListAsync(world, isDelivered: false));
    }

    /// <summary>Lets all three attempts of test mode go by, each written down before the clock moves on to the next.</summary>
    private static async Task GiveUpAsync(World world, EventId id, int attemptsBefore)
    {
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await world.DeliveryAsync(id, found => found.Attempts.Count == attemptsBefore + attempt);
            if (attempt < 3) world.Time.Advance(TimeSpan.FromMinutes(40));
        }

        Assert.Equal(DeliveryState.Failed, (await world.DeliveryAsync(id)).State);
    }

    private static async Task<EventId[]> ListAsync(World world, bool isDelivered)
    {
        var page = await world.Events.ListAsync(world.Test, new EventFilter([], IsDelivered: isDelivered), new PageRequest<EventId>(10), Never);
        return [.. page.Items.Select(item => item.Id)];
    }

    private static Task<Page<WebhookAttempt>> ListAsync(World world, WebhookEndpointId endpoint, WebhookAttemptFilter filter, PageRequest<WebhookAttemptId>? page = null) =>
        world.Deliveries.ListAttemptsAsync(world.Test, endpoint, filter, page ?? new PageRequest<WebhookAttemptId>(10), Never);

    private static async Task<WebhookResend> ResendAsync(World world, EventId id, WebhookEndpointId? endpoint = null) =>
        (await world.Deliveries.ResendAsync(world.Test, id, endpoint, answer: null, Never)).Value;

    private static async Task<WebhookResend> ResendRangeAsync(World world, WebhookEndpointId endpoint, ResendRange range) =>
        (await world.Deliveries.ResendRangeAsync(world.Test, endpoint, range, answer: null, Never)).Value;

    private static ResendRange Since(World world) => new(world.Time.GetUtcNow(), null, [], null, null, 10);

    private static async Task SetDisabledAsync(World world, WebhookEndpointId endpoint, bool disabled) =>
        await world.Endpoints.UpdateAsync(world.Test, endpoint, new WebhookEndpointChange(null, null, null, disabled, null), answer: null, Never);

    /// <summary>The secrets, of those given, that both headers prove, in the order of the signatures.</summary>
    private static IReadOnlyList<string> Signers(ReceivedWebhook webhook, params NewWebhookEndpoint[] candidates)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(webhook.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture));
        var stripe = webhook.Headers["Stripe-Signature"].Split(',')[1..].Select(
            signature => candidates.Single(each => WebhookSignatures.Stripe([each.Secret], at, webhook.Body).EndsWith("," + signature, StringComparison.Ordinal)).Secret.Reveal());
        var standard = webhook.Headers["webhook-signature"].Split(' ').Select(
            signature => candidates.Single(each => WebhookSignatures.Standard([each.Secret], webhook.Headers["webhook-id"], at, webhook.Body) == signature).Secret.Reveal());
        Assert.Equal(stripe, standard);
        return [.. stripe];
    }

    private static async Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    }
}

public sealed class ResendOnSqlite(SqliteFixture databases) : ResendTests(databases), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class ResendOnPostgres(PostgresFixture databases) : ResendTests(databases), IClassFixture<PostgresFixture>;
