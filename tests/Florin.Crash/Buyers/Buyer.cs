using System.Globalization;
using System.Text.Json;

namespace Florin.Crash.Buyers;

/// <summary>Buys one thing after another until told to stop; what it does is drawn from a seed.</summary>
internal sealed class Buyer(int number, int seed, Shop shop, ClientLog log, OrderNumbers orders, TimeProvider time)
{
    private const string Visa = "4242424242424242";
    private const string InsufficientFunds = "4000000000009995";
    private const string Challenge = "4000000000003220";
    private const string SilentAfterApproving = "4000000000100091";

    private static readonly string[] Currencies = ["usd", "eur", "krw"];
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestThought = TimeSpan.FromMilliseconds(60);

    private readonly Random random = new(unchecked((seed * 1_000) + number));

    public async Task BuyAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var order = orders.Next(Currencies[random.Next(Currencies.Length)]);
            await (random.Next(100) switch
            {
                < 40 => PayAsync(order, Visa),
                < 52 => PayInTwoCallsAsync(order),
                < 64 => PayAndRefundAsync(order),
                < 80 => HoldAsync(order),
                < 86 => PayAsync(order, InsufficientFunds),
                < 91 => PayAsync(order, Challenge),
                < 92 => PayAsync(order, SilentAfterApproving),
                _ => CheckoutAsync(order),
            });
            await Task.Delay(LongestThought * random.NextDouble(), time, CancellationToken.None);
        }
    }

    private async Task<Answer?> PayAsync(Order order, string card)
    {
        var key = Key(order, "pay");
        var answer = await AskAsync(order, Act.Pay, key, order.AmountMinor, "/v1/payment_intents", [.. Intent(order, "automatic"), ("confirm", "true"), .. Card(card)]);
        if (card == Challenge && answer is { Status: 200, Id: { } intent } && await FollowAsync(intent, answer) is { } after)
        {
            Answered(order, Act.Pay, key, order.AmountMinor, after);
        }

        return answer;
    }

    /// <summary>Goes to the issuer's page as often as Florin sends the buyer there: an answer that was lost may bring a challenge
    /// to light later, and a way back that was cut off has to be gone again.</summary>
    /// <returns>How it ended; null where it did not in all the buyer's patience.</returns>
    private async Task<Answer?> FollowAsync(string intent, Answer answer)
    {
        var began = time.GetTimestamp();
        Answer? now = answer;
        while (now is { State: "requires_action" or "processing" } && time.GetElapsedTime(began) < Shop.Patience)
        {
            if (now.State == "requires_action") await shop.ConfirmAtIssuerAsync(random, IssuerUrl(now.Body));
            else await Task.Delay(LookEvery, time);
            now = await shop.GetAsync(random, $"/v1/payment_intents/{intent}");
        }

        return now;
    }

    private async Task PayInTwoCallsAsync(Order order)
    {
        var made = await shop.PostAsync(random, "/v1/payment_intents", Key(order, "make"), Intent(order, "automatic"));
        if (made is not { Status: 200, Id: { } intent }) return;
        await AskAsync(order, Act.Pay, Key(order, "confirm"), order.AmountMinor, $"/v1/payment_intents/{intent}/confirm", Card(Visa));
    }

    private async Task PayAndRefundAsync(Order order)
    {
        if (await PayAsync(order, Visa) is not { Status: 200, State: "succeeded", Id: { } intent }) return;
        long[] parts = random.Next(2) == 0 ? [order.AmountMinor] : [order.AmountMinor / 3, order.AmountMinor / 4];
        for (var i = 0; i < parts.Length; i++)
        {
            await AskAsync(order, Act.Refund, Key(order, $"refund-{i}"), parts[i], "/v1/refunds", [("payment_intent", intent), ("amount", Text(parts[i]))]);
        }
    }

    private async Task HoldAsync(Order order)
    {
        var held = await AskAsync(order, Act.Hold, Key(order, "hold"), order.AmountMinor, "/v1/payment_intents", [.. Intent(order, "manual"), ("confirm", "true"), .. Card(Visa)]);
        if (held is not { Status: 200, State: "requires_capture", Id: { } intent }) return;
        if (random.Next(3) == 0)
        {
            await AskAsync(order, Act.Cancel, Key(order, "cancel"), order.AmountMinor, $"/v1/payment_intents/{intent}/cancel", []);
            return;
        }

        var taken = random.Next(3) == 0 ? order.AmountMinor / 2 : order.AmountMinor;
        await AskAsync(order, Act.Capture, Key(order, "capture"), taken, $"/v1/payment_intents/{intent}/capture", [("amount_to_capture", Text(taken))]);
    }

    private async Task CheckoutAsync(Order order)
    {
        var key = Key(order, "checkout");
        var session = await shop.PostAsync(
            random, "/v1/checkout/sessions", key,
            ("mode", "payment"), ("line_items[0][quantity]", "1"), ("line_items[0][price_data][currency]", order.Currency),
            ("line_items[0][price_data][unit_amount]", Text(order.AmountMinor)), ("line_items[0][price_data][product_data][name]", "Tea"),
            ("success_url", "https://shop.example/paid"));
        if (session is not { Status: 200, Id: { } id }) return;
        Asked(order, Act.Checkout, key, order.AmountMinor);
        await shop.PayOnPageAsync(random, new Uri(Answer.Text(session.Body, "url")!).AbsolutePath, Visa);
        if (await shop.GetAsync(random, $"/v1/checkout/sessions/{id}") is not { } after) return;
        log.Write(new ClientLine(
            default, number, order, Act.Checkout, key, order.AmountMinor, after.Status, Answer.Text(after.Body, "payment_status"), Answer.Text(after.Body, "payment_intent"), after.Tries));
    }

    private async Task<Answer?> AskAsync(Order order, Act act, string key, long amount, string path, (string, string)[] fields)
    {
        Asked(order, act, key, amount);
        var answer = await shop.PostAsync(random, path, key, fields);
        if (answer is not null) Answered(order, act, key, amount, answer);
        return answer;
    }

    private void Asked(Order order, Act act, string key, long amount) => log.Write(new ClientLine(default, number, order, act, key, amount));

    private void Answered(Order order, Act act, string key, long amount, Answer answer) =>
        log.Write(new ClientLine(default, number, order, act, key, amount, answer.Status, answer.State, answer.Id, answer.Tries));

    private static string Key(Order order, string what) => $"{order.Currency}-{Text(order.AmountMinor)}-{what}";

    private static (string, string)[] Intent(Order order, string captureMethod) =>
        [("amount", Text(order.AmountMinor)), ("currency", order.Currency), ("capture_method", captureMethod)];

    private static (string, string)[] Card(string number) =>
    [
        ("return_url", "https://shop.example/back"),
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][number]", number),
        ("payment_method_data[card][exp_month]", "12"),
        ("payment_method_data[card][exp_year]", "2034"),
        ("payment_method_data[card][cvc]", "737"),
    ];

    private static string IssuerUrl(JsonElement intent) =>
        intent.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString()!;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Gives each order an amount that no other has.</summary>
internal sealed class OrderNumbers
{
    // Above the least that any gateway takes, also of currencies without minor units.
    private long last = 1_000;

    public long Count => Interlocked.Read(ref last) - 1_000;

    public Order Next(string currency) => new(currency, Interlocked.Increment(ref last));
}
