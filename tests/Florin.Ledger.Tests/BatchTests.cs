using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Many transactions at once: each with a result of its own, or linked.</summary>
public abstract class BatchTests(DatabaseFixture fixture) : EngineBook(fixture)
{
    [Fact]
    public async Task Each_item_of_a_batch_has_a_result_of_its_own_and_the_good_ones_stand()
    {
        var good = TopUp("up:1", 100);
        var results = await Ledger.PostBatchAsync(
            [
                good,
                TopUp("up:2", 2_000),
                good,
                good with { Kind = "other" },
                good with { Reference = "up:3", Postings = [good.Postings[0]] },
                good with { Reference = "" },
                TopUp("quoted \" \\ {,} 'x'", 7) with { Metadata = """{"a":"\\ \" é"}""" },
            ],
            allOrNone: false,
            Ct);

        Assert.Equal(
            [null, "ledger_max_balance", null, "reference_reused", "ledger_postings_invalid", "ledger_reference_invalid", null],
            results.Select(result => result.Refusal?.Code));
        Assert.Equal(results[0].Value with { IsReplay = true }, results[2].Value);
        Assert.Equal("107", await BalanceAsync(Wallet));
        Assert.True((await TryAsync(TopUp("quoted \" \\ {,} 'x'", 7) with { Metadata = """{"a":"\\ \" é"}""" })).Value.IsReplay);
    }

