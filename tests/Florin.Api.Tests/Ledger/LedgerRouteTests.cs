using System.Net.Http.Json;
using System.Text.Json;
using Florin.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.Ledger;

public abstract class LedgerRouteTests(RealApi api)
{
    private const string Url = "/v1/florin/ledger";
    private static int made;

    // Accounts and references of one test, so that tests do not meet.
    private readonly string mine = $"t{Interlocked.Increment(ref made)}";

    [Fact]
    public async Task An_account_is_opened_read_listed_frozen_noted_on_and_closed()
    {
        var opened = await OpenAsync("cash", "asset", "&min_balance=0&max_balance=5000&metadata[branch]=Seoul");

        Assert.Equal(("florin.ledger_account", $"own:{mine}:cash", "asset", "krw", "open"), (opened.Text("object"), opened.Text("code"), opened.Text("kind"), opened.Text("currency"), opened.Text("state")));
        Assert.Equal((0, 5000, true), (Number(opened, "min_balance"), Number(opened, "max_balance"), opened.GetProperty("own").GetBoolean()));
        Assert.Equal("Seoul", opened.GetProperty("metadata").Text("branch"));
        var url = $"{Url}/accounts/{opened.Id()}";
        Assert.Equal(opened.GetRawText(), (await api.GetAsync(url)).GetRawText());
        Assert.Equal(opened.GetRawText(), (await OpenAsync("cash", "asset", "&min_balance=0&max_balance=5000&metadata[branch]=Seoul")).GetRawText());
        await OpenAsync("till", "asset");
        Assert.Equal([$"own:{mine}:cash", $"own:{mine}:till"], Codes(await api.GetAsync($"{Url}/accounts?code_prefix=own:{mine}:")));

        var changed = await api.PostAsync(url, "state=frozen&metadata[branch]=&metadata[city]=Busan");
        Assert.Equal(("frozen", """{"city":"Busan"}"""), (changed.Text("state"), changed.GetProperty("metadata").GetRawText()));
        Assert.Equal("{}", (await api.PostAsync(url, "metadata=")).GetProperty("metadata").GetRawText());
        Assert.Equal("closed", (await api.PostAsync(url, "state=closed")).Text("state"));
        Assert.Equal((400, "ledger_account_closed", "state"), await api.RefusedAsync("POST", url, "state=open"));
    }

    [Fact]
    public async Task Accounts_come_in_pages_in_the_order_of_codes()
    {
        foreach (var name in (string[])["c", "a", "b"]) await OpenAsync(name, "asset");

        var first = await api.GetAsync($"{Url}/accounts?code_prefix=own:{mine}:&limit=2");
        Assert.Equal([$"own:{mine}:a", $"own:{mine}:b"], Codes(first));
        Assert.True(first.GetProperty("has_more").GetBoolean());
        var second = await api.GetAsync($"{Url}/accounts?code_prefix=own:{mine}:&limit=2&starting_after={first.Ids()[1]}");
        Assert.Equal([$"own:{mine}:c"], Codes(second));
        Assert.Equal([$"own:{mine}:a", $"own:{mine}:b"], Codes(await api.GetAsync($"{Url}/accounts?code_prefix=own:{mine}:&limit=2&ending_before={second.Ids()[0]}")));
    }

    [Fact]
    public async Task What_may_not_be_opened_is_refused_with_its_own_code()
    {
        var refused = new (string Form, string Code, string Param)[]
        {
            ("code=fee_income&kind=income&currency=krw", "ledger_account_reserved", "code"),
            ("code=own:&kind=income&currency=krw", "ledger_account_code_invalid", "code"),
            ($"code=own:{mine}: x&kind=income&currency=krw", "ledger_account_code_invalid", "code"),
            ($"code=own:{mine}&kind=money&currency=krw", "parameter_invalid", "kind"),
            ($"code=own:{mine}&kind=asset&currency=zzz", "currency_invalid", "currency"),
            ($"code=own:{mine}&kind=asset", "parameter_missing", "currency"),
            ($"code=own:{mine}&kind=asset&currency=krw&min_balance=1", "ledger_bounds_invalid", "min_balance"),
        };
        foreach (var (form, code, param) in refused) Assert.Equal((400, code, param), await api.RefusedAsync("POST", $"{Url}/accounts", form));
        await OpenAsync("one", "asset");
        Assert.Equal((400, "ledger_account_exists", (string?)null), await api.RefusedAsync("POST", $"{Url}/accounts", $"code=own:{mine}:one&kind=asset&currency=krw&max_balance=5"));
    }

