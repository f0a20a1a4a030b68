using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves the book: reads every row and adds everything up anew.</summary>
/// <remarks>
/// What must be seen at one moment is read from one snapshot: postings, accounts and what they add up to. Transactions that are in
/// blocks are the same in every later snapshot, since nothing can appear before a block, so a second reader shares them with the
/// first. The chain is proved within itself by a third; a fourth checks SQLite's file, or the references on PostgreSQL.
/// Memory holds a page of each table, a sum per currency and account, and a head per shard, however many transactions there are.
/// </remarks>
internal sealed class LedgerProver(IDatabase database, RandomSource random)
{
    // SQLite itself maps less where it was built so.
    private const long MostMapped = 1L << 40;

    public async Task<LedgerProof> ProveAsync(IReadOnlyList<LedgerHead> expected, IProgress<long>? progress, CancellationToken ct)
    {
        var faults = new Faults();
        var (shared, book, references, chains, file) = (faults.Check(), new BookFaults(faults), faults.Check(), faults.Check(), faults.Check());
        var proved = new Progress(progress);
        var isSqlite = database.Engine == SqlEngine.Sqlite;
        var key = RowKey.Draw(random);
        var all = Beside(reader => new Book(reader, ShareAsync, key, book, proved, ct).ProveAsync(), ct);
        var checks = Task.WhenAll(
            all,
            Beside(reader => new ChainsProof(reader, expected, chains, ct).ProveAsync(), ct),
            isSqlite ? Beside(reader => new FileCheck(reader, file, ct).ProveAsync(), ct) : Beside(reader => new ReferencesProof(reader, references).ProveAsync(), ct));
        try
        {
            await checks;
            return (await all) with { Faults = faults.All };
        }
        catch (Exception e) when (e is (DatabaseException and not (DatabaseLostException or DatabaseBusyException)) or ArgumentException or FormatException
            or OverflowException)
        {
            // A value that Florin never writes, and so cannot read.
            book.Unreadable.Add($"The book cannot be read to its end: {e.Message}");
            if (isSqlite) await Beside(reader => new FileCheck(reader, book.Unreadable, ct).ProveThoroughlyAsync(), ct);
            return new LedgerProof(0, 0, 0, [], faults.All);
        }

        Task<TransactionsProof> ShareAsync(SettledTransactions settled, AccountSums accounts) => Beside(
            async reader =>
            {
                var proof = new TransactionsProof(reader, accounts, isSqlite ? key : null, shared, proved.Add, ct);
                await settled.ProveAsync(proof);
                return proof;
            },
            ct);
    }

