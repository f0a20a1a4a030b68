using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>A book that is long enough to be proved by two readers, the older half beside the newer.</summary>
public abstract class LongBookTests(Func<DatabaseFixture> makeFixture) : IAsyncLifetime
{
    private const int Transactions = 6_000;

    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DatabaseFixture fixture = makeFixture();
    private ServiceProvider services = null!;
    private IReadOnlyList<LedgerTransactionId> posted = [];

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        await fixture.InitializeAsync();
        services = await fixture.StartAsync(add: added => added.AddLedger());
        var scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(7)), IsLive: false);
        NewPosting Post(string code, PostingSide side) => new(new AccountName(scope, code, AccountKind.Asset, Currency.Eur), side, new Money(5, Currency.Eur));
        var results = await Ledger.PostBatchAsync(
            [.. Enumerable.Range(0, Transactions).Select(i => new NewLedgerTransaction(
                scope, $"move:{i}", "move", scope.Merchant.Value, DateTimeOffset.UnixEpoch, [Post("bank", PostingSide.Debit), Post($"till:{i % 10}", PostingSide.Credit)]))],
            allOrNone: true,
            Ct);
        posted = [.. results.Select(result => result.Value.Id)];
        for (var visit = 0; visit < 1_000 && await LastSeqAsync() < Transactions; visit++)
        {
            await services.GetRequiredService<Blocks>().MakeAsync(Ct);
        }
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task It_is_proved_with_its_counts_and_totals_and_tells_how_far_it_is()
    {
        var reports = new Reports();
        var proof = await Ledger.VerifyAsync(reports, Ct);

        Assert.Empty(proof.Faults);
        Assert.Equal((Transactions, Transactions * 2, 11), (proof.Transactions, proof.Postings, proof.Accounts));
        Assert.Equal([new Money(Transactions * 5, Currency.Eur)], proof.DebitTotals);
        Assert.Equal(Transactions, reports.Greatest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Transactions / 2)]
    [InlineData(Transactions - 1)]
    public async Task A_changed_posting_is_named_wherever_it_is(int position)
    {
        await Database.WriteAsync(
            async tx =>
            {
                var unlock = tx.Engine == SqlEngine.Postgres
                    ? "DROP TRIGGER ledger_postings_stay ON ledger_postings"
                    : "DROP TRIGGER ledger_postings_no_update";
                await tx.ExecuteAsync(Sql.Of(new SqlFragment(unlock)));
                await tx.ExecuteAsync($"UPDATE ledger_postings SET amount_minor = 6 WHERE transaction_id = {posted[position]}");
            },
            Ct);

        var faults = (await Ledger.VerifyAsync(null, Ct)).Faults;

        Assert.Contains(faults, fault => fault.Contains(posted[position].ToString(), StringComparison.Ordinal) && fault.Contains("its digest differs", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("(bank) reads as 30000, but its postings add up to 30001", StringComparison.Ordinal));
    }

    private Task<long> LastSeqAsync() => Database.ReadAsync(async reader => await Blocks.LastSeqAsync(reader), Ct);

    private sealed class Reports : IProgress<long>
    {
        private readonly Lock gate = new();

        public long Greatest { get; private set; }

        public void Report(long value)
        {
            lock (gate) Greatest = Math.Max(Greatest, value);
        }
    }
}

public sealed class LongBookOnSqlite() : LongBookTests(() => new SqliteFixture());

[Trait("Engine", "postgres")]
public sealed class LongBookOnPostgres() : LongBookTests(() => new PostgresFixture());
