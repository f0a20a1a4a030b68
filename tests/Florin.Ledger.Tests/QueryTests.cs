using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>What the book says of now and of then, against a replay of what was posted.</summary>
public abstract class QueryTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly ManualTime time = new();
    private ServiceProvider services = null!;
    private MerchantScope scope;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private ILedgerQueries Queries => services.GetRequiredService<ILedgerQueries>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        // Epochs of a few transactions, so that every question looks into many.
        services = await fixture.StartAsync(time, added => added.AddLedger().AddSingleton(_ => new Epochs(transactionsEach: 7)));
        scope = NewScope();
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_balance_at_any_past_instant_is_that_of_a_replay_by_either_date(int seed)
    {
        var history = await RandomHistoryAsync(seed, transactions: 120);
        var random = new Random(seed);
        for (var look = 0; look < 60; look++)
        {
            var by = (LedgerDate)(look % 2);
            var at = DateOf(history[random.Next(history.Count)], by).AddMilliseconds(random.Next(-1, 2));
            var then = history.Where(posted => DateOf(posted, by) <= at).ToList();
            foreach (var standing in await Queries.BalancesAsync(scope, "", new LedgerInstant(by, at), Ct))
            {
                Assert.Equal(Replay(then, standing.Name), standing.Posted.Minor);
            }
        }

        Assert.All(await Queries.BalancesAsync(scope, "", null, Ct), now => Assert.Equal(Replay(history, now.Name), now.Posted.Minor));
    }

    [Theory]
    [InlineData(LedgerDate.Recorded, false)]
    [InlineData(LedgerDate.Recorded, true)]
    [InlineData(LedgerDate.Effective, false)]
    [InlineData(LedgerDate.Effective, true)]
    public async Task The_pages_of_a_statement_are_the_replay_with_the_balance_after_each_row(LedgerDate by, bool isNewestFirst)
    {
        var history = await RandomHistoryAsync(seed: 7, transactions: 90);
        var name = Account(0);
        var (from, until) = (time.GetUtcNow().AddDays(-60), time.GetUtcNow().AddDays(-1));
        if (by == LedgerDate.Recorded) (from, until) = (DateOf(history[20], by), DateOf(history[70], by));
        var standing = (await Queries.BalancesAsync(scope, name.Code, null, Ct)).Single(account => account.Name == name);

        var rows = new List<StatementRow>();
        StatementPage page;
        var question = new StatementQuestion(standing.Id, new LedgerSpan(by, from, until), Limit: 7, isNewestFirst);
        do
        {
            page = (await Queries.StatementAsync(question, Ct))!;
            var (first, last) = isNewestFirst ? (page.Rows[^1], page.Rows[0]) : (page.Rows[0], page.Rows[^1]);
            Assert.Equal(page.Closing, last.Balance);
            Assert.Equal(Moved(first, name), first.Balance.Minor - page.Opening.Minor);
            rows.AddRange(page.Rows);
            question = question with { After = page.Next is null ? null : StatementCursor.Parse(page.Next.ToString()) };
        }
        while (page.Next is not null);

        if (isNewestFirst) rows.Reverse();
        var wanted = history
            .Where(posted => posted.Postings.Any(posting => posting.AccountCode == name.Code))
            .OrderBy(posted => DateOf(posted, by)).ThenBy(posted => posted.Id.ToString(), StringComparer.Ordinal).ToList();
        var within = wanted.Where(posted => DateOf(posted, by) >= from && DateOf(posted, by) < until).ToList();
        Assert.Equal(within.Select(posted => posted.Reference), rows.Select(row => row.Reference));
        Assert.All(rows, row => Assert.Equal(
            Replay(wanted.TakeWhile(posted => posted.Reference != row.Reference).Append(wanted.Single(posted => posted.Reference == row.Reference)), name),
            row.Balance.Minor));
    }

    [Fact]
    public async Task A_statement_without_rows_opens_and_closes_with_what_was_there()
    {
        var posted = await PostAsync("one", Account(0), Account(1), 5, time.GetUtcNow());
        time.Advance(TimeSpan.FromDays(1));
        var id = posted.Postings[0].AccountId;

        var page = (await Queries.StatementAsync(
            new StatementQuestion(id, new LedgerSpan(LedgerDate.Recorded, time.GetUtcNow(), null), 10), Ct))!;

        Assert.Empty(page.Rows);
        Assert.Equal((5, 5), (page.Opening.Minor, page.Closing.Minor));
        Assert.Null(await Queries.StatementAsync(new StatementQuestion(new LedgerAccountId(Guid.NewGuid()), default, 10), Ct));
    }

    [Fact]
    public async Task A_trial_balance_opens_moves_and_closes_in_balance()
    {
        var history = await RandomHistoryAsync(seed: 3, transactions: 60);
        foreach (var by in Enum.GetValues<LedgerDate>())
        {
            var dates = history.Select(posted => DateOf(posted, by)).Order().ToList();
            var (from, until) = (dates[15], dates[45]);
            var lines = await Queries.TrialBalanceAsync(scope, new LedgerSpan(by, from, until), Ct);

            Assert.Equal(lines.Sum(line => line.Debits.Minor), lines.Sum(line => line.Credits.Minor));
            Assert.Equal(lines.Sum(line => line.DebitBalance.Minor), lines.Sum(line => line.CreditBalance.Minor));
            foreach (var line in lines)
            {
                var name = new AccountName(scope, line.Code, line.Kind, line.Closing.Currency);
                Assert.Equal(Replay(history.Where(posted => DateOf(posted, by) < from), name), line.Opening.Minor);
                Assert.Equal(Replay(history.Where(posted => DateOf(posted, by) < until), name), line.Closing.Minor);
            }
        }

        var all = await Queries.TrialBalanceAsync(scope, default, Ct);
        Assert.Equal(history.Sum(posted => posted.Postings[0].Amount.Minor), all.Sum(line => line.Debits.Minor));
    }

    [Fact]
    public async Task Holds_are_pending_until_they_end_and_were_so_at_instants_before()
    {
        var (wallet, bank) = (Account(1), Account(0));
        await PostAsync("up", bank, wallet, 100, time.GetUtcNow());
        var before = time.GetUtcNow();
        time.Advance(TimeSpan.FromHours(1));
        var hold = await Database.WriteAsync(async tx => (await Ledger.HoldAsync(tx, new NewLedgerHold(Move("hold", wallet, bank, 30, before), null))).Value, Ct);
        var during = time.GetUtcNow();
        Assert.Equal((100, 30, 70), await WalletAsync(null));
        time.Advance(TimeSpan.FromHours(1));
        await Database.WriteAsync(async tx => (await Ledger.VoidHoldAsync(tx, hold.Id)).Value, Ct);

        Assert.Equal((100, 0, 100), await WalletAsync(null));
        Assert.Equal((100, 30, 70), await WalletAsync(new LedgerInstant(LedgerDate.Recorded, during)));
        Assert.Equal((100, 0, 100), await WalletAsync(new LedgerInstant(LedgerDate.Recorded, before)));

        async Task<(long, long, long)> WalletAsync(LedgerInstant? at)
        {
            var standing = (await Queries.BalancesAsync(scope, wallet.Code, at, Ct)).Single();
            return (standing.Posted.Minor, standing.PendingOut.Minor, standing.Available.Minor);
        }
    }

    [Fact]
    public async Task Stripes_of_all_merchants_are_shown_apart_and_summed()
    {
        var code = $"fees:{scope.Shard}";
        foreach (var (minor, own) in new[] { (5L, scope), (7L, NewScope()), (11L, NewScope()) })
        {
            await Ledger.PostAsync(Move("fee", own, new AccountName(own, "bank", AccountKind.Asset, Currency.Eur), new AccountName(own, code, AccountKind.Income, Currency.Eur), minor, time.GetUtcNow()), Ct);
        }

        Assert.Equal([5, 7, 11], (await Queries.StripesAsync(isLive: false, code, null, Ct)).Select(stripe => stripe.Posted.Minor).Order());
        var sum = Assert.Single(await Queries.SummedAsync(isLive: false, code, null, Ct));
        Assert.Equal((3, 23), (sum.Stripes, sum.Posted.Minor));
        Assert.Empty(await Queries.StripesAsync(isLive: true, code, null, Ct));
    }

    [Fact]
    public async Task A_transaction_is_shown_with_what_it_corrects_and_what_corrects_it()
    {
        var posted = await PostAsync("one", Account(0), Account(1), 5, time.GetUtcNow());
        var undone = await Database.WriteAsync(async tx => (await Ledger.ReverseAsync(tx, posted.Id, "undo", time.GetUtcNow())).Value, Ct);

        var shown = (await Queries.TransactionAsync(posted.Id, Ct))!;
        Assert.Equal(new CorrectedBy(undone.Id, Correction.Reversal), Assert.Single(shown.CorrectedBy));
        Assert.Equal(posted.Id, (await Queries.TransactionAsync(undone.Id, Ct))!.Corrects);
        Assert.Null(await Queries.TransactionAsync(new LedgerTransactionId(Guid.NewGuid()), Ct));
    }

    [Fact]
    public async Task Slices_give_each_transaction_once_and_in_order()
    {
        await RandomHistoryAsync(seed: 5, transactions: 25);
        var blocks = services.GetRequiredService<Blocks>();
        var (seen, after) = (new List<TransactionDetail>(), 0L);

        // PostgreSQL is certain of a transaction only when all that began before it have ended, in other tests too.
        for (var visit = 0; visit < 10_000 && seen.Count < 25; visit++)
        {
            await blocks.MakeAsync(Ct);
            var slice = await Queries.TransactionsAsync(scope, after, 4, Ct);
            seen.AddRange(slice.Transactions);
            after = slice.LastSeq;
        }

        Assert.Equal(25, seen.DistinctBy(transaction => transaction.Id).Count());
        Assert.Equal(25, seen.Count);
        Assert.Equal(seen.Select(transaction => transaction.Seq).Order(), seen.Select(transaction => transaction.Seq));
        Assert.All(seen, transaction => Assert.Equal(2, transaction.Postings.Count));
    }

    private static DateTimeOffset DateOf(TransactionDetail posted, LedgerDate by) => by == LedgerDate.Recorded ? posted.RecordedAt : posted.EffectiveAt;

    private static long Replay(IEnumerable<TransactionDetail> history, AccountName name)
    {
        var growsByDebit = name.Kind is AccountKind.Asset or AccountKind.Expense;
        return history.SelectMany(posted => posted.Postings).Where(posting => posting.AccountCode == name.Code)
            .Sum(posting => growsByDebit == (posting.Side == PostingSide.Debit) ? posting.Amount.Minor : -posting.Amount.Minor);
    }

    private static long Moved(StatementRow row, AccountName name) =>
        name.Kind is AccountKind.Asset == (row.Side == PostingSide.Debit) ? row.Amount.Minor : -row.Amount.Minor;

    private static NewLedgerTransaction Move(
        string reference, MerchantScope own, AccountName debited, AccountName credited, long minor, DateTimeOffset effectiveAt) => new(
        own,
        reference,
        "move",
        own.Merchant.Value,
        effectiveAt,
        [
            new NewPosting(debited, PostingSide.Debit, new Money(minor, Currency.Eur)),
            new NewPosting(credited, PostingSide.Credit, new Money(minor, Currency.Eur)),
        ]);

    private NewLedgerTransaction Move(string reference, AccountName debited, AccountName credited, long minor, DateTimeOffset effectiveAt) =>
        Move(reference, scope, debited, credited, minor, effectiveAt);

    private MerchantScope NewScope() =>
        new(services.GetRequiredService<IdSource>().New<MerchantId>(DatabaseFixture.FreshShard()), IsLive: false);

    // 0 an asset, 1 a liability, 2 an income, 3 an expense.
    private AccountName Account(int number) => new(scope, $"account:{number}", (AccountKind)number, Currency.Eur);

    private async Task<TransactionDetail> PostAsync(string reference, AccountName debited, AccountName credited, long minor, DateTimeOffset effectiveAt)
    {
        var posted = (await Ledger.PostAsync(Move(reference, debited, credited, minor, effectiveAt), Ct)).Value;
        return (await Queries.TransactionAsync(posted.Id, Ct))!;
    }

    // Some in the same millisecond, some days apart, with effective dates before and after; folded now and then.
    private async Task<List<TransactionDetail>> RandomHistoryAsync(int seed, int transactions)
    {
        var random = new Random(seed);
        var history = new List<TransactionDetail>();
        for (var i = 0; i < transactions; i++)
        {
            var debited = random.Next(4);
            var credited = (debited + random.Next(1, 4)) % 4;
            history.Add(await PostAsync(
                $"r{i}", Account(debited), Account(credited), random.Next(1, 500), time.GetUtcNow().AddHours(random.Next(-2_000, 200))));
            if (random.Next(3) > 0) time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 100_000_000)));
            if (i % 17 == 0) await services.GetRequiredService<Blocks>().MakeAsync(Ct);
        }

        return history;
    }
}

public sealed class QueriesOnSqlite(SqliteFixture fixture) : QueryTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class QueriesOnPostgres(PostgresFixture fixture) : QueryTests(fixture), IClassFixture<PostgresFixture>;
