using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Florin.Browser.Tests;

/// <summary>Nobody asks by itself here, so that what settles was settled by the person at the page.</summary>
public sealed class QueueFixture : BrowserFixture
{
    protected override string[] Options => ["--gateway-timeout", "1", "--query-schedule", "3600"];
}

[Trait("Needs", "browser")]
public sealed class UnknownOutcomeTests(QueueFixture florin) : IClassFixture<QueueFixture>
{
    [Fact]
    public async Task An_unknown_payment_is_asked_about_and_others_are_accepted_together_with_evidence_without_a_script()
    {
        await FaultAsync("""{"kind": "webhook_lost", "for_seconds": 600}""");
        await FaultAsync("""{"kind": "reset", "when": "after", "operation": "authorize"}""");
        var asked = await PayAsync();
        await FaultAsync("""{"kind": "reset", "when": "before", "operation": "authorize", "count": 2}""");
        string[] declined = [await PayAsync(), await PayAsync()];
        await using var clerk = await florin.VisitorAsync(javaScript: false);
        await clerk.SignInAsync();
        Assert.Equal("3", await clerk.Page.Locator(".sections .count").InnerTextAsync());
        await clerk.Page.Locator("nav a[href='/office/unknown-outcomes']").ClickAsync();
        Assert.Equal(3, await clerk.Page.Locator("input[name=id]").CountAsync());
        await clerk.KeepAsync("unknown-outcomes");

        // The oldest is the one that was carried out.
        await clerk.Page.Locator("td a.strong").Last.ClickAsync();
        await clerk.Page.Locator("form[action$='/query'] button").ClickAsync();
        await clerk.Page.Locator(".notice.good").WaitForAsync();
        await clerk.KeepAsync("unknown-outcome-settled");
        Assert.Equal("succeeded", await StatusAsync(asked));

        await clerk.Page.Locator("a.back").ClickAsync();
        foreach (var tick in await clerk.Page.Locator("input[name=id]").AllAsync()) await tick.CheckAsync();
        await clerk.Page.SelectOptionAsync("#outcome", "never_sent");
        await clerk.Page.FillAsync("#evidence", "Neither is in the journal of today");

        // Not without a word that it is known.
        await clerk.Page.Locator("button[value=accept]").ClickAsync();
        await clerk.Page.Locator(".notice.bad").WaitForAsync();
        Assert.Equal("Neither is in the journal of today", await clerk.Page.InputValueAsync("#evidence"));
        await clerk.Page.CheckAsync("#sure");
        await clerk.Page.Locator("button[value=accept]").ClickAsync();
        await clerk.Page.WaitForURLAsync("**/bulk/uob_*");
        await clerk.Page.Locator(".notice.good").WaitForAsync();
        await clerk.KeepAsync("unknown-outcome-bulk");
        Assert.Equal(2, await clerk.Page.Locator("td .badge.good").CountAsync());
        Assert.Equal(0, await clerk.Page.Locator(".sections .count").CountAsync());
        foreach (var payment in declined) Assert.Equal("requires_payment_method", await StatusAsync(payment));

        await clerk.Page.GotoAsync($"{florin.Florin.Url}/office/audit?action=unknown_outcome.");
        var audit = await clerk.Page.Locator("table").InnerTextAsync();
        Assert.Contains("unknown_outcome.queried", audit, StringComparison.Ordinal);
        Assert.Contains("unknown_outcome.bulk_started", audit, StringComparison.Ordinal);
        Assert.Contains("Neither is in the journal of today", audit, StringComparison.Ordinal);
        Assert.Contains("demo@florin.example", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_is_stated_with_a_document_and_both_are_shown_on_the_payment_without_a_script()
    {
        await FaultAsync("""{"kind": "webhook_lost", "for_seconds": 600}""");
        await FaultAsync("""{"kind": "reset", "when": "before", "operation": "authorize"}""");
        var payment = await PayAsync();
        await using var clerk = await florin.VisitorAsync(javaScript: false);
        await clerk.SignInAsync();
        await clerk.Page.Locator("nav a[href='/office/unknown-outcomes']").ClickAsync();
        await clerk.Page.Locator("td a.strong").First.ClickAsync();
        await clerk.Page.Locator("details.act summary").First.ClickAsync();
        await StateAsync("statement.txt", "text/plain", "no such payment");
        await clerk.Page.Locator(".notice.bad").WaitForAsync();
        Assert.Equal("It is not in their statement", await clerk.Page.InputValueAsync("#evidence"));

        await StateAsync("statement.pdf", "application/pdf", "%PDF-1.7 no such payment");

        await clerk.Page.Locator(".notice.good").WaitForAsync();
        await clerk.KeepAsync("unknown-outcome-with-document");
        Assert.Equal(1, await clerk.Page.Locator(".timeline a[href^='/office/files/file_']").CountAsync());
        Assert.Equal("requires_payment_method", await StatusAsync(payment));
        await clerk.Page.GotoAsync($"{florin.Florin.Url}/office/payments/{payment}");
        await clerk.KeepAsync("payment-with-stated-outcome");
        Assert.Contains("It is not in their statement", await clerk.Page.Locator(".timeline").First.InnerTextAsync(), StringComparison.Ordinal);
        var file = await clerk.Page.Locator(".timeline a[href^='/office/files/file_']").GetAttributeAsync("href");
        var download = await clerk.Page.APIRequest.GetAsync(florin.Florin.Url + file);
        Assert.Equal("application/pdf", download.Headers["content-type"]);

        async Task StateAsync(string name, string type, string content)
        {
            await clerk.Page.CheckAsync("#outcome-never_sent");
            await clerk.Page.FillAsync("#evidence", "It is not in their statement");
            await clerk.Page.Locator("#document").SetInputFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = Encoding.UTF8.GetBytes(content) });
            await clerk.Page.CheckAsync("#sure-accept");
            await clerk.Page.Locator("form[action$='/accept'] button").ClickAsync();
        }
    }

    private async Task FaultAsync(string fault)
    {
        using var body = new StringContent(fault, Encoding.UTF8, "application/json");
        using var answer = await florin.Florin.Sandbox.PostAsync("/control/fault", body);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string> PayAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["amount"] = "1999",
            ["currency"] = "usd",
            ["payment_method"] = "pm_card_visa",
            ["confirm"] = "true",
        });
        using var made = await florin.Florin.Api.PostAsync("/v1/payment_intents", form);
        var payment = JsonElement.Parse(await made.Content.ReadAsStringAsync());
        Assert.Equal("processing", payment.GetProperty("status").GetString());
        return payment.GetProperty("id").GetString()!;
    }

    private async Task<string?> StatusAsync(string payment) =>
        JsonElement.Parse(await florin.Florin.Api.GetStringAsync($"/v1/payment_intents/{payment}")).GetProperty("status").GetString();
}