    // Few transactions lock balances before they are judged; many presume that bounds hold, and make sure of it at the end.
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_batch_meets_the_bounds_that_open_holds_leave(int others)
    {
        var more = Enumerable.Range(0, others).Select(i => Move($"other:{i}", Bank, Bank with { Code = "cash" }, 1)).ToList();
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400))).Value;

        var beyond = await Ledger.PostBatchAsync([Transfer("move:1", 60), Transfer("move:2", 60), Transfer("move:3", 40), .. more], allOrNone: false, Ct);
        Assert.Equal([null, "ledger_min_balance", null], beyond.Take(3).Select(result => result.Refusal?.Code));
        Assert.All(beyond.Skip(3), result => Assert.True(result.IsSuccess));

        // Down and up again within the batch: it is the way that counts, not the end.
        var detour = await Ledger.PostBatchAsync([Transfer("move:4", 1), TopUp("up:2", 1), .. more], allOrNone: true, Ct);
        Assert.Equal("ledger_min_balance", detour[0].Refusal?.Code);
        Assert.True((await VoidAsync(hold.Id)).IsSuccess);
        Assert.All(
            await Ledger.PostBatchAsync([Transfer("move:4", 400), TopUp("up:2", 1), .. more], allOrNone: true, Ct), result => Assert.True(result.IsSuccess));
        Assert.Equal("1", await BalanceAsync(Wallet));
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task Racing_batches_on_the_same_bounded_accounts_cross_no_bound_and_lose_nothing()
    {
        AccountName[] wallets = [.. Enumerable.Range(0, 6).Select(i => Wallet with { Code = $"raced:{i}" })];
        foreach (var wallet in wallets) await OpenAsync(wallet, 0, 3_000);
        await Ledger.PostBatchAsync([.. wallets.Select((wallet, i) => Move($"raced:up:{i}", Bank, wallet, 1_000))], allOrNone: true, Ct);

        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var round = 0; round < 5; round++)
            {
                // Long batches presume; short ones beside them, and single transactions in transactions of their own, lock.
                var size = round % 2 == 0 ? 50 : 5;
                var results = await Ledger.PostBatchAsync(
                    [.. Enumerable.Range(0, size).Select(i =>
                    {
                        var from = random.Next(6);
                        return Move($"raced:{writer}:{round}:{i}", wallets[from], wallets[(from + random.Next(1, 6)) % 6], random.Next(1, 300));
                    })],
                    allOrNone: false,
                    Ct);
                Assert.All(results, result => Assert.True(result.IsSuccess || result.Refusal.Code is "ledger_min_balance" or "ledger_max_balance", result.Refusal?.Code));
                Interlocked.Add(ref refused, results.Count(result => !result.IsSuccess));
                await TryAsync(Move($"raced:{writer}:{round}:alone", wallets[writer], wallets[(writer + 1) % 6], 1));
            }
        })));

        Assert.NotEqual(0, refused);
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
        Assert.Equal(6_000, (await Ledger.BalancesAsync(Scope, Ct)).Where(balance => balance.AccountCode.StartsWith("raced:", StringComparison.Ordinal)).Sum(balance => balance.Amount.Minor));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(700)]
    public async Task A_batch_of_any_size_is_kept_as_it_was_given(int size)
    {
        await OpenAsync(Other with { Code = "wallet:c" }, null, 1_000_000);
        var batch = Enumerable.Range(0, size).Select(i => Move($"size:{i}", i % 3 == 0 ? Bank : Bank with { Code = "cash" }, Other with { Code = "wallet:c" }, i + 1) with
        {
            Metadata = i % 2 == 0 ? null : $"{{\"é\":{i}}}",
            EffectiveAt = DateTimeOffset.UnixEpoch.AddDays(i - 5),
        }).ToList();

        var results = await Ledger.PostBatchAsync(batch, allOrNone: false, Ct);
        var queries = Services.GetRequiredService<ILedgerQueries>();
        for (var i = 0; i < size; i++)
        {
            var kept = (await queries.TransactionAsync(results[i].Value.Id, Ct))!;
            Assert.Equal((batch[i].Reference, batch[i].Metadata, batch[i].EffectiveAt), (kept.Reference, kept.Metadata, kept.EffectiveAt));
            Assert.Equal(
                batch[i].Postings.Select(posting => (posting.Account.Code, posting.Side, posting.Amount)),
                kept.Postings.Select(posting => (posting.AccountCode, posting.Side, posting.Amount)));
        }

        Assert.Equal((size * (size + 1) / 2).ToString(System.Globalization.CultureInfo.InvariantCulture), await BalanceAsync(Other with { Code = "wallet:c" }));
        Assert.Equal(results.Select(result => result.Value with { IsReplay = true }), (await Ledger.PostBatchAsync(batch, allOrNone: false, Ct)).Select(result => result.Value));
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_linked_batch_leaves_no_trace_wherever_it_is_poisoned(int position)
    {
        NewLedgerTransaction[] batch = [TopUp("up:1", 100), TopUp("up:2", 100), TopUp("up:3", 100)];
        batch[position] = TopUp("up:4", 2_000);

        var results = await Ledger.PostBatchAsync(batch, allOrNone: true, Ct);

        Assert.Equal("ledger_max_balance", results[position].Refusal?.Code);
        Assert.Equal(2, results.Count(result => result.Refusal?.Code == "linked_failed"));
        Assert.Equal("0", await BalanceAsync(Wallet));
        Assert.All(await Ledger.PostBatchAsync([TopUp("up:1", 100), TopUp("up:2", 100)], allOrNone: true, Ct), result => Assert.True(result.IsSuccess));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    public async Task A_batch_that_was_posted_is_recognised_whatever_became_of_its_accounts_since(int size)
    {
        var batch = Enumerable.Range(0, size).Select(i => TopUp($"up:{i}", 1)).ToList();
        var posted = await Ledger.PostBatchAsync(batch, allOrNone: false, Ct);
        await StateAsync(Wallet, AccountState.Frozen);

        var again = await Ledger.PostBatchAsync([.. batch, TopUp("up:new", 1)], allOrNone: false, Ct);

        Assert.Equal(posted.Select(one => (one.Value.Id, true)), again.Take(size).Select(one => (one.Value.Id, one.Value.IsReplay)));
        Assert.Equal("ledger_account_frozen", again[size].Refusal?.Code);
    }
}

public sealed class BatchesOnSqlite(SqliteFixture fixture) : BatchTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class BatchesOnPostgres(PostgresFixture fixture) : BatchTests(fixture), IClassFixture<PostgresFixture>;
