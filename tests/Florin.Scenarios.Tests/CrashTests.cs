using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

/// <summary>kill -9 between the moment a request leaves for the gateway and the moment its answer is stored.</summary>
public abstract class CrashTests(FlorinFixture fixture)
{
    private const string Visa = "4242424242424242";
    private const string Challenge = "4000000000003220";

    // The simulated acquirers' "never heard of it" is final two minutes after the deadline; it is asked at 5, 35 and 155 s.
    private const int UntilNotFoundIsFinalSeconds = 200;

    private FlorinServer Florin => fixture.Florin;

    [Fact]
    public async Task Whatever_was_cut_off_ends_as_the_acquirers_book_says_and_is_never_done_twice()
    {
        var toCapture = await AuthorizedAsync(amount: 1_002);
        var toVoid = await AuthorizedAsync(amount: 1_003);
        var toRefund = await Florin.PostAsync("/v1/payment_intents", null, Talking.Card(Visa, 1_004, "usd"));
        var toConfirm = await Florin.PostAsync("/v1/payment_intents", null, Talking.Card(Challenge, 1_005, "usd"));

        await Florin.HoldAsync("authorize", "after", "aurora");
        await Florin.HoldAsync("authorize", "before", "castellan");
        foreach (var operation in new[] { "capture", "void", "refund", "confirm" }) await Florin.HoldAsync(operation, "after", "aurora");
        Task[] cutOff =
        [
            Florin.PostAsync("/v1/payment_intents", "booked", Talking.Card(Visa, 1_000, "usd")),
            Florin.PostAsync("/v1/payment_intents", "not-booked", Talking.Card(Visa, 1_001, "eur")),
            Florin.PostAsync($"/v1/payment_intents/{toCapture["id"]}/capture", "capture"),
            Florin.PostAsync($"/v1/payment_intents/{toVoid["id"]}/cancel", "void"),
            Florin.PostAsync("/v1/refunds", "refund", ("payment_intent", toRefund["id"]), ("amount", "400")),
            Florin.ConfirmAtIssuerAsync(toConfirm.Body.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString()!),
        ];
        await Florin.HeldAsync(cutOff.Length);
        await Florin.KillAsync();
        foreach (var request in cutOff) await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
        await fixture.RestartAsync(gatewayTimeoutSeconds: 1);

        var booked = await FindAsync(1_000);
        var notBooked = await FindAsync(1_001);
        await ThereAsync(booked, now => now["status"] == "succeeded");
        await ThereAsync(toCapture["id"], now => now["status"] == "succeeded");
        await ThereAsync(toVoid["id"], now => now["status"] == "canceled");
        await ThereAsync(toConfirm["id"], now => now["status"] == "succeeded");
        await Florin.WaitForAsync($"/v1/refunds?payment_intent={toRefund["id"]}", now => now.Body.GetProperty("data")[0].GetProperty("status").GetString() == "succeeded");

        // The same requests once more: each answers what came of it, and nothing is done again.
        var again = await AgainAsync("/v1/payment_intents", "booked", Talking.Card(Visa, 1_000, "usd"));
        Assert.Equal((booked, "succeeded"), (again["id"], again["status"]));
        Assert.Equal("succeeded", (await AgainAsync($"/v1/payment_intents/{toCapture["id"]}/capture", "capture"))["status"]);
        Assert.Equal("canceled", (await AgainAsync($"/v1/payment_intents/{toVoid["id"]}/cancel", "void"))["status"]);
        Assert.Equal("succeeded", (await AgainAsync("/v1/refunds", "refund", ("payment_intent", toRefund["id"]), ("amount", "400")))["status"]);

        await BookedAsync(booked, new Booked(1_000, 1_000, 0, false));
        await BookedAsync(toCapture["id"], new Booked(1_002, 1_002, 0, false));
        await BookedAsync(toVoid["id"], new Booked(1_003, 0, 0, true));
        await BookedAsync(toRefund["id"], new Booked(1_004, 1_004, 400, false));
        await BookedAsync(toConfirm["id"], new Booked(1_005, 1_005, 0, false));
        Assert.Single(await WithAmountAsync(1_000));

        // What never reached the acquirer is not charged by asking again, and in the end the buyer may try anew.
        Assert.Equal(notBooked, (await AgainAsync("/v1/payment_intents", "not-booked", Talking.Card(Visa, 1_001, "eur")))["id"]);
        await Florin.WaitForAsync($"/v1/payment_intents/{notBooked}", now => now["status"] == "requires_payment_method", UntilNotFoundIsFinalSeconds);
        await BookedAsync(notBooked, null);
        Assert.Single(await WithAmountAsync(1_001));
        await fixture.ProveLedgerAsync();
    }

    // Until the process that was killed is given up (15 s), the keys of its requests are in use, and are answered 409.
    private async Task<Answer> AgainAsync(string path, string idempotencyKey, params (string Name, string Value)[] fields)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await Florin.PostAsync(path, idempotencyKey, fields);
            if (answer.Status == 200) return answer;
            Assert.True(answer.Status == 409 && !patience.IsCancellationRequested, $"{path}: {answer.Status} {answer.Body}");
            await Task.Delay(500);
        }
    }

    private async Task<Answer> AuthorizedAsync(long amount)
    {
        var made = await Florin.PostAsync("/v1/payment_intents", null, Talking.Card(Visa, amount, "usd", captureMethod: "manual"));
        Assert.Equal("requires_capture", made["status"]);
        return made;
    }

    private Task<Answer> ThereAsync(string payment, Func<Answer, bool> isThere) => Florin.WaitForAsync($"/v1/payment_intents/{payment}", isThere);

    private async Task BookedAsync(string payment, Booked? expected)
    {
        var ours = await Florin.GetAsync($"/v1/payment_intents/{payment}");
        Assert.Equal(expected, await Florin.BookedAsync(ours.Key));
    }

    private async Task<string> FindAsync(long amount) => Assert.Single(await WithAmountAsync(amount));

    private async Task<IReadOnlyList<string>> WithAmountAsync(long amount)
    {
        var all = await Florin.GetAsync("/v1/payment_intents?limit=100");
        return [.. all.Body.GetProperty("data").EnumerateArray()
            .Where(payment => payment.GetProperty("amount").GetInt64() == amount)
            .Select(payment => payment.GetProperty("id").GetString()!)];
    }
}

public sealed class CrashOnSqlite(FlorinOnSqlite fixture) : CrashTests(fixture), IClassFixture<FlorinOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class CrashOnPostgres(FlorinOnPostgres fixture) : CrashTests(fixture), IClassFixture<FlorinOnPostgres>;
