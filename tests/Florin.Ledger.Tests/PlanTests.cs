using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>How SQLite answers what is asked of the book: from what an index finds, and never by walking through all transactions
/// or postings that there are.</summary>
public sealed partial class PlanTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>, IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly ConcurrentDictionary<string, string> plans = [];
    private ServiceProvider services = null!;
    private MerchantScope scope;
    private PostedTransaction posted = null!;

    public async Task InitializeAsync()
    {
        await (await fixture.StartAsync(add: added => added.AddLedger())).DisposeAsync();
        services = fixture.Compose(add: added =>
        {
            added.AddLedger();
            var opened = added.Last(service => service.ServiceType == typeof(IDatabase));
            added.Remove(opened);
            added.AddSingleton<IDatabase>(provider => new ExplainedDatabase((IDatabase)opened.ImplementationFactory!(provider), plans));
        });
        scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(DatabaseFixture.FreshShard()), IsLive: false);
        posted = (await Ledger.PostAsync(Move("first", 700), Ct)).Value;
        await services.GetRequiredService<Blocks>().MakeAsync(Ct);
        await Ledger.PostAsync(Move("since", 30), Ct);
        plans.Clear();
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private ILedgerQueries Queries => services.GetRequiredService<ILedgerQueries>();

    private AccountName Bank => new(scope, "bank", AccountKind.Asset, Currency.Eur);

    private AccountName Wallet => new(scope, "wallet", AccountKind.Liability, Currency.Eur);

    [Fact]
    public async Task No_question_about_balances_walks_through_the_book()
    {
        var now = DateTimeOffset.UtcNow;
        var bank = (await Queries.BalancesAsync(scope, "bank", null, Ct)).Single();
        foreach (var at in new LedgerInstant?[] { null, new(LedgerDate.Recorded, now), new(LedgerDate.Effective, now) })
        {
            await Queries.BalancesAsync(scope, "", at, Ct);
            await Queries.BalanceAsync(bank.Id, at, Ct);
            await Queries.StripesAsync(isLive: false, "bank", at, Ct);
            await Queries.SummedAsync(isLive: false, "ba", at, Ct);
        }

        await Ledger.BalancesAsync(scope, Ct);
        await services.GetRequiredService<IDatabase>().WriteAsync(async tx => await Ledger.SetAccountStateAsync(tx, Bank, AccountState.Closed), Ct);

        AssertNoneWalks();
    }

    [Fact]
    public async Task No_statement_report_or_lookup_walks_through_the_book()
    {
        var bank = (await Queries.BalancesAsync(scope, "bank", null, Ct)).Single();
        foreach (var by in Enum.GetValues<LedgerDate>())
        {
            var span = new LedgerSpan(by, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            foreach (var isNewestFirst in new[] { false, true }) await Queries.StatementAsync(new StatementQuestion(bank.Id, span, 10, isNewestFirst), Ct);
            await Queries.TrialBalanceAsync(scope, span, Ct);
        }

        await Queries.TransactionAsync(posted.Id, Ct);
        await Queries.TransactionsAsync(scope, 1, 10, Ct);
        await Ledger.ForSubjectsAsync(scope.Shard, [scope.Merchant.Value], Ct);
        await services.GetRequiredService<ILedgerExports>().WriteAsync(new LedgerExport(scope, LedgerExportFormat.Hledger, AfterSeq: 1), Stream.Null, Ct);

        AssertNoneWalks();
    }

    [Fact]
    public async Task Neither_posting_nor_making_blocks_walks_through_the_book()
    {
        await Ledger.PostAsync(Move("more", 5), Ct);
        await services.GetRequiredService<IDatabase>().WriteAsync(
            async tx => Assert.True((await Ledger.ReverseAsync(tx, posted.Id, "undone", DateTimeOffset.UtcNow)).IsSuccess), Ct);
        await services.GetRequiredService<Blocks>().MakeAsync(Ct);

        AssertNoneWalks();
    }

    private void AssertNoneWalks()
    {
        Assert.NotEmpty(plans);
        Assert.All(plans, plan => Assert.False(Walk().IsMatch(plan.Value), $"{plan.Value}\nfor {plan.Key}"));
    }

    private NewLedgerTransaction Move(string reference, long minor) => new(
        scope, reference, "move", scope.Merchant.Value, DateTimeOffset.UtcNow,
        [new(Bank, PostingSide.Debit, new Money(minor, Currency.Eur)), new(Wallet, PostingSide.Credit, new Money(minor, Currency.Eur))]);

    // p and t are what postings and transactions are called wherever both are asked.
    [GeneratedRegex("SCAN (p|t|ledger_postings|ledger_transactions)\\b")]
    private static partial Regex Walk();
}