    public async Task<IReadOnlyList<LedgerHead>> HeadsAsync(CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"""
             SELECT shard, height, last_seq, head FROM ledger_blocks b
              WHERE height = (SELECT MAX(height) FROM ledger_blocks l WHERE l.shard = b.shard) ORDER BY shard
             """,
            row => new LedgerHead(new ShardId((short)row.Int64(0)), row.Int64(1), row.Int64(2), Convert.ToHexStringLower(row.Bytes(3)))),
        ct);

    // On SQLite a read runs to its end on the thread that begins it. Each has a thread of its own: the pool begins with one for each
    // core, and so had them read one after the other.
    private Task<T> Beside<T>(Func<ISqlReader, Task<T>> prove, CancellationToken ct) => Task.Factory.StartNew(
        () => database.ReadAsync(reader => PlannedAsync(reader, prove), ct),
        ct,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default).Unwrap();

    private static async Task<T> PlannedAsync<T>(ISqlReader reader, Func<ISqlReader, Task<T>> prove)
    {
        await Plans.AskRowByRowAsync(reader);
        await FileCheck.MapAsync(reader, MostMapped);
        try
        {
            return await prove(reader);
        }
        finally
        {
            await FileCheck.MapAsync(reader, 0);
        }
    }

    private Task<bool> Beside(Func<ISqlReader, Task> prove, CancellationToken ct) => Beside(
        async reader =>
        {
            await prove(reader);
            return true;
        },
        ct);

    /// <summary>Counts what several readers have proved.</summary>
    private sealed class Progress(IProgress<long>? told)
    {
        private long transactions;

        public void Add(int more) => told?.Report(Interlocked.Add(ref transactions, more));
    }

    private sealed class BookFaults(Faults faults)
    {
        public FaultsOfCheck Transactions { get; } = faults.Check();

        public FaultsOfCheck Orphans { get; } = faults.Check();

        public FaultsOfCheck Accounts { get; } = faults.Check();

        public FaultsOfCheck Holds { get; } = faults.Check();

        public FaultsOfCheck Rules { get; } = faults.Check();

        public FaultsOfCheck Totals { get; } = faults.Check();

        public FaultsOfCheck Indexes { get; } = faults.Check();

        public FaultsOfCheck Unreadable { get; } = faults.Check();
    }

    /// <summary>All that must agree with each other at one moment.</summary>
    private sealed class Book(
        ISqlReader reader, Func<SettledTransactions, AccountSums, Task<TransactionsProof>> share, RowKey key, BookFaults faults, Progress progress, CancellationToken ct)
    {
        private readonly bool isSqlite = reader.Engine == SqlEngine.Sqlite;

        public async Task<LedgerProof> ProveAsync()
        {
            var accounts = await AccountSums.ReadAsync(reader, key);
            var settled = await SettledTransactions.FindAsync(reader);
            var other = settled.AreWorthTwoReaders ? share(settled, accounts) : null;
            var mine = new TransactionsProof(reader, accounts, isSqlite ? key : null, faults.Transactions, progress.Add, ct);
            var indexes = isSqlite ? new IndexesProof(reader, key, faults.Indexes) : null;
            try
            {
                // PostgreSQL does not let its indexes be read apart from its tables.
                if (indexes is not null) await indexes.ReadAsync();
                await mine.ProveAsync(settled.Since);
                await settled.ProveAsync(mine);
            }
            finally
            {
                // Nobody reads on, or finds faults, once this has ended.
                if (other is not null) await other.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }

            List<TransactionsProof> proofs = other is null ? [mine] : [await other, mine];

            if (indexes is not null) await indexes.ProveAsync(proofs.Select(proof => proof.Indexes!));
            else await ProveAllWereFoundAsync(settled, proofs.Sum(proof => proof.Transactions));
            await ProveNoOrphansAsync(proofs.Sum(proof => proof.Postings));
            var accountsProof = new AccountsProof(reader, SumOf, faults.Accounts, ct);
            await accountsProof.ProveAsync();
            await new HoldsProof(reader, faults.Holds, ct).ProveAsync(proofs.Sum(proof => proof.OfHolds));
            await new RulesProof(reader, faults.Rules).ProveAsync();
            var debits = ProveTotals(proofs);
            return new LedgerProof(proofs.Sum(proof => proof.Transactions), proofs.Sum(proof => proof.Postings), accountsProof.Accounts, debits, []);

            Int128 SumOf(short shard, Guid id)
            {
                var number = accounts.NumberOf(shard, id);
                return proofs.Aggregate(Int128.Zero, (sum, proof) => sum + proof.SumOf(number));
            }
        }

        // Those that are in blocks were found by their ids, and the chain found them by their numbers.
        private async Task ProveAllWereFoundAsync(SettledTransactions settled, long found)
        {
            var stored = await reader.CountAsync($"SELECT CAST(COALESCE(SUM(transactions), 0) AS bigint) FROM ledger_blocks")
                + await reader.CountAsync($"SELECT COUNT(*) FROM ledger_transactions WHERE seq > {settled.Since.After}");
            if (found != stored) faults.Transactions.Add($"By their ids {found} transactions are found, and {stored} in blocks and since the last block.");
        }

        // Postings were read by their transactions, so those that have none were not.
        private async Task ProveNoOrphansAsync(long read)
        {
            // By itself SQLite counts what is in an index, which has its own check.
            var itself = new SqlFragment(isSqlite ? "NOT INDEXED" : "");
            var stored = await reader.CountAsync($"SELECT COUNT(*) FROM ledger_postings {itself}");
            if (stored == read) return;
            var orphans = await reader.QueryAsync(
                $"""
                 SELECT p.transaction_id, p.line FROM ledger_postings p {itself}
                  WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.shard = p.shard AND t.id = p.transaction_id)
                  LIMIT {(long)Faults.MaxPerCheck}
                 """,
                row => (Owner: row.Uuid(0), Line: row.Int64(1)));
            foreach (var (owner, line) in orphans) faults.Orphans.Add($"Posting {line} belongs to transaction {FaultsOfCheck.Show(owner)}, which is not there.");
            if (orphans.Count == 0) faults.Orphans.Add($"There are {stored} postings, and {read} of transactions that are there.");
        }

        private List<Money> ProveTotals(List<TransactionsProof> proofs)
        {
            var debits = new List<Money>();
            foreach (var currency in proofs.SelectMany(proof => proof.Totals).GroupBy(total => total.Key, total => total.Value).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                var debited = currency.Aggregate(Int128.Zero, (sum, total) => sum + total.Debits);
                var credited = currency.Aggregate(Int128.Zero, (sum, total) => sum + total.Credits);
                if (debited != credited) faults.Totals.Add($"All debits in {currency.Key} are {debited} minor units, all credits {credited}.");
                if (!Currency.TryGet(currency.Key, out var known)) continue;

                // A total is shown, not used: where it is beyond what an amount can hold, it is left out.
                if (debited <= long.MaxValue && debited >= long.MinValue) debits.Add(new Money((long)debited, known));
            }

            return debits;
        }
    }
}
