using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Ledger.Tests.Model;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Bytes changed in the database file itself, as a failing disk or a careful hand would: each is found, and the row
/// is named.</summary>
public sealed class FileTamperingTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly SqliteFixture fixture = new();
    private byte[] whole = [];
    private Dictionary<string, long> roots = [];

    public Task DisposeAsync() => fixture.DisposeAsync();

    public async Task InitializeAsync()
    {
        await using var services = await fixture.StartAsync(add: added => added.AddLedger());
        var (ledger, database) = (services.GetRequiredService<ILedger>(), services.GetRequiredService<IDatabase>());
        var scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(7)), IsLive: false);
        var wallet = new AccountName(scope, "wallet", AccountKind.Liability, Currency.Eur);
        await database.WriteAsync(async tx => (await ledger.OpenAccountAsync(tx, new NewLedgerAccount(wallet, 0, 1_000_000, "{}"))).Value, Ct);

        // Enough for trees of several pages.
        var batch = Enumerable.Range(0, 150).Select(i => new NewLedgerTransaction(
            scope, $"move:{i}", "move", scope.Merchant.Value, DateTimeOffset.UnixEpoch.AddDays(i),
            [
                new(new AccountName(scope, "bank", AccountKind.Asset, Currency.Eur), PostingSide.Debit, new Money(1_000 + i, Currency.Eur)),
                new(wallet, PostingSide.Credit, new Money(1_000 + i, Currency.Eur)),
            ])).ToList();
        var posted = await ledger.PostBatchAsync(batch, allOrNone: true, Ct);
        Assert.All(posted, result => Assert.True(result.IsSuccess));
        await database.WriteAsync(
            async tx =>
            {
                foreach (var wrong in posted.Take(2))
                {
                    Assert.True((await ledger.ReverseAsync(tx, wrong.Value.Id, $"undo:{wrong.Value.Id}", DateTimeOffset.UnixEpoch)).IsSuccess);
                }
            },
            Ct);
        await services.GetRequiredService<Blocks>().MakeAsync(Ct);
        roots = (await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0 AND tbl_name LIKE 'ledger%'", row => (Name: row.Text(0), Root: row.Int64(1))),
            Ct)).ToDictionary(table => table.Name, table => table.Root);

        // Whoever closes last folds the write-ahead log into the file.
        await services.DisposeAsync();
        whole = await File.ReadAllBytesAsync(fixture.Path, Ct);
    }

    [Theory]
    [InlineData("ledger_transactions", "ltx_")]
    [InlineData("ledger_postings", "ltx_")]
    [InlineData("ledger_accounts", "lac_")]
    [InlineData("ledger_balances", "lac_")]
    [InlineData("ledger_folds", "lac_")]
    [InlineData("ledger_blocks", "Block ")]
    public async Task One_changed_byte_of_a_row_is_found_and_the_row_is_named(string table, string named)
    {
        var rows = new SqliteFile(whole).Rows(roots[table]).ToList();
        Assert.NotEmpty(rows);
        var random = new Random(table.Length);
        for (var look = 0; look < 160; look++)
        {
            var (at, length) = rows[random.Next(rows.Count)].GetOffsetAndLength(whole.Length);
            at += random.Next(length);
            var faults = await FaultsAsync(at, (byte)(1 << random.Next(8)));
            // By its id where it still has it; by its place in the table where only an index knows the id.
            Assert.True(
                faults.Any(fault => fault.Contains(named, StringComparison.Ordinal) || fault.StartsWith($"{table}: row ", StringComparison.Ordinal)),
                $"Byte {at} of {table}: {string.Join('|', faults)}");
        }
    }

    [Fact]
    public async Task One_changed_byte_of_an_entry_of_any_index_is_found()
    {
        var random = new Random(1);
        foreach (var (index, root) in roots.Where(tree => !tree.Key.StartsWith("sqlite_", StringComparison.Ordinal)))
        {
            var rows = new SqliteFile(whole).Rows(root).ToList();
            for (var look = 0; look < 60 && rows.Count > 0; look++)
            {
                var (at, length) = rows[random.Next(rows.Count)].GetOffsetAndLength(whole.Length);
                at += random.Next(length);
                Assert.True((await FaultsAsync(at, (byte)(1 << random.Next(8)))).Count > 0, $"Byte {at} of {index}");
            }
        }
    }

    [Fact]
    public async Task A_reversal_that_the_index_holds_no_more_is_found_although_another_stands_there_twice()
    {
        // As many entries as there are reversals, and every entry is that of one.
        var entries = new SqliteFile(whole).Rows(roots["ledger_transactions_reversal"]).ToList();
        var bytes = whole.ToArray();
        whole.AsSpan(entries[0]).CopyTo(bytes.AsSpan(entries[1]));

        var faults = await FaultsAsync(bytes);

        Assert.Contains(faults, fault => fault.EndsWith("missing from index ledger_transactions_reversal.", StringComparison.Ordinal));
    }

    private Task<IReadOnlyList<string>> FaultsAsync(int at, byte flipped)
    {
        var bytes = whole.ToArray();
        bytes[at] ^= flipped;
        return FaultsAsync(bytes);
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(byte[] bytes)
    {
        await File.WriteAllBytesAsync(fixture.Path, bytes, Ct);
        await using var services = fixture.Compose(add: added => added.AddLedger());
        return (await services.GetRequiredService<ILedger>().VerifyAsync(null, Ct)).Faults;
    }
}
