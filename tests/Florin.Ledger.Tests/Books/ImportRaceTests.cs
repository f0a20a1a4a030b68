using System.Globalization;
using System.Text;
using Florin.Kernel;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests.Books;

/// <summary>Imports while others post to the same accounts.</summary>
public abstract class ImportRaceTests(DatabaseFixture fixture) : BookTests(fixture)
{
    private const int TransactionsAtOnce = 2_000;

    private static readonly IReadOnlyDictionary<string, string> NoNotes = new Dictionary<string, string>();

    // The lower id is posted to by the second piece of the import, and the higher one by the first.
    private string[] codes = [];

    private IMerchantBooks Books => Services.GetRequiredService<IMerchantBooks>();

    [Fact]
    public async Task An_import_of_several_pieces_waits_in_no_circle_with_whoever_locks_two_of_its_accounts()
    {
        await OpenAsync();
        if (Database.Engine == SqlEngine.Sqlite) return;
        var runs = new CountedDatabase(Database);
        await using var node = OtherProcess(runs);
        var imports = node.GetRequiredService<ILedgerImports>();
        var ids = codes.Select(code => AccountIds.Of(NameOf(code))).ToArray();
        Task<LedgerImported>? importing = null;

        // Somebody has locked the lower balance, and wants the higher one as soon as the import waits for the lower one.
        await Database.WriteAsync(
            async tx =>
            {
                await LockAsync(tx, ids[0]);
                importing ??= Task.Run(() => imports.ImportAsync(new LedgerImport(Scope, LedgerImportFormat.Csv, false) { IsOwn = true }, File(), answer: null, Ct));
                while (await WaitingAsync() == 0) Assert.False(importing.IsCompleted);
                await LockAsync(tx, ids[1]);
            },
            Ct);

        Assert.Empty((await importing!).Faults);
        Assert.Equal(1, runs.Count);
    }

    [Fact]
    public async Task Whoever_posts_meanwhile_an_import_is_kept_whole_and_nobody_hears_of_a_conflict()
    {
        await OpenAsync();
        using var done = new CancellationTokenSource();
        var posting = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var posted = 0;
            for (; !done.IsCancellationRequested || posted < 5; posted++)
            {
                var (from, to) = posted % 2 == 0 ? (codes[0], codes[1]) : (codes[1], codes[0]);
                var result = await Books.PostAsync(Scope, Move($"{writer}:{posted}", from, to), null, Ct);
                Assert.True(result.IsSuccess, result.Refusal?.Message);
            }

            return posted;
        })).ToList();

        var imported = await Imports.ImportAsync(new LedgerImport(Scope, LedgerImportFormat.Csv, false) { IsOwn = true }, File(), answer: null, Ct);
        await done.CancelAsync();
        await Task.WhenAll(posting);

        Assert.Empty(imported.Faults);
        Assert.True(imported.IsKept);
        Assert.Equal(TransactionsAtOnce, (await Queries.BalancesAsync(Scope, "own:sales", null, Ct)).Single().Posted.Minor - 1);
    }

    private async Task OpenAsync()
    {
        codes = [.. ((string[])["own:a", "own:b"]).OrderBy(code => AccountIds.Of(NameOf(code)).Value)];
        foreach (var code in codes.Append("own:sales"))
        {
            var kind = code == "own:sales" ? AccountKind.Income : AccountKind.Asset;
            Assert.True((await Books.OpenAccountAsync(Scope, new NewOwnAccount(code, kind, Currency.Eur, null, null, NoNotes), null, Ct)).IsSuccess);
        }
    }

    private AccountName NameOf(string code) => new(Scope, code, AccountKind.Asset, Currency.Eur);

    private static OwnTransaction Move(string reference, string from, string to) => new(
        reference, "move", EffectiveAt: null, [new(to, Currency.Eur, PostingSide.Debit, 1), new(from, Currency.Eur, PostingSide.Credit, 1)]);

    private MemoryStream File()
    {
        var csv = new StringBuilder("reference,date,account,account_kind,currency,side,amount_minor\n");
        for (var i = 0; i <= TransactionsAtOnce; i++)
        {
            var account = i < TransactionsAtOnce ? codes[1] : codes[0];
            csv.Append(CultureInfo.InvariantCulture, $"i{i},2026-01-01,{account},asset,EUR,debit,1\ni{i},2026-01-01,own:sales,income,EUR,credit,1\n");
        }

        return new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
    }

    private static async Task LockAsync(ITransaction tx, LedgerAccountId id) => Assert.Equal(
        1, await tx.CountAsync($"SELECT 1 FROM ledger_balances WHERE shard = {id.Shard()} AND account_id = {id} FOR UPDATE"));

    private Task<long> WaitingAsync() => Database.ReadAsync(
        async reader => await reader.CountAsync($"SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), Ct);

    /// <summary>Counts how often writes are run: once each, unless there is a conflict.</summary>
    private sealed class CountedDatabase(IDatabase inner) : IDatabase
    {
        private int count;

        public SqlEngine Engine => inner.Engine;

        public int Count => count;

        public Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => inner.ReadAsync(read, ct);

        public Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => inner.AskAsync(read, ct);

        public Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct) => inner.WriteAsync(
            tx =>
            {
                Interlocked.Increment(ref count);
                return write(tx);
            },
            ct);
    }
}

public sealed class ImportRacesOnSqlite(SqliteFixture fixture) : ImportRaceTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class ImportRacesOnPostgres(PostgresFixture fixture) : ImportRaceTests(fixture), IClassFixture<PostgresFixture>;
