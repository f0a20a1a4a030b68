using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

/// <summary>What the API answered.</summary>
public readonly record struct Answer(int Status, JsonElement Body, bool IsReplay)
{
    public string this[string property] => Body.GetProperty(property).GetString() ?? "";

    /// <summary>Empty where the answer is no error.</summary>
    public string ErrorCode => Body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() ?? "" : "";

    /// <summary>Our key for the latest attempt at the gateway.</summary>
    public string Key => Body.GetProperty("florin").GetProperty("latest_attempt").GetString()!;
}

/// <summary>One payment as an acquirer's book has it.</summary>
public sealed record Booked(long Authorized, long Captured, long Refunded, bool Voided);

/// <summary>The sentences that the scenarios are told in.</summary>
public static partial class Talking
{
    public static async Task<Answer> PostAsync(this FlorinServer florin, string path, string? idempotencyKey = null, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await florin.Api.SendAsync(request);
        return await ReadAsync(response);
    }

    public static async Task<Answer> GetAsync(this FlorinServer florin, string path)
    {
        using var response = await florin.Api.GetAsync(path);
        return await ReadAsync(response);
    }

    public static (string Name, string Value)[] Card(string number, long amount, string currency, string captureMethod = "automatic") =>
    [
        ("amount", $"{amount}"),
        ("currency", currency),
        ("capture_method", captureMethod),
        ("confirm", "true"),
        ("return_url", "https://shop.example/back"),
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][number]", number),
        ("payment_method_data[card][exp_month]", "12"),
        ("payment_method_data[card][exp_year]", "2034"),
        ("payment_method_data[card][cvc]", CvcOf(number)),
    ];

    public static string CvcOf(string number) => number.StartsWith("37", StringComparison.Ordinal) ? "7373" : "737";

    /// <summary>Answers the issuer's page as its buyer and comes back.</summary>
    public static async Task ConfirmAtIssuerAsync(this FlorinServer florin, string issuerUrl)
    {
        using var answered = await florin.Sandbox.PostAsync(issuerUrl, new FormUrlEncodedContent([KeyValuePair.Create("otp", "123456")]));
        Assert.Equal(303, (int)answered.StatusCode);
        using var returned = await florin.Buyer.GetAsync(answered.Headers.Location);
        Assert.Equal(303, (int)returned.StatusCode);
    }

    /// <summary>Asks until the payment has this status.</summary>
    public static async Task<Answer> WaitForAsync(this FlorinServer florin, string path, Func<Answer, bool> isThere, int seconds = 60)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var now = await florin.GetAsync(path);
            if (isThere(now)) return now;
            Assert.False(patience.IsCancellationRequested, $"After {seconds} s {path} is still: {now.Body}");
            await Task.Delay(100);
        }
    }

    public static async Task<Booked?> BookedAsync(this FlorinServer florin, string key, string? acquirer = null)
    {
        var page = await florin.Sandbox.GetFromJsonAsync<JsonElement>($"/payments.json?key={key}&acquirer={acquirer}");
        return page.GetProperty("data").EnumerateArray().Select(payment => new Booked(
            payment.GetProperty("authorized").GetInt64(),
            payment.GetProperty("captured").GetInt64(),
            payment.GetProperty("refunded").GetInt64(),
            payment.GetProperty("voided").GetBoolean())).SingleOrDefault();
    }

    /// <summary>Makes the acquirers keep requests, before or after they are carried out.</summary>
    public static async Task HoldAsync(this FlorinServer florin, string operation, string when, string? acquirer = null, int count = 1)
    {
        using var asked = await florin.Sandbox.PostAsJsonAsync("/control/hold", new { operation, when, acquirer, count });
        asked.EnsureSuccessStatusCode();
    }

    /// <summary>Has them all carried on.</summary>
    public static async Task ReleaseAsync(this FlorinServer florin)
    {
        using var released = await florin.Sandbox.PostAsJsonAsync("/control/release", new { mode = "answer" });
        released.EnsureSuccessStatusCode();
    }

    public static async Task HeldAsync(this FlorinServer florin, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await florin.Sandbox.GetStringAsync("/control/held", patience.Token) != $$"""{"held":{{count}}}""") await Task.Delay(10, patience.Token);
    }

    /// <summary>A checkout session over the API; its page's path.</summary>
    public static async Task<(string Id, string Path)> OpenCheckoutAsync(this FlorinServer florin, long amount, string currency)
    {
        var session = await florin.PostAsync("/v1/checkout/sessions", null,
            ("mode", "payment"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", currency),
            ("line_items[0][price_data][unit_amount]", $"{amount}"),
            ("line_items[0][price_data][product_data][name]", "Tea"),
            ("success_url", "https://shop.example/paid"));
        Assert.Equal(200, session.Status);
        return (session["id"], new Uri(session["url"]).AbsolutePath);
    }

    public static async Task<string> FormTokenAsync(this FlorinServer florin, string path)
    {
        var page = await florin.Buyer.GetStringAsync(path);
        return FormToken().Match(page).Groups[1].Value;
    }

    public static FormUrlEncodedContent PayForm(string formToken, string number) => new(new Dictionary<string, string>
    {
        ["form_token"] = formToken,
        ["email"] = "hana@example.com",
        ["cardnumber"] = number,
        ["exp"] = "12/34",
        ["cvc"] = CvcOf(number),
        ["name"] = "김하나",
    });

    private static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new Answer((int)response.StatusCode, body, response.Headers.Contains("Idempotent-Replayed"));
    }

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
