using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Ledger.Tests.Model;
using Florin.Storage;
using Florin.Storage.Jobs;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Bounds, holds, batches, corrections and states, as a caller sees them.</summary>
public abstract class EngineTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly ManualTime time = new();
    private ServiceProvider services = null!;
    private MerchantScope scope;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    private IdSource Ids => services.GetRequiredService<IdSource>();

    private AccountName Wallet => new(scope, "wallet:a", AccountKind.Liability, Currency.Eur);

    private AccountName Other => new(scope, "wallet:b", AccountKind.Liability, Currency.Eur);

    private AccountName Bank => new(scope, "bank", AccountKind.Asset, Currency.Eur);

    public async Task InitializeAsync()
    {
        services = await fixture.StartAsync(time, added => added.AddLedger());
        scope = new MerchantScope(Ids.New<MerchantId>(DatabaseFixture.FreshShard()), IsLive: false);
        await OpenAsync(Wallet, 0, 1_000);
        await OpenAsync(Other, 0, null);
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

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
    public async Task A_hold_counts_against_the_bounds_until_it_is_let_go()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400))).Value;

        Assert.Equal("ledger_min_balance", (await TryAsync(Transfer("move:1", 101))).Refusal?.Code);
        Assert.Equal("ledger_min_balance", (await HoldAsync(Transfer("hold:2", 101))).Refusal?.Code);

        Assert.Equal(HoldState.Voided, (await VoidAsync(hold.Id)).Value.State);
        Assert.Equal(HoldState.Voided, (await VoidAsync(hold.Id)).Value.State);
        Assert.True((await TryAsync(Transfer("move:1", 500))).IsSuccess);
    }

    [Fact]
    public async Task A_hold_is_posted_in_part_once_and_the_rest_is_free()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400))).Value;
        var part = Transfer("any", 300).Postings;

        Assert.Equal("ledger_hold_exceeded", (await PostHoldAsync(hold.Id, "post:0", Transfer("any", 401).Postings)).Refusal?.Code);
        var posted = (await PostHoldAsync(hold.Id, "post:1", part)).Value;

        Assert.False(posted.IsReplay);
        Assert.Equal(posted with { IsReplay = true }, (await PostHoldAsync(hold.Id, "post:1", part)).Value);
        Assert.Equal("reference_reused", (await PostHoldAsync(hold.Id, "post:1", null)).Refusal?.Code);
        Assert.Equal("ledger_hold_ended", (await PostHoldAsync(hold.Id, "post:2", part)).Refusal?.Code);
        Assert.Equal("ledger_hold_ended", (await VoidAsync(hold.Id)).Refusal?.Code);
        Assert.True((await TryAsync(Transfer("move:1", 200))).IsSuccess);
        Assert.Equal(("0", "500"), (await BalanceAsync(Wallet), await BalanceAsync(Other)));
    }

    [Fact]
    public async Task A_hold_is_posted_in_a_part_that_leaves_a_bounded_account_out()
    {
        await TryAsync(TopUp("up:1", 500));
        var money = new Money(200, Currency.Eur);
        var all = Transfer("hold:1", 400) with
        {
            Postings =
            [
                new(Wallet, PostingSide.Debit, new Money(400, Currency.Eur)),
                new(Other, PostingSide.Credit, money),
                new(Bank, PostingSide.Credit, money),
            ],
        };
        var hold = (await HoldAsync(all)).Value;

        Assert.True((await PostHoldAsync(hold.Id, "post:1", [new(Wallet, PostingSide.Debit, money), new(Bank, PostingSide.Credit, money)])).IsSuccess);

        Assert.Equal(("300", "0"), (await BalanceAsync(Wallet), await BalanceAsync(Other)));
        Assert.True((await TryAsync(Transfer("move:1", 300))).IsSuccess);
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task An_account_that_holds_money_is_not_closed_whether_it_was_folded_or_not()
    {
        await TryAsync(TopUp("up:1", 300));
        Assert.Equal("ledger_account_not_empty", (await StateAsync(Wallet, AccountState.Closed)).Refusal?.Code);

        await FoldAsync();
        Assert.Equal("ledger_account_not_empty", (await StateAsync(Wallet, AccountState.Closed)).Refusal?.Code);

        // What was folded and what was posted since make nothing together.
        await TryAsync(Transfer("move:1", 300));
        Assert.Equal(AccountState.Closed, (await StateAsync(Wallet, AccountState.Closed)).Value);
    }

    [Fact]
    public async Task A_hold_lapses_at_its_time_and_cannot_be_posted_after()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400), time.GetUtcNow().AddHours(1))).Value;
        var job = new Job(scope.Shard, LapseHolds.JobKind, hold.Id.ToString(), "", 1);

        await services.GetRequiredService<LapseHolds>().RunAsync(job, Ct);
        await services.GetRequiredService<LapseHolds>().RunAsync(job, Ct);

        var late = (await PostHoldAsync(hold.Id, "post:1", null)).Refusal;
        Assert.Equal("ledger_hold_ended", late?.Code);
        Assert.Contains("lapsed", late?.Message, StringComparison.Ordinal);
        Assert.True((await TryAsync(Transfer("move:1", 500))).IsSuccess);
    }

    [Fact]
    public async Task A_hold_whose_time_has_come_cannot_be_posted_before_the_job_lets_go_of_it_either()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400), time.GetUtcNow().AddHours(1))).Value;
        var kept = (await HoldAsync(Transfer("hold:2", 50), time.GetUtcNow().AddHours(1))).Value;
        Assert.True((await PostHoldAsync(kept.Id, "post:2", null)).IsSuccess);
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("ledger_hold_ended", (await PostHoldAsync(hold.Id, "post:1", null)).Refusal?.Code);
        Assert.True((await PostHoldAsync(kept.Id, "post:2", null)).Value.IsReplay);
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
        if (fixture.Engine == SqlEngine.Sqlite) return;
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
    public async Task The_same_hold_again_is_the_first_one_and_another_under_its_reference_is_refused()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400))).Value;

        Assert.Equal(hold, (await HoldAsync(Transfer("hold:1", 400))).Value);
        Assert.Equal("reference_reused", (await HoldAsync(Transfer("hold:1", 399))).Refusal?.Code);
    }

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
        Assert.Equal(6_000, (await Ledger.BalancesAsync(scope, Ct)).Where(balance => balance.AccountCode.StartsWith("raced:", StringComparison.Ordinal)).Sum(balance => balance.Amount.Minor));
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
        var queries = services.GetRequiredService<ILedgerQueries>();
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
            var shown = await Assert.ThrowsAsync<LedgerRefusedException>(() => Ledger.BalancesAsync(scope, Ct));
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

    [Fact]
    public async Task A_reversal_undoes_a_transaction_once_and_names_it()
    {
        var posted = (await TryAsync(TopUp("up:1", 300))).Value;

        Assert.True((await ReverseAsync(posted.Id, "undo:1")).IsSuccess);
        Assert.True((await ReverseAsync(posted.Id, "undo:1")).Value.IsReplay);
        Assert.Equal("ledger_already_reversed", (await ReverseAsync(posted.Id, "undo:2")).Refusal?.Code);
        Assert.Equal("ledger_transaction_unknown", (await ReverseAsync(Ids.New<LedgerTransactionId>(scope.Shard), "undo:3")).Refusal?.Code);
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
        var (cash, bank) = (new AccountName(scope, "cash", AccountKind.Asset, Currency.Eur), Bank);
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
        var (march, may) = (time.GetUtcNow().AddDays(-90), time.GetUtcNow().AddDays(-30));
        var april = march.AddDays(30);
        Assert.True((await Ledger.ClosePeriodAsync(scope, march, april, "min", "audited", Ct)).IsSuccess);
        Assert.True((await Ledger.ClosePeriodAsync(scope, april, may, "min", "audited", Ct)).IsSuccess);
        Assert.Equal("ledger_period_overlaps", (await Ledger.ClosePeriodAsync(scope, march, may, "min", "", Ct)).Refusal?.Code);
        Assert.Equal("ledger_period_invalid", (await Ledger.ClosePeriodAsync(scope, may, time.GetUtcNow().AddDays(1), "min", "", Ct)).Refusal?.Code);

        var refused = (await TryAsync(TopUp("up:1", 5) with { EffectiveAt = march })).Refusal;
        Assert.Equal("ledger_period_closed", refused?.Code);
        Assert.Equal(may, refused?.Subject);
        Assert.True((await TryAsync(TopUp("up:2", 5) with { EffectiveAt = may })).IsSuccess);
        Assert.True((await TryAsync(TopUp("up:3", 5) with { EffectiveAt = march.AddMilliseconds(-1) })).IsSuccess);

        Assert.True((await Ledger.ReopenPeriodAsync(scope, march, "kim", "a late invoice", Ct)).IsSuccess);
        Assert.True((await TryAsync(TopUp("up:1", 5) with { EffectiveAt = march })).IsSuccess);
        Assert.Equal(
            [(true, "min"), (true, "min"), (false, "kim")],
            (await Ledger.PeriodEventsAsync(scope, Ct)).Select(happened => (happened.IsClosing, happened.Actor)));
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
        var wallets = Enumerable.Range(0, 8).Select(i => new AccountName(scope, $"wallet:{i}", AccountKind.Liability, Currency.Eur)).ToArray();
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

        var balances = (await Ledger.BalancesAsync(scope, Ct)).ToDictionary(balance => balance.AccountCode, balance => balance.Amount.Minor);
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
        var history = new RandomHistory(Ledger, Database, scope, time.GetUtcNow(), seed);
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

    // PostgreSQL is certain of a number only when all who were writing as it was drawn have ended, in other tests too.
    private async Task FoldAsync()
    {
        for (var visit = 0; visit < 1_000; visit++)
        {
            await services.GetRequiredService<Blocks>().MakeAsync(Ct);
            var left = await Database.ReadAsync(
                async reader => await reader.CountAsync(
                    $"SELECT COUNT(*) FROM ledger_transactions WHERE seq > (SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks)"),
                Ct);
            if (left == 0) return;
        }

        Assert.Fail("The blocks never caught up.");
    }

    private static async Task<Result<PostedTransaction>> One(Task<IReadOnlyList<Result<PostedTransaction>>> batch) => (await batch)[0];

    private NewLedgerTransaction TopUp(string reference, long minor) => Move(reference, Bank, Wallet, minor);

    private NewLedgerTransaction Transfer(string reference, long minor) => Move(reference, Wallet, Other, minor);

    private NewLedgerTransaction Move(string reference, AccountName debited, AccountName credited, long minor) => new(
        scope,
        reference,
        "move",
        scope.Merchant.Value,
        DateTimeOffset.UnixEpoch,
        [
            new NewPosting(debited, PostingSide.Debit, new Money(minor, Currency.Eur)),
            new NewPosting(credited, PostingSide.Credit, new Money(minor, Currency.Eur)),
        ]);

    private async Task OpenAsync(AccountName name, long? min, long? max) =>
        Assert.True((await Database.WriteAsync(async tx => await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(name, min, max)), Ct)).IsSuccess);

    private async Task<string> BalanceAsync(AccountName name) =>
        (await Ledger.BalancesAsync(scope, Ct)).SingleOrDefault(balance => balance.AccountCode == name.Code)?.Amount.Minor
            .ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none";

    private Task<Result<PostedTransaction>> TryAsync(NewLedgerTransaction transaction) =>
        Database.WriteAsync(async tx => await Ledger.TryPostAsync(tx, transaction), Ct);

    private Task<Result<LedgerHold>> HoldAsync(NewLedgerTransaction transaction, DateTimeOffset? lapsesAt = null) =>
        Database.WriteAsync(async tx => await Ledger.HoldAsync(tx, new NewLedgerHold(transaction, lapsesAt)), Ct);

    private Task<Result<PostedTransaction>> PostHoldAsync(LedgerHoldId id, string reference, IReadOnlyList<NewPosting>? part) =>
        Database.WriteAsync(async tx => await Ledger.PostHoldAsync(tx, id, reference, DateTimeOffset.UnixEpoch, part), Ct);

    private Task<Result<LedgerHold>> VoidAsync(LedgerHoldId id) => Database.WriteAsync(async tx => await Ledger.VoidHoldAsync(tx, id), Ct);

    private Task<Result<PostedTransaction>> ReverseAsync(LedgerTransactionId id, string reference) =>
        Database.WriteAsync(async tx => await Ledger.ReverseAsync(tx, id, reference, DateTimeOffset.UnixEpoch), Ct);

    private Task<Result<AccountState>> StateAsync(AccountName name, AccountState state) =>
        Database.WriteAsync(async tx => await Ledger.SetAccountStateAsync(tx, name, state), Ct);
}

public sealed class EngineOnSqlite(SqliteFixture fixture) : EngineTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class EngineOnPostgres(PostgresFixture fixture) : EngineTests(fixture), IClassFixture<PostgresFixture>;
