using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Every column of every ledger table, changed by one byte in one row, is found and named.</summary>
public sealed class TamperingTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly SqliteFixture fixture = new();
    private ServiceProvider services = null!;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        services = await fixture.StartAsync(add: added => added.AddLedger());
        var scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(7)), IsLive: false);
        var wallet = new AccountName(scope, "wallet", AccountKind.Liability, Currency.Eur);
        var bank = new AccountName(scope, "bank", AccountKind.Asset, Currency.Eur);
        var frozen = new AccountName(scope, "frozen", AccountKind.Asset, Currency.Eur);
        NewLedgerTransaction Move(string reference, AccountName debited, AccountName credited) => new(
            scope, reference, "move", scope.Merchant.Value, DateTimeOffset.UnixEpoch,
            [new(debited, PostingSide.Debit, new Money(100, Currency.Eur)), new(credited, PostingSide.Credit, new Money(100, Currency.Eur))])
        {
            Metadata = "{}",
        };

        await Database.WriteAsync(async tx => (await Ledger.OpenAccountAsync(tx, new NewLedgerAccount(wallet, 0, 1_000, "{}"))).Value, Ct);
        var posted = (await Ledger.PostAsync(Move("one", bank, wallet), Ct)).Value;
        await Ledger.PostAsync(Move("two", bank, frozen), Ct);
        await Database.WriteAsync(
            async tx =>
            {
                Assert.True((await Ledger.ReverseAsync(tx, posted.Id, "undo", DateTimeOffset.UnixEpoch)).IsSuccess);
                Assert.True((await Ledger.TryPostAsync(tx, Move("three", bank, wallet))).IsSuccess);
                var hold = (await Ledger.HoldAsync(tx, new NewLedgerHold(Move("hold", wallet, bank), DateTimeOffset.UnixEpoch.AddYears(90)))).Value;
                Assert.True((await Ledger.PostHoldAsync(tx, hold.Id, "held", DateTimeOffset.UnixEpoch, null)).IsSuccess);
                Assert.True((await Ledger.TryPostAsync(tx, Move("four", bank, wallet))).IsSuccess);
                Assert.True((await Ledger.HoldAsync(tx, new NewLedgerHold(Move("open", wallet, bank), null))).IsSuccess);
                Assert.True((await Ledger.SetAccountStateAsync(tx, frozen, AccountState.Frozen)).IsSuccess);
            },
            Ct);
        var period = (await Ledger.ClosePeriodAsync(
            scope, DateTimeOffset.UnixEpoch.AddDays(-9), DateTimeOffset.UnixEpoch.AddDays(-1), "min", "year's end", Ct)).Value;
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(-9), period.Starts);
        var books = services.GetRequiredService<IMerchantBooks>();
        Dictionary<string, string> notes = new() { ["note"] = "first" };
        var own = (await books.OpenAccountAsync(scope, new NewOwnAccount("own:a", AccountKind.Asset, Currency.Eur, null, null, notes), null, Ct)).Value;
        notes["note"] = "second";
        Assert.True((await books.ChangeAccountAsync(scope, own.Id, new OwnAccountChange(null, notes), null, Ct)).IsSuccess);
        await services.GetRequiredService<Blocks>().MakeAsync(Ct);

        // As one was before there were digests.
        var first = new AccountName(scope, "first", AccountKind.Asset, Currency.Eur);
        await Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(
                    $"""
                     INSERT INTO ledger_accounts (shard, id, merchant, is_live, code, kind, currency, created_at_ms)
                     VALUES ({scope.Shard}, {AccountIds.Of(first)}, {scope.Merchant}, {scope.IsLive}, 'first', 'asset', 'EUR', 1)
                     """);
                await tx.ExecuteAsync($"INSERT INTO ledger_first_accounts VALUES ({scope.Shard}, {AccountIds.Of(first)}, 'asset', 1)");
            },
            Ct);
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task One_changed_byte_in_any_column_of_any_table_is_found()
    {
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
        var columns = await Database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                  WHERE m.type = 'table' AND m.name LIKE 'ledger%' ORDER BY m.name, c.cid
                 """,
                row => (Table: row.Text(0), Column: row.Text(1))),
            Ct);
        Assert.True(columns.Count > 80, $"{columns.Count} columns");
        var unfound = new List<string>();
        foreach (var (table, column) in columns)
        {
            if (!await IsFoundAsync(table, column)) unfound.Add($"{table}.{column}");
        }

        Assert.Empty(unfound);
    }

    [Theory]
    [InlineData("ledger_closed_periods", "DELETE FROM ledger_closed_periods", "was closed and not reopened")]
    [InlineData("ledger_period_events", "DELETE FROM ledger_period_events", "nothing says who closed it")]
    [InlineData("ledger_hold_ends", "DELETE FROM ledger_hold_ends", "has no such end")]
    [InlineData("ledger_accounts", "UPDATE ledger_accounts SET digest = NULL WHERE code = 'bank'", "has no digest")]
    [InlineData("ledger_accounts", "UPDATE ledger_accounts SET kind = 'income' WHERE code = 'first'", "not as it was before accounts had digests")]
    [InlineData("ledger_accounts", "UPDATE ledger_accounts SET max_minor = 1 WHERE code = 'first'", "not as it was before accounts had digests")]
    public async Task What_is_not_there_any_more_is_missed(string table, string statement, string fault)
    {
        await Database.WriteAsync(
            async tx =>
            {
                await RunAsync(tx, $"DROP TRIGGER IF EXISTS {table}_no_update");
                await RunAsync(tx, $"DROP TRIGGER IF EXISTS {table}_no_delete");
                await RunAsync(tx, statement);
            },
            Ct);

        Assert.Contains((await Ledger.VerifyAsync(null, Ct)).Faults, found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_posting_without_a_transaction_is_found_where_no_index_holds_it()
    {
        const string Orphan = "INSERT INTO ledger_postings SELECT shard, id, 7, id, 1, 1, 'EUR', 0 FROM ledger_accounts WHERE code = 'bank'";
        await HideAsync("ledger_postings_of_account", "line <> 7", Orphan);

        Assert.Contains(
            (await Ledger.VerifyAsync(null, Ct)).Faults,
            fault => fault.StartsWith("There are 13 postings, and 12 of transactions", StringComparison.Ordinal)
                || fault.StartsWith("Posting 7 belongs to transaction ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reversal_that_could_be_made_again_since_the_index_does_not_hold_it_is_found()
    {
        await HideAsync("ledger_transactions_reversal", "reference <> 'undo'");

        Assert.Contains(
            (await Ledger.VerifyAsync(null, Ct)).Faults,
            fault => fault.EndsWith("missing from index ledger_transactions_reversal.", StringComparison.Ordinal));
    }

    // Makes an index anew of only some rows, and has it called the whole one; then what comes is put into the table alone.
    private Task HideAsync(string index, string shown, string? hidden = null) => Database.WriteAsync(
        async tx =>
        {
            var whole = (await tx.FirstAsync($"SELECT sql FROM sqlite_master WHERE name = {index}", row => row.Text(0)))!;
            await RunAsync(tx, $"DROP INDEX {index}");
            await RunAsync(tx, whole + (whole.Contains(" WHERE ", StringComparison.Ordinal) ? " AND " : " WHERE ") + shown);
            if (hidden is not null) await RunAsync(tx, hidden);
            await RunAsync(tx, "PRAGMA writable_schema = ON");
            await tx.ExecuteAsync($"UPDATE sqlite_master SET sql = {whole} WHERE name = {index}");
            await RunAsync(tx, "PRAGMA writable_schema = OFF");
        },
        Ct);

    // Changes the column where it is greatest, proves, and puts all rows back.
    private async Task<bool> IsFoundAsync(string table, string column)
    {
        // One bit of an integer, or the last byte of a text or blob: what a failing disk or a careful hand would change.
        // The prover cannot even read some of these, and says so by failing.
        await Database.WriteAsync(
            async tx =>
            {
                await RunAsync(tx, "PRAGMA ignore_check_constraints = ON");
                await RunAsync(tx, $"DROP TRIGGER IF EXISTS {table}_no_update");
                await RunAsync(tx, $"DROP TABLE IF EXISTS kept");
                await RunAsync(tx, $"CREATE TABLE kept AS SELECT * FROM {table}");
                await RunAsync(
                    tx,
                    $"""
                     UPDATE {table} SET {column} = CASE typeof({column})
                            WHEN 'integer' THEN CASE WHEN ({column} & 16) = 16 THEN {column} - 16 ELSE {column} + 16 END
                            WHEN 'text' THEN substr({column}, 1, length({column}) - 1) || CASE substr({column}, -1) WHEN 'x' THEN 'y' ELSE 'x' END
                            ELSE CAST(substr({column}, 1, length({column}) - 1)
                                      || CASE hex(substr({column}, -1)) WHEN '41' THEN x'42' ELSE x'41' END AS BLOB) END
                      WHERE {column} = (SELECT MAX({column}) FROM {table})
                     """);
            },
            Ct);
        var isFound = false;
        try
        {
            isFound = !(await Ledger.VerifyAsync(null, Ct)).IsSound;
        }
        catch (DatabaseException)
        {
            isFound = true;
        }

        await Database.WriteAsync(
            async tx =>
            {
                await RunAsync(tx, $"DROP TRIGGER IF EXISTS {table}_no_delete");
                await RunAsync(tx, $"DELETE FROM {table}");
                await RunAsync(tx, $"INSERT INTO {table} SELECT * FROM kept");
            },
            Ct);
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
        return isFound;
    }

    private static async Task RunAsync(ITransaction tx, string statement) => await tx.ExecuteAsync(Sql.Of(new SqlFragment(statement)));
}