    [Fact]
    public async Task A_transaction_is_posted_shown_and_listed_by_each_of_its_marks()
    {
        var (cash, sales) = (await OpenAsync("cash", "asset"), await OpenAsync("sales", "income"));
        var charge = (await api.PostAsync("/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_visa&confirm=true")).Text("latest_charge")!;

        var posted = await PostAsync("sale:1", 700, new { kind = "sale", subject = charge, effective_at = 1_700_000_000, metadata = new { order = "1" } });

        Assert.Equal(("florin.ledger_transaction", $"{mine}:sale:1", "sale", charge), (posted.Text("object"), posted.Text("reference"), posted.Text("kind"), posted.Text("subject")));
        Assert.Equal(1_700_000_000, Number(posted, "effective_at"));
        Assert.Equal([(cash.Id(), "debit", 700), (sales.Id(), "credit", 700)], posted.GetProperty("postings").EnumerateArray().Select(
            posting => (posting.Text("account")!, posting.Text("side")!, Number(posting, "amount"))));
        Assert.Equal(posted.GetRawText(), (await api.GetAsync($"{Url}/transactions/{posted.Id()}")).GetRawText());
        var marks = new[] { $"reference={mine}:sale:1", $"account={cash.Id()}", $"subject={charge}&kind=sale", $"account={cash.Id()}&by=effective&from=1700000000&until=1700000001" };
        foreach (var mark in marks) Assert.Equal([posted.Id()], (await api.GetAsync($"{Url}/transactions?{mark}")).Ids());
        Assert.Empty((await api.GetAsync($"{Url}/transactions?account={cash.Id()}&until=1700000000")).Ids());

        // By what is noted on it, whole and under its own name.
        var noted = await PostAsync("sale:2", 1, new { metadata = new { order = $"{mine} \"1\"", other = "2" } });
        var order = Uri.EscapeDataString($"{mine} \"1\"");
        Assert.Equal([noted.Id()], (await api.GetAsync($"{Url}/transactions?metadata[order]={order}")).Ids());
        Assert.Equal([noted.Id()], (await api.GetAsync($"{Url}/transactions?metadata[order]={order}&metadata[other]=2")).Ids());
        foreach (var missed in (string[])[$"metadata[order]={order}&metadata[other]=1", $"metadata[other]={order}", $"metadata[order]={mine}", $"metadata[rder]={order}"])
        {
            Assert.Empty((await api.GetAsync($"{Url}/transactions?{missed}")).Ids());
        }

        // The capture is there too, by what caused it, and is Florin's.
        var capture = (await api.GetAsync($"{Url}/transactions?subject={charge}&kind=capture")).GetProperty("data")[0];
        Assert.Equal((charge, $"capture:{charge}"), (capture.Text("subject"), capture.Text("reference")));
    }

    [Fact]
    public async Task The_next_page_of_transactions_goes_on_in_the_direction_of_the_first_by_a_token_that_comes_alone()
    {
        await OpenBothAsync();
        var posted = new List<string>();
        for (var i = 0; i < 5; i++) posted.Add((await PostAsync($"page:{i}", 1, new { kind = "paged" })).Id());
        async Task<List<string>> WalkAsync(string question)
        {
            var (found, page) = (new List<string>(), await api.GetAsync($"{Url}/transactions?kind=paged&limit=2{question}"));
            for (; ; page = await api.GetAsync($"{Url}/transactions?kind=paged&limit=2&page={page.Text("next_page")}"))
            {
                found.AddRange(page.Ids());
                Assert.Equal(page.GetProperty("has_more").GetBoolean(), page.Text("next_page") is not null);
                if (page.Text("next_page") is null) return found;
            }
        }

        Assert.Equal(posted.AsEnumerable().Reverse(), await WalkAsync(""));
        Assert.Equal([posted[2], posted[1], posted[4], posted[3]], await WalkAsync($"&ending_before={posted[0]}"));
        var token = (await api.GetAsync($"{Url}/transactions?kind=paged&limit=2")).Text("next_page");
        Assert.Equal((400, "parameters_exclusive", "page"), await api.RefusedAsync("GET", $"{Url}/transactions?page={token}&starting_after={posted[0]}"));
        foreach (var wrong in (string[])["o", "oAAAAAAAAAAAAAAAAAAAAAA", $"x{token![1..]}", $"{token}A", "oo", posted[0]])
        {
            Assert.Equal((400, "parameter_invalid", "page"), await api.RefusedAsync("GET", $"{Url}/transactions?page={wrong}"));
        }
    }

