using Florin.Kernel;
using Florin.Ledger.Tests.Model;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Bounds, corrections, states and periods, as a caller sees them.</summary>
public abstract class EngineTests(DatabaseFixture fixture) : EngineBook(fixture)
{
    [Fact]
    public async Task A_bounded_account_never_leaves_its_bounds()
    {
        Assert.True((await TryAsync(TopUp("up:1", 600))).IsSuccess);

        Assert.Equal("ledger_max_balance", (await TryAsync(TopUp("up:2", 401))).Refusal?.Code);
        Assert.Equal("ledger_min_balance", (await TryAsync(Transfer("move:1", 601))).Refusal?.Code);
        Assert.True((await TryAsync(Transfer("move:2", 600))).IsSuccess);
        Assert.Equal(("0", "600"), (await BalanceAsync(Wallet), await BalanceAsync(Other)));
    }

    [Fact]
    public async Task A_caller_of_PostAsync_meets_a_bound_as_an_exception_and_nothing_is_posted()
    {
        var failure = await Assert.ThrowsAsync<LedgerRefusedException>(
            () => Database.WriteAsync(async tx => await Ledger.PostAsync(tx, TopUp("up:1", 1_001)), Ct));

        Assert.Equal("ledger_max_balance", failure.Refusal.Code);
        Assert.Equal("0", await BalanceAsync(Wallet));
    }

