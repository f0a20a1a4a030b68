using Florin.Kernel;
using Florin.Storage.Jobs;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Holds: what they take from the bounds, how they end, and that each ends once.</summary>
public abstract class HoldTests(DatabaseFixture fixture) : EngineBook(fixture)
{
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
        var hold = (await HoldAsync(Transfer("hold:1", 400), Time.GetUtcNow().AddHours(1))).Value;
        var job = new Job(Scope.Shard, LapseHolds.JobKind, hold.Id.ToString(), "", 1);

        await Services.GetRequiredService<LapseHolds>().RunAsync(job, Ct);
        await Services.GetRequiredService<LapseHolds>().RunAsync(job, Ct);

        var late = (await PostHoldAsync(hold.Id, "post:1", null)).Refusal;
        Assert.Equal("ledger_hold_ended", late?.Code);
        Assert.Contains("lapsed", late?.Message, StringComparison.Ordinal);
        Assert.True((await TryAsync(Transfer("move:1", 500))).IsSuccess);
    }

    [Fact]
    public async Task A_hold_whose_time_has_come_cannot_be_posted_before_the_job_lets_go_of_it_either()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400), Time.GetUtcNow().AddHours(1))).Value;
        var kept = (await HoldAsync(Transfer("hold:2", 50), Time.GetUtcNow().AddHours(1))).Value;
        Assert.True((await PostHoldAsync(kept.Id, "post:2", null)).IsSuccess);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("ledger_hold_ended", (await PostHoldAsync(hold.Id, "post:1", null)).Refusal?.Code);
        Assert.True((await PostHoldAsync(kept.Id, "post:2", null)).Value.IsReplay);
    }

    [Fact]
    public async Task The_same_hold_again_is_the_first_one_and_another_under_its_reference_is_refused()
    {
        await TryAsync(TopUp("up:1", 500));
        var hold = (await HoldAsync(Transfer("hold:1", 400))).Value;

        Assert.Equal(hold, (await HoldAsync(Transfer("hold:1", 400))).Value);
        Assert.Equal("reference_reused", (await HoldAsync(Transfer("hold:1", 399))).Refusal?.Code);
    }

    private Task<Result<PostedTransaction>> PostHoldAsync(LedgerHoldId id, string reference, IReadOnlyList<NewPosting>? part) =>
        Database.WriteAsync(async tx => await Ledger.PostHoldAsync(tx, id, reference, DateTimeOffset.UnixEpoch, part), Ct);
}

public sealed class HoldsOnSqlite(SqliteFixture fixture) : HoldTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class HoldsOnPostgres(PostgresFixture fixture) : HoldTests(fixture), IClassFixture<PostgresFixture>;