    [Fact]
    public async Task The_same_reference_posts_once_whatever_the_moment_and_other_content_is_refused()
    {
        await OpenBothAsync();
        var first = await PostAsync("once", 10);

        Assert.Equal(first.Id(), (await PostAsync("once", 10)).Id());
        Assert.Equal((400, "reference_reused", "reference"), await RefusedAsync(Sale("once", 11)));
        var other = await api.OpenNeighbourAsync();
        foreach (var (code, kind) in ((string, string)[])[("cash", "asset"), ("sales", "income")])
        {
            Assert.Equal(200, (await api.SendAsync("POST", $"{Url}/accounts", $"code=own:{mine}:{code}&kind={kind}&currency=krw", key: other)).Status);
        }

        var theirs = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions", JsonContent.Create(Sale("once", 11)), key: other);
        Assert.True(theirs.Status == 200, theirs.Text);
        Assert.NotEqual(first.Id(), theirs.Json.Id());
    }

    [Fact]
    public async Task A_repeated_key_gives_the_stored_answer()
    {
        await OpenBothAsync();
        var answers = new List<Answer>();
        for (var i = 0; i < 2; i++) answers.Add(await api.SendAsync(HttpMethod.Post, $"{Url}/transactions", JsonContent.Create(Sale("keyed", 5)), $"{mine}-key"));

        Assert.Equal(answers[0].Text, answers[1].Text);
        Assert.Equal("true", answers[1].Headers["Idempotent-Replayed"]);
        var other = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions", JsonContent.Create(Sale("keyed", 6)), $"{mine}-key");
        Assert.Equal("idempotency_error", other.Code);
    }

    [Fact]
    public async Task Many_at_once_are_each_posted_once_and_a_bad_one_is_refused_alone()
    {
        await OpenBothAsync();
        Task<Answer> PostKeyedAsync(int i, int amount) =>
            api.SendAsync(HttpMethod.Post, $"{Url}/transactions", JsonContent.Create(Sale($"many:{i}", amount)), $"{mine}-many-{i}");

        // Each is sent twice at the same time, and the seventh has a posting of nothing.
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(n => PostKeyedAsync(n / 2, n / 2 == 7 ? 0 : 1)));

        for (var i = 0; i < 60; i++)
        {
            var (first, second) = (answers[2 * i], answers[(2 * i) + 1]);
            if (i == 7) Assert.Equal("amount_too_small", first.Code);
            else Assert.Equal((200, 200, first.Text), (first.Status, second.Status, second.Text));
        }