    [Fact]
    public async Task An_account_opens_once_and_the_same_again_changes_nothing()
    {
        var again = await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(Wallet, 0, 1_000)), Ct);
        var other = await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(Wallet, 0, 2_000)), Ct);
        var wrong = await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(Bank, 5, null)), Ct);

        Assert.True(again.IsSuccess);
        Assert.Equal("ledger_account_exists", other.Refusal?.Code);
        Assert.Equal("ledger_bounds_invalid", wrong.Refusal?.Code);
    }

    [Fact]
    public async Task An_account_without_bounds_can_be_opened_too_and_the_book_stays_sound()
    {
        var (name, notes) = (Bank with { Code = "opened_early" }, """{"branch":"Seoul"}""");
        var first = await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(name, null, null, notes)), Ct);
        var again = await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(name, null, null, notes)), Ct);
        var other = await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(name, null, null)), Ct);

        Assert.Equal(first.Value, again.Value);
        Assert.Equal("ledger_account_exists", other.Refusal?.Code);
        Assert.Empty((await Ledger.VerifyAsync(progress: null, Ct)).Faults);
    }

    [Fact]
    public async Task An_account_that_must_exist_is_not_opened_by_being_named()
    {
        var strange = TopUp("up:1", 5);
        strange = strange with { OpensAccounts = false, Postings = [strange.Postings[0], strange.Postings[1] with { Account = Wallet with { Code = "wallet:new" } }] };

        Assert.Equal("ledger_account_unknown", (await TryAsync(strange)).Refusal?.Code);
        var results = await Ledger.PostBatchAsync([strange, strange with { Reference = "up:2", OpensAccounts = true }, strange with { Reference = "up:3" }], allOrNone: false, Ct);

        // Whoever may open it in the same batch opens it for all of them.
        Assert.All(results, result => Assert.True(result.IsSuccess));
        Assert.Equal("15", await BalanceAsync(Wallet with { Code = "wallet:new" }));
    }

    [Theory]
    [InlineData("ledger_kind_invalid")]
    [InlineData("ledger_metadata_invalid")]
    [InlineData("ledger_account_code_invalid")]
    [InlineData("ledger_reference_invalid")]
    public async Task Texts_out_of_bounds_are_refused(string code)
    {
        var good = TopUp("up:1", 5);
        var bad = code switch
        {
            "ledger_kind_invalid" => good with { Kind = new string('k', 65) },
            "ledger_metadata_invalid" => good with { Metadata = new string('m', 16_385) },
            "ledger_account_code_invalid" => good with { Postings = [good.Postings[0], good.Postings[1] with { Account = Wallet with { Code = "a\0" } }] },
            _ => good with { Reference = new string('r', 256) },
        };

        Assert.Equal(code, (await TryAsync(bad)).Refusal?.Code);
    }

    [Fact]
    public async Task A_posting_under_way_is_waited_for_by_a_freeze_and_later_ones_see_it()
    {
        // SQLite writes one after another, so there is no such thing there.
        if (Fixture.Engine == SqlEngine.Sqlite) return;
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var posting = Database.WriteAsync(
            async tx =>
            {
                // Refused, so it has looked at the states and written nothing.
                await Ledger.TryPostAsync(tx, TopUp("up:1", 2_000));
                begun.TrySetResult();
                await goOn.Task;
                return await Ledger.TryPostAsync(tx, TopUp("up:2", 5));
            },
            Ct);
        await begun.Task;
        var freezing = StateAsync(Wallet, AccountState.Frozen);
        await UntilSomebodyWaitsAsync();
        Assert.False(freezing.IsCompleted);
        goOn.SetResult();

        Assert.True((await posting).IsSuccess);
        Assert.Equal(AccountState.Frozen, (await freezing).Value);
        Assert.Equal("ledger_account_frozen", (await TryAsync(TopUp("up:3", 5))).Refusal?.Code);
    }

    [Fact]
    public async Task An_account_that_holds_more_than_a_balance_can_show_is_named_and_the_book_goes_on()
    {
        // Five hundred postings of the greatest amount to each side of a transaction; twenty of these are more than 2^63.
        var (vault, source) = (Bank with { Code = "vault" }, Bank with { Code = "source" });
        var most = new Money(1_000_000_000_000_000, Currency.Eur);
        var batch = Enumerable.Range(0, 20).Select(i => Move($"big:{i}", vault, source, 1) with
        {
            Postings =
            [
                .. Enumerable.Repeat(new NewPosting(vault, PostingSide.Debit, most), 500),
                .. Enumerable.Repeat(new NewPosting(source, PostingSide.Credit, most), 500),
            ],
        }).ToList();
        Assert.All(await Ledger.PostBatchAsync(batch, allOrNone: true, Ct), result => Assert.True(result.IsSuccess));

        for (var folded = 0; folded < 2; folded++)
        {
            var shown = await Assert.ThrowsAsync<LedgerRefusedException>(() => Ledger.BalancesAsync(Scope, Ct));
            Assert.Equal("ledger_balance_too_great", shown.Refusal.Code);
            Assert.Contains((await Ledger.VerifyAsync(null, Ct)).Faults, fault => fault.Contains("(vault) holds 10000000000000000000", StringComparison.Ordinal));
            await FoldAsync();
        }

        // Half of it is taken out again, and all is as it was.
        var back = batch.Take(10).Select(transaction => transaction with
        {
            Reference = "back:" + transaction.Reference,
            Postings = [.. transaction.Postings.Select(posting => posting with { Account = posting.Account == vault ? source : vault })],
        }).ToList();
        Assert.All(await Ledger.PostBatchAsync(back, allOrNone: true, Ct), result => Assert.True(result.IsSuccess));
        await FoldAsync();
        Assert.Equal("5000000000000000000", await BalanceAsync(vault));
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task A_reversal_undoes_a_transaction_once_and_names_it()
    {
        var posted = (await TryAsync(TopUp("up:1", 300))).Value;

        Assert.True((await ReverseAsync(posted.Id, "undo:1")).IsSuccess);
        Assert.True((await ReverseAsync(posted.Id, "undo:1")).Value.IsReplay);
        Assert.Equal("ledger_already_reversed", (await ReverseAsync(posted.Id, "undo:2")).Refusal?.Code);
        Assert.Equal("ledger_transaction_unknown", (await ReverseAsync(Ids.New<LedgerTransactionId>(Scope.Shard), "undo:3")).Refusal?.Code);
        Assert.Equal("0", await BalanceAsync(Wallet));
    }

    [Fact]
    public async Task An_adjustment_names_what_it_adjusts()
    {
        var posted = (await TryAsync(TopUp("up:1", 300))).Value;
        var adjustment = TopUp("adjust:1", 5) with { Correction = Correction.Adjustment, Corrects = posted.Id };

        Assert.True((await TryAsync(adjustment)).IsSuccess);
        Assert.True((await TryAsync(adjustment with { Reference = "adjust:2" })).IsSuccess);
        Assert.Equal("ledger_correction_invalid", (await TryAsync(adjustment with { Reference = "adjust:3", Corrects = null })).Refusal?.Code);
    }

    [Fact]
    public async Task A_frozen_account_takes_nothing_until_it_thaws_and_a_closed_one_for_ever()
    {
        await TryAsync(TopUp("up:1", 300));
        Assert.Equal("ledger_account_not_empty", (await StateAsync(Wallet, AccountState.Closed)).Refusal?.Code);
        await StateAsync(Wallet, AccountState.Frozen);

        Assert.Equal("ledger_account_frozen", (await TryAsync(TopUp("up:2", 1))).Refusal?.Code);
        Assert.True((await TryAsync(TopUp("up:1", 300))).Value.IsReplay);
        await StateAsync(Wallet, AccountState.Open);
        Assert.True((await TryAsync(Transfer("move:1", 300))).IsSuccess);
        Assert.True((await StateAsync(Wallet, AccountState.Closed)).IsSuccess);
        Assert.Equal("ledger_account_closed", (await StateAsync(Wallet, AccountState.Open)).Refusal?.Code);
        Assert.Equal("ledger_account_closed", (await TryAsync(TopUp("up:3", 1))).Refusal?.Code);
    }

    [Fact]
    public async Task A_frozen_account_without_bounds_stops_PostAsync_too()
    {
        var (cash, bank) = (new AccountName(Scope, "cash", AccountKind.Asset, Currency.Eur), Bank);
        var move = TopUp("cash:1", 5) with
        {
            Postings = [new(cash, PostingSide.Debit, new Money(5, Currency.Eur)), new(bank, PostingSide.Credit, new Money(5, Currency.Eur))],
        };
        await Database.WriteAsync(async tx => await Ledger.PostAsync(tx, move), Ct);
        await StateAsync(cash, AccountState.Frozen);

        await Assert.ThrowsAsync<DatabaseException>(
            () => Database.WriteAsync(async tx => await Ledger.PostAsync(tx, move with { Reference = "cash:2" }), Ct));
        Assert.Equal("5", await BalanceAsync(cash));
    }

    [Fact]
    public async Task A_closed_period_refuses_its_dates_with_the_next_open_one_until_it_is_reopened()
    {
        var (march, may) = (Time.GetUtcNow().AddDays(-90), Time.GetUtcNow().AddDays(-30));
        var april = march.AddDays(30);
        Assert.True((await Ledger.ClosePeriodAsync(Scope, march, april, "min", "audited", Ct)).IsSuccess);
        Assert.True((await Ledger.ClosePeriodAsync(Scope, april, may, "min", "audited", Ct)).IsSuccess);
        Assert.Equal("ledger_period_overlaps", (await Ledger.ClosePeriodAsync(Scope, march, may, "min", "", Ct)).Refusal?.Code);
        Assert.Equal("ledger_period_invalid", (await Ledger.ClosePeriodAsync(Scope, may, Time.GetUtcNow().AddDays(1), "min", "", Ct)).Refusal?.Code);

        var refused = (await TryAsync(TopUp("up:1", 5) with { EffectiveAt = march })).Refusal;
        Assert.Equal("ledger_period_closed", refused?.Code);
        Assert.Equal(may, refused?.Subject);
        Assert.True((await TryAsync(TopUp("up:2", 5) with { EffectiveAt = may })).IsSuccess);
        Assert.True((await TryAsync(TopUp("up:3", 5) with { EffectiveAt = march.AddMilliseconds(-1) })).IsSuccess);

        Assert.True((await Ledger.ReopenPeriodAsync(Scope, march, "kim", "a late invoice", Ct)).IsSuccess);
        Assert.True((await TryAsync(TopUp("up:1", 5) with { EffectiveAt = march })).IsSuccess);
        Assert.Equal(
            [(true, "min"), (true, "min"), (false, "kim")],
            (await Ledger.PeriodEventsAsync(Scope, Ct)).Select(happened => (happened.IsClosing, happened.Actor)));
    }

    [Fact]
    public async Task An_account_keeps_its_kind()
    {
        var wrong = TopUp("up:1", 5);
        wrong = wrong with { Postings = [wrong.Postings[0], wrong.Postings[1] with { Account = Wallet with { Kind = AccountKind.Income } }] };

        Assert.Equal("ledger_account_kind_mismatch", (await TryAsync(wrong)).Refusal?.Code);
    }

    [Fact]
    public async Task Racing_repetitions_of_one_reference_post_once()
    {
        var unbounded = TopUp("race", 5);
        unbounded = unbounded with { Postings = [unbounded.Postings[0], unbounded.Postings[1] with { Account = Wallet with { Code = "free" } }] };

        var results = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => i % 2 == 0
            ? Ledger.PostAsync(unbounded, Ct)
            : One(Ledger.PostBatchAsync([unbounded], allOrNone: false, Ct))));

        Assert.Single(results.Select(result => result.Value.Id).Distinct());
        Assert.Single(results, result => !result.Value.IsReplay);
    }

    [Fact]
    public async Task Sixty_four_writers_on_eight_bounded_accounts_cross_no_bound_and_lose_nothing()
    {
        // A few thousand tell much; FLORIN_LEDGER_WRITES=100000 tells the rest, in some minutes.
        var transactions = int.Parse(Environment.GetEnvironmentVariable("FLORIN_LEDGER_WRITES") ?? "3200", System.Globalization.CultureInfo.InvariantCulture);
        var wallets = Enumerable.Range(0, 8).Select(i => new AccountName(Scope, $"wallet:{i}", AccountKind.Liability, Currency.Eur)).ToArray();
        foreach (var wallet in wallets) await OpenAsync(wallet, 0, 300);
        await Ledger.PostBatchAsync([.. wallets.Select((wallet, i) => Move($"start:{i}", Bank, wallet, 100))], allOrNone: true, Ct);

        // Each writer's own account of what stood, to be compared with the book's.
        var moved = await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var (sums, succeeded) = (new long[8], 0);
            for (var i = 0; i < transactions / 64; i++)
            {
                var from = random.Next(8);
                var to = (from + random.Next(1, 8)) % 8;
                var move = Move($"move:{writer}:{i}", wallets[from], wallets[to], random.Next(1, 90));
                var result = (writer % 3) switch
                {
                    0 => await Ledger.PostAsync(move, Ct),
                    1 => await TryAsync(move),
                    _ => (await Ledger.PostBatchAsync([move], allOrNone: false, Ct))[0],
                };
                if (!result.IsSuccess)
                {
                    Assert.True(result.Refusal.Code is "ledger_min_balance" or "ledger_max_balance", result.Refusal.Code);
                    continue;
                }

                succeeded++;
                sums[from] -= move.Postings[0].Amount.Minor;
                sums[to] += move.Postings[0].Amount.Minor;
            }

            return (Sums: sums, Succeeded: succeeded);
        })));

        var balances = (await Ledger.BalancesAsync(Scope, Ct)).ToDictionary(balance => balance.AccountCode, balance => balance.Amount.Minor);
        for (var i = 0; i < 8; i++)
        {
            Assert.InRange(balances[wallets[i].Code], 0, 300);
            Assert.Equal(100 + moved.Sum(writer => writer.Sums[i]), balances[wallets[i].Code]);
        }

        Assert.True(moved.Sum(writer => writer.Succeeded) > transactions / 4);
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_random_history_agrees_with_a_model_after_every_step(int seed)
    {
        var history = new RandomHistory(Ledger, Database, Scope, Time.GetUtcNow(), seed);
        await history.RunAsync(steps: 150, Ct);

        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    private async Task UntilSomebodyWaitsAsync()
    {
        while (await Database.ReadAsync(async reader => await reader.CountAsync($"SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger_transactions'::regclass"), Ct) == 0)
        {
            await Task.Yield();
        }
    }

    private static async Task<Result<PostedTransaction>> One(Task<IReadOnlyList<Result<PostedTransaction>>> batch) => (await batch)[0];

    private Task<Result<PostedTransaction>> ReverseAsync(LedgerTransactionId id, string reference) =>
        Database.WriteAsync(async tx => await Ledger.ReverseAsync(tx, id, reference, DateTimeOffset.UnixEpoch), Ct);
}

public sealed class EngineOnSqlite(SqliteFixture fixture) : EngineTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class EngineOnPostgres(PostgresFixture fixture) : EngineTests(fixture), IClassFixture<PostgresFixture>;
