using System.Net.Http.Json;
using Florin.Kernel;
using Florin.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.Ledger;

/// <summary>Books that are too large for an answer, and more large calls than there are turns.</summary>
public abstract class LedgerLimitTests(RealApi api)
{
    private const string Url = "/v1/florin/ledger";

    [Fact]
    public async Task A_statement_that_is_too_long_for_one_file_is_refused_and_a_part_of_it_is_given()
    {
        // Rows of half a kilobyte.
        var code = "own:" + new string('l', 240);
        var account = (await api.PostAsync($"{Url}/accounts", $"code={code}&kind=asset&currency=eur")).Id();
        await api.PostAsync($"{Url}/accounts", "code=own:long&kind=income&currency=eur");
        var transactions = Enumerable.Range(0, 75).Select(i => new
        {
            reference = new string('r', 190) + i,
            kind = new string('k', 60),
            effective_at = 1_700_000_000 + i,
            postings = Enumerable.Range(0, 1_000).Select(line => new
            {
                account = line == 999 ? "own:long" : account,
                side = line == 999 ? "credit" : "debit",
                amount = line == 999 ? 999 : 1,
                currency = "eur",
            }),
        }).ToList();
        foreach (var piece in transactions.Chunk(25))
        {
            var answer = await api.SendAsync(HttpMethod.Post, $"{Url}/transactions/bulk", JsonContent.Create(new { transactions = piece }));
            Assert.True(answer.Status == 200 && answer.Json.GetProperty("refused").GetInt32() == 0, answer.Text);
        }

        Assert.Equal((400, "ledger_statement_too_long", "from"), await api.RefusedAsync("GET", $"{Url}/statements?account={account}&format=csv"));
        var part = await api.SendAsync("GET", $"{Url}/statements?account={account}&format=csv&from=1700000074");
        Assert.Equal((200, 999 + 3), (part.Status, part.Text.Split("\r\n").Length));
    }

    [Fact]
    public async Task A_balance_that_no_answer_can_show_is_refused_by_name_wherever_it_would_be_shown()
    {
        var key = await api.OpenNeighbourAsync();
        var owned = await api.SendAsync("POST", $"{Url}/accounts", "code=own:small&kind=asset&currency=usd", key: key);
        var detail = await api.Services.GetRequiredService<ILedgerQueries>().BalanceAsync(Ids.Parse<LedgerAccountId>(owned.Json.Id()), null, CancellationToken.None);
        var scope = detail!.Name.Scope;
        var (vault, source) = (new AccountName(scope, "vault", AccountKind.Asset, Currency.Usd), new AccountName(scope, "source", AccountKind.Equity, Currency.Usd));
        var most = new Money(1_000_000_000_000_000, Currency.Usd);
        var batch = Enumerable.Range(0, 20).Select(i => new NewLedgerTransaction(
            scope, $"big:{i}", "big", scope.Merchant.Value, DateTimeOffset.UnixEpoch,
            [.. Enumerable.Repeat(new NewPosting(vault, PostingSide.Debit, most), 500), .. Enumerable.Repeat(new NewPosting(source, PostingSide.Credit, most), 500)])).ToList();
        var posted = await api.Services.GetRequiredService<ILedger>().PostBatchAsync(batch, allOrNone: true, CancellationToken.None);
        Assert.All(posted, result => Assert.True(result.IsSuccess));
        var first = await api.SendAsync("GET", $"{Url}/transactions/{posted[0].Value.Id}", key: key);
        var statement = $"statements?account={first.Json.GetProperty("postings")[0].Text("account")}";
        foreach (var path in (string[])["balances", "accounts", statement, statement + "&format=csv", "reports/trial_balance", "reports/balance_sheet?format=csv"])
        {
            var answer = await api.SendAsync("GET", $"{Url}/{path}", key: key);
            Assert.Equal((400, "ledger_balance_too_great"), (answer.Status, answer.Code));
        }

        // What is not so great is shown as ever.
        Assert.Equal(200, (await api.SendAsync("GET", $"{Url}/balances?code_prefix=own:", key: key)).Status);
    }

    [Fact]
    public async Task More_large_calls_at_once_than_there_are_turns_are_all_done_one_after_another()
    {
        foreach (var code in (string[])["a", "b"]) await api.PostAsync($"{Url}/accounts", $"code=own:turn:{code}&kind=asset&currency=krw");
        Task<Answer> BulkAsync(int call) => api.SendAsync(HttpMethod.Post, $"{Url}/transactions/bulk", JsonContent.Create(new
        {
            transactions = Enumerable.Range(0, 40).Select(i => new
            {
                reference = $"turn:{call}:{i}",
                currency = "krw",
                postings = new[] { new { account = "own:turn:a", side = "debit", amount = 1 }, new { account = "own:turn:b", side = "credit", amount = 1 } },
            }),
        }));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(BulkAsync));

        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
        var balances = await api.GetAsync($"{Url}/balances?code_prefix=own:turn:a");
        Assert.Equal(480, balances.GetProperty("data")[0].GetProperty("balance").GetInt64());
    }
}

public sealed class LedgerLimitsOnSqlite(RealApiOnSqlite api) : LedgerLimitTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class LedgerLimitsOnPostgres(RealApiOnPostgres api) : LedgerLimitTests(api), IClassFixture<RealApiOnPostgres>;