        Assert.Equal(59, await BalanceAsync("cash"));
    }

    [Fact]
    public async Task Every_bad_transaction_is_refused_with_its_code_and_the_posting_at_fault()
    {
        await OpenBothAsync();
        var (closed, frozen) = (await OpenAsync("closed", "asset"), await OpenAsync("frozen", "asset"));
        await OpenAsync("bounded", "asset", "&max_balance=100&min_balance=0");
        await api.PostAsync($"{Url}/accounts/{closed.Id()}", "state=closed");
        await api.PostAsync($"{Url}/accounts/{frozen.Id()}", "state=frozen");
        var dollars = (await api.PostAsync($"{Url}/accounts", $"code=own:{mine}:usd&kind=asset&currency=usd")).Id();
        var neighbour = await api.SendAsync("POST", $"{Url}/accounts", $"code=own:{mine}:cash&kind=asset&currency=krw", key: await api.OpenNeighbourAsync());
        await api.PostAsync("/v1/payment_intents", "amount=1999&currency=krw&payment_method=pm_card_visa&confirm=true");
        var pending = (await api.GetAsync($"{Url}/accounts?code_prefix=merchant_pending&currency=krw")).Ids()[0];

        await RefusesAsync("ledger_unbalanced", "postings", Line("cash", 5), Line("sales", -4));
        await RefusesAsync("ledger_postings_invalid", "postings", Line("cash", 5));
        await RefusesAsync("ledger_account_unknown", "postings[1][account]", 404, Line("cash", 5), Line("nowhere", -5));
        await RefusesAsync("ledger_account_unknown", "postings[1][account]", 404, Line("cash", 5), Line(neighbour.Json.Id(), -5));
        await RefusesAsync("ledger_account_reserved", "postings[1][account]", Line("cash", 5), new { account = "merchant_pending", side = "credit", amount = 5, currency = "krw" });
        await RefusesAsync("ledger_account_reserved", "postings[1][account]", Line("cash", 5), Line(pending, -5));
        await RefusesAsync("ledger_account_closed", "postings[1][account]", Line("cash", 5), Line("closed", -5));
        await RefusesAsync("ledger_account_frozen", "postings[0][account]", Line("frozen", 5), Line("cash", -5));
        await RefusesAsync("ledger_currency_mismatch", "postings[0][currency]", Line(dollars, 5), Line("cash", -5));
        await RefusesAsync("amount_too_small", "postings[1][amount]", Line("cash", 5), new { account = $"own:{mine}:sales", side = "credit", amount = 0, currency = "krw" });
        await RefusesAsync("amount_too_small", "postings[0][amount]", new { account = $"own:{mine}:cash", side = "debit", amount = -5, currency = "krw" }, Line("sales", -5));
        await RefusesAsync("amount_too_large", "postings[0][amount]", new { account = $"own:{mine}:cash", side = "debit", amount = long.MaxValue, currency = "krw" }, Line("sales", -5));
        await RefusesAsync("parameter_invalid_integer", "postings[0][amount]", new { account = $"own:{mine}:cash", side = "debit", amount = 9223372036854775808UL, currency = "krw" }, Line("sales", -5));
        await RefusesAsync("parameter_invalid_integer", "postings[0][amount]", new { account = $"own:{mine}:cash", side = "debit", amount = 1.5, currency = "krw" }, Line("sales", -5));
        await RefusesAsync("parameter_invalid", "postings[0][side]", new { account = $"own:{mine}:cash", side = "left", amount = 1, currency = "krw" }, Line("sales", -5));
        await RefusesAsync("parameter_missing", "postings[0][currency]", new { account = $"own:{mine}:cash", side = "debit", amount = 1 }, Line("sales", -5));
        await RefusesAsync("parameter_unknown", "postings[0][memo]", new { account = $"own:{mine}:cash", side = "debit", amount = 1, currency = "krw", memo = "x" }, Line("sales", -5));
        await RefusesAsync("ledger_max_balance", "postings[0][account]", Line("bounded", 101), Line("cash", -101));
        await RefusesAsync("ledger_min_balance", "postings[1][account]", Line("cash", 1), Line("bounded", -1));
        await RefusesAsync("ledger_postings_invalid", "postings", [.. Enumerable.Range(0, 1001).Select(i => Line(i % 2 == 0 ? "cash" : "sales", i % 2 == 0 ? 1 : -1))]);
        Assert.Equal((400, "parameter_missing", "reference"), await RefusedAsync(new { postings = new[] { Line("cash", 5), Line("sales", -5) } }));
        Assert.Equal((400, "parameter_too_long", "reference"), await RefusedAsync(new { reference = new string('r', 201), postings = new[] { Line("cash", 5), Line("sales", -5) } }));
        Assert.Empty((await api.GetAsync($"{Url}/transactions?reference={mine}:bad")).Ids());
    }

    [Fact]
    public async Task A_thousand_postings_fit_in_one_transaction()
    {
        await OpenBothAsync();
        var lines = Enumerable.Range(0, 1000).Select(i => Line(i % 2 == 0 ? "cash" : "sales", i % 2 == 0 ? 3 : -3)).ToArray();

        var posted = await SendAsync("/transactions", new { reference = $"{mine}:many", postings = lines });

        Assert.Equal(1000, posted.GetProperty("postings").GetArrayLength());
    }

    [Fact]
    public async Task In_a_bulk_call_the_right_ones_stand_and_the_wrong_ones_are_named()
    {
        await OpenBothAsync();
        var batch = await SendAsync("/transactions/bulk", new
        {
            transactions = new object[]
            {
                Sale("b1", 1),
                new { reference = $"{mine}:b2", postings = new[] { Line("cash", 2), Line("nowhere", -2) } },
                new { reference = $"{mine}:b3", postings = new[] { Line("cash", 3), new { account = $"own:{mine}:sales", side = "credit", amount = 0, currency = "krw" } } },
                new { postings = new[] { Line("cash", 4), Line("sales", -4) } },
                "nonsense",
                Sale("b1", 1),
                Sale("b1", 2),
                Sale("b6", 6),
            },
        });

        Assert.Equal(
            [
                "posted", "refused ledger_account_unknown transactions[1][postings][1][account]", "refused amount_too_small transactions[2][postings][1][amount]",
                "refused parameter_missing transactions[3][reference]", "refused parameter_invalid transactions[4]", "replayed",
                "refused reference_reused transactions[6][reference]", "posted",
            ],
            Results(batch));
        Assert.Equal((2, 5, 1), (Number(batch, "posted"), Number(batch, "refused"), Number(batch, "replayed")));
        Assert.Equal(7, await BalanceAsync("cash"));
        Assert.Equal(batch.GetProperty("results")[0].Text("transaction"), batch.GetProperty("results")[5].Text("transaction"));
    }

    [Fact]
    public async Task A_linked_bulk_call_stands_or_falls_as_one()
    {
        await OpenBothAsync();
        await OpenAsync("bounded", "asset", "&max_balance=100&min_balance=0");
        var first = new { reference = $"{mine}:l1", postings = new[] { Line("bounded", 60), Line("sales", -60) } };
        var second = new { reference = $"{mine}:l2", postings = new[] { Line("bounded", 50), Line("sales", -50) } };

        // Refused by the bound, then by what can be told by looking at it.
        var bound = await SendAsync("/transactions/bulk", new { linked = true, transactions = new object[] { first, second } }, $"{mine}-linked");
        Assert.Equal(["refused linked_failed transactions[0]", "refused ledger_max_balance transactions[1][postings][0][account]"], Results(bound));
        var unread = await SendAsync("/transactions/bulk", new { linked = true, transactions = new object[] { first, new { reference = "x" } } });
        Assert.Equal(["refused linked_failed transactions[0]", "refused parameter_missing transactions[1][postings]"], Results(unread));
        Assert.Equal(0, await BalanceAsync("bounded"));

        // Nothing was kept under its key, so it may come through once there is room.
        await api.PostAsync($"{Url}/accounts", $"code=own:{mine}:room&kind=asset&currency=krw");
        var both = await SendAsync("/transactions/bulk", new { linked = true, transactions = new object[] { first, Sale("l3", 1) } });
        Assert.Equal(["posted", "posted"], Results(both));
        Assert.Equal(60, await BalanceAsync("bounded"));
    }

    [Fact]
    public async Task A_bulk_call_repeated_under_its_key_answers_the_same_and_under_another_one_replays()
    {
        await OpenBothAsync();
        var call = new { transactions = Enumerable.Range(0, 300).Select(i => Sale($"r{i}", i + 1)).ToArray() };
        var first = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions/bulk", JsonContent.Create(call), $"{mine}-bulk");
        var repeated = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions/bulk", JsonContent.Create(call), $"{mine}-bulk");
        var again = await SendAsync("/transactions/bulk", call, $"{mine}-other");

        Assert.Equal((300, 0), (Number(first.Json, "posted"), Number(first.Json, "refused")));
        Assert.Equal(first.Text, repeated.Text);
        Assert.Equal(300, Number(again, "replayed"));
        Assert.Equal(300 * 301 / 2, await BalanceAsync("cash"));
    }

    [Fact]
    public async Task A_bulk_call_takes_ten_thousand_and_not_one_more()
    {
        await OpenBothAsync();
        var sales = Enumerable.Range(0, 10_001).Select(i => Sale($"m{i}", 1)).ToArray();

        var refused = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions/bulk", JsonContent.Create(new { transactions = sales }));
        var posted = await SendAsync("/transactions/bulk", new { transactions = sales[1..] });

        Assert.Equal((400, "parameter_invalid", "transactions"), (refused.Status, refused.Code, refused.Param));
        Assert.Equal(10_000, Number(posted, "posted"));
        Assert.Equal(10_000, await BalanceAsync("cash"));
        var empty = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions/bulk", JsonContent.Create(new { transactions = Array.Empty<object>() }));
        Assert.Equal((400, "parameter_invalid", "transactions"), (empty.Status, empty.Code, empty.Param));
    }

    [Fact]
    public async Task A_transaction_is_reversed_once_and_adjusted_and_names_both()
    {
        await OpenBothAsync();
        var sale = await PostAsync("wrong", 100);
        var reversal = await api.PostAsync($"{Url}/transactions/{sale.Id()}/reverse");

        Assert.Equal(("reversal", sale.Id()), (reversal.Text("correction"), reversal.Text("corrects")));
        Assert.Equal(reversal.Id(), (await api.PostAsync($"{Url}/transactions/{sale.Id()}/reverse")).Id());
        Assert.Equal((400, "ledger_already_reversed", (string?)null), await api.RefusedAsync("POST", $"{Url}/transactions/{sale.Id()}/reverse", $"reference={mine}:again"));
        var adjusted = await SendAsync($"/transactions/{sale.Id()}/adjust", Sale("adjusted", 40));
        Assert.Equal(("adjustment", sale.Id()), (adjusted.Text("correction"), adjusted.Text("corrects")));
        Assert.Equal(40, await BalanceAsync("cash"));
        var shown = await api.GetAsync($"{Url}/transactions/{sale.Id()}");
        Assert.Equal([reversal.Id(), adjusted.Id()], shown.GetProperty("corrected_by").EnumerateArray().Select(each => each.Text("transaction")!));

        // What Florin posted is returned by a refund and not by a posting.
        await api.PostAsync("/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_visa&confirm=true");
        var capture = (await api.GetAsync($"{Url}/transactions?kind=capture&limit=1")).Ids()[0];
        Assert.Equal((400, "ledger_account_reserved", "id"), await api.RefusedAsync("POST", $"{Url}/transactions/{capture}/reverse", ""));
    }

    [Fact]
    public async Task A_hold_counts_against_bounds_and_is_posted_in_part_or_voided()
    {
        await OpenAsync("wallet", "liability", "&min_balance=0");
        await OpenAsync("cash", "asset");
        await SendAsync("/transactions", new { reference = $"{mine}:topup", postings = new[] { Line("cash", 1000), Line("wallet", -1000) } });
        var hold = await SendAsync("/holds", new { reference = $"{mine}:h1", postings = new[] { Line("wallet", 600), Line("cash", -600) }, lapses_at = 4_000_000_000 });

        Assert.Equal(("florin.ledger_hold", "open", null), (hold.Text("object"), hold.Text("state"), hold.Text("transaction")));
        var wallet = (await api.GetAsync($"{Url}/balances?code_prefix=own:{mine}:wallet")).GetProperty("data")[0];
        Assert.Equal((1000, 600, 400), (Number(wallet, "balance"), Number(wallet, "pending_out"), Number(wallet, "available")));
        var beyond = await api.SendAsync(HttpMethod.Post, $"{Url}/holds", JsonContent.Create(new { reference = $"{mine}:h2", postings = new[] { Line("wallet", 401), Line("cash", -401) } }));
        Assert.Equal(("ledger_min_balance", "postings[0][account]"), (beyond.Code, beyond.Param));
        var tooMuch = await api.SendAsync(HttpMethod.Post, $"{Url}/holds/{hold.Id()}/post", JsonContent.Create(new { postings = new[] { Line("wallet", 601), Line("cash", -601) } }));
        Assert.Equal("ledger_hold_exceeded", tooMuch.Code);

        var posted = await SendAsync($"/holds/{hold.Id()}/post", new { postings = new[] { Line("wallet", 250), Line("cash", -250) } });
        Assert.Equal("posted", posted.Text("state"));
        Assert.Equal(hold.Id(), (await api.GetAsync($"{Url}/transactions/{posted.Text("transaction")}")).Text("hold"));
        Assert.Equal(750, await BalanceAsync("wallet"));
        Assert.Equal("ledger_hold_ended", (await api.SendAsync("POST", $"{Url}/holds/{hold.Id()}/void", "")).Code);

        var other = await SendAsync("/holds", new { reference = $"{mine}:h3", postings = new[] { Line("wallet", 10), Line("cash", -10) } });
        Assert.Equal("voided", (await api.PostAsync($"{Url}/holds/{other.Id()}/void")).Text("state"));
        Assert.Equal("ledger_hold_ended", (await api.SendAsync("POST", $"{Url}/holds/{other.Id()}/post", "")).Code);
        Assert.Contains(other.Id(), (await api.GetAsync($"{Url}/holds?state=voided")).Ids());
        Assert.DoesNotContain(other.Id(), (await api.GetAsync($"{Url}/holds?state=open")).Ids());
    }

    [Fact]
    public async Task Balances_and_statements_tell_what_was_at_an_instant_by_either_date()
    {
        await OpenBothAsync();
        await PostAsync("s1", 100, new { effective_at = 1_600_000_000 });
        await PostAsync("s2", 20, new { effective_at = 1_600_000_100 });

        Assert.Equal(120, await BalanceAsync("cash"));
        Assert.Equal(100, await BalanceAsync("cash", "&at=1600000099&by=effective"));
        Assert.Equal(120, await BalanceAsync("cash", "&at=1600000100&by=effective"));
        Assert.Equal(0, await BalanceAsync("cash", "&at=1600000100&by=recorded"));
        Assert.Equal((400, "parameter_invalid", "by"), await api.RefusedAsync("GET", $"{Url}/balances?by=effective"));

        var account = (await api.GetAsync($"{Url}/accounts?code_prefix=own:{mine}:cash")).Ids()[0];
        var page = await api.GetAsync($"{Url}/statements?account={account}&limit=1");
        Assert.Equal((0, 100, true), (Number(page, "opening_balance"), Number(page, "closing_balance"), page.GetProperty("has_more").GetBoolean()));
        var next = await api.GetAsync($"{Url}/statements?account={account}&limit=1&page={page.Text("next_page")}");
        Assert.Equal((100, 120, null), (Number(next, "opening_balance"), Number(next, "closing_balance"), next.Text("next_page")));
        Assert.Equal($"{mine}:s2", next.GetProperty("data")[0].Text("reference"));
        Assert.Equal((400, "parameter_invalid", "page"), await api.RefusedAsync("GET", $"{Url}/statements?account={account}&page=1"));
        Assert.Equal((400, "parameter_missing", "account"), await api.RefusedAsync("GET", $"{Url}/statements"));
    }

    [Fact]
    public async Task Without_bounds_of_its_own_an_account_still_cannot_be_filled_beyond_what_can_be_added_up()
    {
        var most = new[] { Line("full", 999_999_999_999), Line("sales", -999_999_999_999) };
        var opened = await OpenAsync("full", "asset");
        await OpenAsync("sales", "income");
        Assert.Equal(("null", "null"), (opened.GetProperty("min_balance").GetRawText(), opened.GetProperty("max_balance").GetRawText()));

        var standing = await api.Services.GetRequiredService<ILedgerQueries>().BalanceAsync(Florin.Kernel.Ids.Parse<LedgerAccountId>(opened.Id()), at: null, CancellationToken.None);
        Assert.NotNull(standing!.MinMinor);
        Assert.NotNull(standing.MaxMinor);
        await SendAsync("/transactions", new { reference = $"{mine}:full", postings = most });
        Assert.Equal(999_999_999_999, await BalanceAsync("full"));
    }

    [Fact]
    public async Task A_trial_balance_adds_up_in_each_currency()
    {
        await OpenBothAsync();
        await PostAsync("t1", 77);

        var report = await api.GetAsync($"{Url}/reports/trial_balance");

        var line = report.GetProperty("lines").EnumerateArray().Single(each => each.Text("code") == $"own:{mine}:sales");
        Assert.Equal((77, 0, 77), (Number(line, "credit_balance"), Number(line, "debits"), Number(line, "credits")));
        Assert.All(report.GetProperty("totals").EnumerateArray(), total =>
        {
            Assert.Equal(Number(total, "debits"), Number(total, "credits"));
            Assert.Equal(Number(total, "debit_balance"), Number(total, "credit_balance"));
        });
    }

    [Fact]
    public async Task Income_and_balance_sheet_follow_from_the_same_postings()
    {
        await OpenBothAsync();
        await PostAsync("i1", 50, new { effective_at = 1_500_000_000 });
        await PostAsync("i2", 7, new { effective_at = 1_500_000_100 });

        var income = await api.GetAsync($"{Url}/reports/income_statement?from=1500000050&until=1500000200");
        var sheet = await api.GetAsync($"{Url}/reports/balance_sheet?from=1500000050&until=1500000200");

        Assert.Equal(7, Figure(income, "income", "sales"));
        Assert.Equal(57, Figure(sheet, "assets", "cash"));
        Assert.All(sheet.GetProperty("currencies").EnumerateArray(), each => Assert.Equal(
            Number(each.GetProperty("assets"), "total"), Number(each.GetProperty("liabilities"), "total") + Number(each, "total_equity")));
    }

    [Fact]
    public async Task A_closed_period_refuses_dates_within_until_it_is_reopened_and_both_are_written_down()
    {
        await OpenBothAsync();
        var starts = 1_000_000_000 + (Interlocked.Increment(ref made) * 100_000);
        var period = $"starts_at={starts}&ends_at={starts + 1000}&reason=month+end";
        var closed = await api.PostAsync($"{Url}/periods/close", period);

        Assert.Equal(("closed", "month end"), (closed.Text("action"), closed.Text("reason")));
        Assert.StartsWith("API key ", closed.Text("actor"), StringComparison.Ordinal);
        Assert.Equal(closed.GetRawText(), (await api.PostAsync($"{Url}/periods/close", period)).GetRawText());
        Assert.Equal((400, "ledger_period_overlaps", "starts_at"), await api.RefusedAsync("POST", $"{Url}/periods/close", $"starts_at={starts + 1}&ends_at={starts + 1000}&reason=x"));
        Assert.Equal((400, "ledger_period_invalid", "ends_at"), await api.RefusedAsync("POST", $"{Url}/periods/close", $"starts_at={starts + 1}&ends_at={starts}&reason=x"));
        var refused = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions", JsonContent.Create(Sale("late", 1, new { effective_at = starts + 5 })));
        Assert.Equal(("ledger_period_closed", "effective_at"), (refused.Code, refused.Param));
        Assert.Contains(DateTimeOffset.FromUnixTimeSeconds(starts + 1000).ToString("O"), refused.Text.Replace("\\u002B", "+"), StringComparison.Ordinal);

        Assert.Equal("reopened", (await api.PostAsync($"{Url}/periods/reopen", $"starts_at={starts}&reason=forgot+one")).Text("action"));
        await PostAsync("late", 1, new { effective_at = starts + 5 });
        Assert.Equal((404, "ledger_period_unknown", "starts_at"), await api.RefusedAsync("POST", $"{Url}/periods/reopen", $"starts_at={starts}&reason=x"));
        var events = (await api.GetAsync($"{Url}/periods")).GetProperty("data").EnumerateArray().Where(each => Number(each, "starts_at") == starts);
        Assert.Equal(["reopened", "closed"], events.Select(each => each.Text("action")!));
    }

    [Fact]
    public async Task The_book_is_sound_after_all_of_this()
    {
        await OpenBothAsync();
        await PostAsync("last", 1);
        var proof = await api.Services.GetRequiredService<ILedger>().VerifyAsync(progress: null, CancellationToken.None);
        Assert.Empty(proof.Faults);
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private long Figure(JsonElement report, string section, string account) => Number(
        report.GetProperty("currencies").EnumerateArray().Single(each => each.Text("currency") == "krw").GetProperty(section).GetProperty("lines")
            .EnumerateArray().Single(line => line.Text("code") == $"own:{mine}:{account}"),
        "amount");

    private static List<string> Codes(JsonElement list) => [.. list.GetProperty("data").EnumerateArray().Select(each => each.Text("code")!)];

    private static List<string> Results(JsonElement batch) =>
    [
        .. batch.GetProperty("results").EnumerateArray().Select(result => result.Text("status") == "refused"
            ? $"refused {result.GetProperty("error").Text("code")} {result.GetProperty("error").Text("param")}"
            : result.Text("status")!),
    ];

    private async Task OpenBothAsync()
    {
        await OpenAsync("cash", "asset");
        await OpenAsync("sales", "income");
    }

    private Task<JsonElement> OpenAsync(string name, string kind, string more = "") =>
        api.PostAsync($"{Url}/accounts", $"code=own:{mine}:{name}&kind={kind}&currency=krw{more}");

    /// <param name="amount">Positive for a debit.</param>
    private object Line(string account, long amount) => new
    {
        account = account.StartsWith("lac_", StringComparison.Ordinal) ? account : $"own:{mine}:{account}",
        side = amount > 0 ? "debit" : "credit",
        amount = Math.Abs(amount),
        currency = "krw",
    };

    private Dictionary<string, object> Sale(string name, long amount, object? more = null)
    {
        var sale = new Dictionary<string, object> { ["reference"] = $"{mine}:{name}", ["postings"] = new[] { Line("cash", amount), Line("sales", -amount) } };
        foreach (var property in more?.GetType().GetProperties() ?? []) sale[property.Name] = property.GetValue(more)!;
        return sale;
    }

    private Task<JsonElement> PostAsync(string name, long amount, object? more = null) => SendAsync("/transactions", Sale(name, amount, more));

    private async Task<JsonElement> SendAsync(string path, object body, string? key = null)
    {
        var answer = await api.SendAsync(HttpMethod.Post, Url + path, JsonContent.Create(body), key);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    private async Task<(int Status, string? Code, string? Param)> RefusedAsync(object body)
    {
        var answer = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions", JsonContent.Create(body));
        return (answer.Status, answer.Code, answer.Param);
    }

    private Task RefusesAsync(string code, string param, params object[] lines) => RefusesAsync(code, param, 400, lines);

    private async Task RefusesAsync(string code, string param, int status, params object[] lines) =>
        Assert.Equal((status, code, param), await RefusedAsync(new { reference = $"{mine}:bad", postings = lines }));

    private async Task<long> BalanceAsync(string account, string more = "") =>
        Number((await api.GetAsync($"{Url}/balances?code_prefix=own:{mine}:{account}{more}")).GetProperty("data")[0], "balance");
}

public sealed class LedgerRoutesOnSqlite(RealApiOnSqlite api) : LedgerRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class LedgerRoutesOnPostgres(RealApiOnPostgres api) : LedgerRouteTests(api), IClassFixture<RealApiOnPostgres>;
