using Microsoft.Playwright;

namespace Florin.Browser.Tests;

[Trait("Needs", "browser")]
public sealed class BackOfficeTests(BrowserFixture florin) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task A_refund_given_in_the_back_office_is_in_the_acquirers_book_and_a_stale_form_gives_none()
    {
        await BuyAsync();
        var (captured, _, _) = await florin.Florin.LatestAsync();
        await using var visitor = await florin.VisitorAsync();
        await visitor.SignInAsync();
        await visitor.KeepAsync("payments");
        await visitor.Page.Locator("main a[href*='/office/payments/pi_']").First.ClickAsync();
        await visitor.Page.Locator(".timeline:not(.rules)").WaitForAsync();
        await visitor.KeepAsync("payment");
        var payment = visitor.Page.Url;
        await visitor.Page.Locator("a[href$='/refund']").ClickAsync();

        // Neither more than remains nor anybody's decimal comma becomes a refund.
        foreach (var wrong in new[] { "1000000", "1,50", "0", "-1", "1.234", "all" })
        {
            await visitor.Page.FillAsync("#amount", wrong);
            await visitor.Page.Locator("form:has(#amount) button[type=submit]").ClickAsync();
            await visitor.Page.Locator("#amount[aria-invalid=true]").WaitForAsync();
            Assert.Equal(wrong, await visitor.Page.InputValueAsync("#amount"));
        }

        Assert.Equal(0, await florin.Florin.RefundsAsync());
        await visitor.Page.FillAsync("#amount", "1.50");
        var stale = await visitor.Page.InputValueAsync("form:has(#amount) input[name=form_token]");
        await visitor.Page.Locator("form:has(#amount) button[type=submit]").ClickAsync();
        await visitor.Page.WaitForURLAsync("**?refunded=*");
        await visitor.KeepAsync("refunded");
        Assert.Equal((captured, 150L), ((await florin.Florin.LatestAsync()).Captured, (await florin.Florin.LatestAsync()).Refunded));

        await visitor.Page.GotoAsync(payment + "/refund");
        await visitor.Page.EvaluateAsync("token => document.querySelector('form:has(#amount) input[name=form_token]').value = token", stale);
        await visitor.Page.FillAsync("#amount", "1.50");
        await visitor.Page.Locator("form:has(#amount) button[type=submit]").ClickAsync();
        await visitor.Page.Locator(".notice").First.WaitForAsync();
        Assert.Equal(1, await florin.Florin.RefundsAsync());

        // What the form offers is the rest.
        await visitor.Page.GotoAsync(payment + "/refund");
        await visitor.Page.Locator("form:has(#amount) button[type=submit]").ClickAsync();
        await visitor.Page.WaitForURLAsync("**?refunded=*");
        Assert.Equal(captured, (await florin.Florin.LatestAsync()).Refunded);
        Assert.Equal(0, await visitor.Page.Locator("a[href$='/refund']").CountAsync());
    }

    [Fact]
    public async Task The_list_is_filtered_and_the_payment_shows_what_was_sent_to_the_shop()
    {
        await BuyAsync();
        await using var visitor = await florin.VisitorAsync(phone: true, dark: true);
        await visitor.SignInAsync();
        await visitor.Page.SelectOptionAsync("select[name=currency]", new Microsoft.Playwright.SelectOptionValue { Label = "KRW" });
        await visitor.Page.Locator("form button.main").ClickAsync();
        await visitor.Page.WaitForURLAsync("**currency=*");
        Assert.Equal(0, await visitor.Page.Locator("main a[href*='/office/payments/pi_']").CountAsync());
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/webhooks");
        await visitor.Page.Locator(".deliveries li").First.WaitForAsync();
        await visitor.KeepAsync("webhooks");
    }

    [Fact]
    public async Task Nobody_gets_in_without_the_password_or_after_signing_out()
    {
        await using var visitor = await florin.VisitorAsync();
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/payments");
        await visitor.Page.FillAsync("input[name=email]", "demo@florin.example");
        await visitor.Page.FillAsync("input[name=password]", "guessed");
        await visitor.Page.Locator("form button[type=submit]").ClickAsync();
        await visitor.Page.Locator(".notice").WaitForAsync();
        await visitor.SignInAsync();
        await visitor.Page.Locator("form[action$='/sign-out'] button").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/office/sign-in**");
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/webhooks");
        await visitor.Page.Locator("input[name=password]").WaitForAsync();
    }

    [Fact]
    public async Task A_mapping_is_checked_mended_and_exported_with()
    {
        await using var visitor = await florin.VisitorAsync();
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/ledger/exports");
        var toFillIn = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.Locator("a[href$='/mapping.csv']").ClickAsync());
        Assert.Contains("own:bank:current,asset,KRW,,", await File.ReadAllTextAsync(await toFillIn.PathAsync()), StringComparison.Ordinal);

        // Lines that are wrong are told, all of them, and what was sent stays to be mended.
        await visitor.Page.SetInputFilesAsync("#mapping", MappingFile("pattern,kind,account\n,asset,1000\nown:*,assets,2000\n"));
        await visitor.Page.Locator("button[value=check]").ClickAsync();
        await visitor.Page.Locator(".error-list li").First.WaitForAsync();
        Assert.Equal(["Line 2", "Line 3"], await visitor.Page.Locator(".error-list strong").AllInnerTextsAsync());
        await visitor.KeepAsync("ledger-exports-faults");

        // What is left out is named before anything is exported, also to who exports at once.
        await visitor.Page.FillAsync("#text", "pattern,kind,account,name\nown:bank:*,,1000,Bank\nown:bnak,,1001,Bank\n");
        await visitor.Page.Locator("button[value=export]").ClickAsync();
        await visitor.Page.Locator("#missing").WaitForAsync();
        Assert.True(await visitor.Page.GetByText("own:costs:rent").IsVisibleAsync());
        Assert.Contains("own:bnak", await visitor.Page.Locator("section:has(#unused)").InnerTextAsync(), StringComparison.Ordinal);
        await visitor.KeepAsync("ledger-exports-left-out");

        await visitor.Page.FillAsync("#text", "pattern,kind,account,name\nown:bank:*,,1000,Bank\n*,,9999,=All the rest\n");
        await visitor.Page.SelectOptionAsync("#journals", "month");
        await visitor.Page.Locator("button[value=check]").ClickAsync();
        await visitor.Page.Locator(".notice.good").WaitForAsync();
        await visitor.KeepAsync("ledger-exports-covered");
        var file = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.Locator("button[value=export]").ClickAsync());
        Assert.Equal("general-ledger.csv", file.SuggestedFilename);
        var lines = await File.ReadAllLinesAsync(await file.PathAsync());
        Assert.StartsWith("journal,date,period,kind,", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains(",1000,Bank,KRW,", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(",9999,'=All the rest,", StringComparison.Ordinal));
        Assert.All(lines.Skip(1), line => Assert.Matches("^[0-9]{4}-[0-9]{2}-(28|29|30|31)-", line));

        await visitor.Page.EvaluateAsync("document.querySelector('form:has(#mapping) input[name=form_token]').value = 'another'");
        await visitor.Page.Locator("button[value=export]").ClickAsync();
        await visitor.Page.Locator(".notice.bad").WaitForAsync();
    }

    private static Microsoft.Playwright.FilePayload MappingFile(string text) =>
        new() { Name = "mapping.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(text) };

    [Fact]
    public async Task A_figure_leads_to_its_postings_a_transaction_to_its_payment_and_a_period_is_closed_and_reopened_with_a_reason()
    {
        await BuyAsync();
        await using var visitor = await florin.VisitorAsync();
        await visitor.SignInAsync();
        await visitor.Page.Locator("nav a[href='/office/ledger']").ClickAsync();
        await visitor.Page.Locator(".tree").WaitForAsync();
        await visitor.KeepAsync("ledger");
        Assert.Equal(["ledger.journal", "ledger.beancount", "ledger.csv"], await DownloadsAsync(visitor.Page));

        // What was there before the span, and the result of the span itself, are figures that lead on as well.
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/ledger/reports/trial_balance?from=2026-01-02");
        Assert.Equal(["trial_balance.csv"], await DownloadsAsync(visitor.Page));
        await visitor.Page.Locator("td a[href*='to=2026-01-01']").First.ClickAsync();
        await visitor.Page.Locator(".empty").WaitForAsync();
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/ledger/reports/balance_sheet");
        await visitor.Page.Locator("tfoot a[href$='/income_statement']").First.ClickAsync();
        await visitor.Page.Locator("td a[href*='/office/ledger/accounts/lac_']").First.ClickAsync();
        await visitor.KeepAsync("ledger-statement");
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/ledger?prefix=merchant_pending");
        await visitor.Page.Locator("td a[href*='/office/ledger/accounts/lac_']").First.ClickAsync();
        await visitor.Page.Locator("a[href*='/office/ledger/transactions/ltx_']").First.ClickAsync();
        await visitor.Page.Locator("svg.flow rect.place").First.WaitForAsync();
        await visitor.KeepAsync("ledger-transaction");
        await visitor.Page.Locator(".facts a[href*='/office/payments/pi_']").ClickAsync();
        await visitor.Page.Locator(".timeline:not(.rules)").WaitForAsync();

        // What the demo shop has set aside is what its bank account lacks.
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/ledger?prefix=own:bank:");
        await visitor.Page.Locator("td a[href$='/ledger/holds']").ClickAsync();
        Assert.Contains("order-winter-cards", await visitor.Page.Locator("table").InnerTextAsync(), StringComparison.Ordinal);
        await visitor.KeepAsync("ledger-holds");

        // The browser asks for the reason before the server does.
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/office/ledger/periods");
        await visitor.Page.FillAsync("#from", "2024-01-01");
        await visitor.Page.FillAsync("#to", "2024-01-31");
        await visitor.Page.FillAsync("#reason", "January is done");
        var stale = await visitor.Page.InputValueAsync("form:has(#reason) input[name=form_token]");
        await visitor.Page.Locator("form:has(#reason) button[type=submit]").ClickAsync();
        await visitor.Page.WaitForURLAsync("**?changed=1");
        await visitor.KeepAsync("ledger-periods");
        await visitor.Page.EvaluateAsync("token => document.querySelector('form:has(#reason) input[name=form_token]').value = token", stale);
        await visitor.Page.FillAsync("#from", "2024-02-01");
        await visitor.Page.FillAsync("#to", "2024-02-28");
        await visitor.Page.FillAsync("#reason", "again");
        await visitor.Page.Locator("form:has(#reason) button[type=submit]").ClickAsync();
        await visitor.Page.Locator(".notice.bad").WaitForAsync();
        Assert.Equal(2, await visitor.Page.Locator("details.period").CountAsync());

        // The first is the one of 2024; the other one is a month that the demo shop has closed.
        await visitor.Page.Locator("details.period summary").First.ClickAsync();
        await visitor.Page.FillAsync("#reason-2024-01-01", "forgot one");
        await visitor.Page.Locator("details.period button").First.ClickAsync();
        await visitor.Page.WaitForURLAsync("**?changed=1");
        Assert.Equal(1, await visitor.Page.Locator("details.period").CountAsync());
        var history = await visitor.Page.Locator("table").InnerTextAsync();
        Assert.Contains("January is done", history, StringComparison.Ordinal);
        Assert.Contains("forgot one", history, StringComparison.Ordinal);
        Assert.Contains("demo@florin.example", history, StringComparison.Ordinal);
    }

    /// <summary>The names of the files that a page offers, each of which is given and has something in it.</summary>
    private static async Task<string[]> DownloadsAsync(IPage page) => await page.EvaluateAsync<string[]>(
        """
        async () => Promise.all([...document.querySelectorAll('.order a[download]')].map(async link => {
          const answer = await fetch(link.href);
          const text = await answer.text();
          return answer.ok && text.includes('merchant_pending') ? /filename=([^;]+)/.exec(answer.headers.get('content-disposition'))[1] : `${answer.status} ${text}`;
        }))
        """);

    private async Task BuyAsync()
    {
        await using var buyer = await florin.VisitorAsync();
        await buyer.GoToCheckoutAsync();
        await buyer.PayAsync("4242424242424242");
        await buyer.SeePaidAsync();
    }
}
