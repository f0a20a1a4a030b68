using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves the book: reads every row and adds everything up anew.</summary>
/// <remarks>
/// What must be seen at one moment is read from one snapshot: postings, accounts and what they add up to. The older half of the
/// transactions is read beside it by a second reader: all of them are in blocks, before which nothing can appear, so they are
/// the same in its snapshot. The chain is proved within itself by a third; a fourth checks SQLite's file, or the references on PostgreSQL.
/// Memory holds a page of each table, a sum per currency and account, and a head per shard, however many transactions there are.
/// </remarks>
internal sealed class LedgerProver(IDatabase database, RandomSource random)
{
    public async Task<LedgerProof> ProveAsync(IReadOnlyList<LedgerHead> expected, IProgress<long>? progress, CancellationToken ct)
    {
        var faults = new Faults();
        var (older, book, references, chains, file) = (faults.Check(), new BookFaults(faults), faults.Check(), faults.Check(), faults.Check());
        var proved = new Progress(progress);
        RowKey? key = database.Engine == SqlEngine.Sqlite ? RowKey.Draw(random) : null;
        var all = Beside(reader => new Book(reader, OlderAsync, key, book, proved, ct).ProveAsync(), ct);
        var checks = Task.WhenAll(
            all,
            Beside(reader => new ChainsProof(reader, expected, chains, ct).ProveAsync(), ct),
            key is null ? Task.CompletedTask : Beside(reader => new FileCheck(reader, file, ct).ProveAsync(), ct),
            key is null ? Beside(reader => new ReferencesProof(reader, references).ProveAsync(), ct) : Task.CompletedTask);
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
            if (key is not null) await Beside(reader => new FileCheck(reader, book.Unreadable, ct).ProveThoroughlyAsync(), ct);
            return new LedgerProof(0, 0, 0, [], faults.All);
        }

        Task<TransactionsProof> OlderAsync(AccountSums accounts, long until) => Beside(
            async reader =>
            {
                var proof = new TransactionsProof(reader, accounts, key, older, proved.Add, ct);
                await proof.ProveAsync(after: long.MinValue, until);
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
        return await prove(reader);
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
    /// <param name="key">Null on PostgreSQL, which does not let its indexes be read apart from its tables.</param>
    private sealed class Book(
        ISqlReader reader, Func<AccountSums, long, Task<TransactionsProof>> older, RowKey? key, BookFaults faults, Progress progress, CancellationToken ct)
    {
        public async Task<LedgerProof> ProveAsync()
        {
            var accounts = await AccountSums.ReadAsync(reader);
            var middle = await MiddleAsync();
            var first = middle is { } until ? older(accounts, until) : null;
            var second = new TransactionsProof(reader, accounts, key, faults.Transactions, progress.Add, ct);
            var indexes = key is { } known ? new IndexesProof(reader, known, faults.Indexes) : null;
            try
            {
                await second.ProveAsync(middle ?? long.MinValue, long.MaxValue);
                if (indexes is not null) await indexes.ReadAsync();
            }
            finally
            {
                // Nobody reads on, or finds faults, once this has ended.
                if (first is not null) await first.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }

            List<TransactionsProof> halves = first is null ? [second] : [await first, second];

            if (indexes is not null) await indexes.ProveAsync(halves.Select(half => half.Indexes!));
            await ProveNoOrphansAsync(halves.Sum(half => half.Postings));
            var accountsProof = new AccountsProof(reader, SumOf, faults.Accounts, ct);
            await accountsProof.ProveAsync();
            await new HoldsProof(reader, faults.Holds, ct).ProveAsync(halves.Sum(half => half.OfHolds));
            await new RulesProof(reader, faults.Rules).ProveAsync();
            var debits = ProveTotals(halves);
            return new LedgerProof(halves.Sum(half => half.Transactions), halves.Sum(half => half.Postings), accountsProof.Accounts, debits, []);

            Int128 SumOf(short shard, Guid id)
            {
                var number = accounts.NumberOf(shard, id);
                return halves.Aggregate(Int128.Zero, (sum, half) => sum + half.SumOf(number));
            }
        }

        // Up to the last block nothing can appear any more. A small book is not worth two readers. Whoever reads the indexes too reads
        // less of the rest.
        private async ValueTask<long?> MiddleAsync()
        {
            var first = await reader.CountAsync($"SELECT COALESCE(MIN(seq), 0) FROM ledger_transactions");
            var last = await reader.CountAsync($"SELECT COALESCE(MAX(seq), 0) FROM ledger_transactions");
            var middle = Math.Min(first + ((last - first) * (key is null ? 5 : 7) / 10), await Blocks.LastSeqAsync(reader));
            return middle - first < TransactionsProof.PageSize ? null : middle;
        }

        // Postings were read by their transactions, so those that have none were not.
        private async Task ProveNoOrphansAsync(long read)
        {
            // By itself SQLite counts what is in an index, which has its own check.
            var itself = new SqlFragment(reader.Engine == SqlEngine.Sqlite ? "NOT INDEXED" : "");
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

        private List<Money> ProveTotals(List<TransactionsProof> halves)
        {
            var debits = new List<Money>();
            foreach (var currency in halves.SelectMany(half => half.Totals).GroupBy(total => total.Key, total => total.Value).OrderBy(group => group.Key, StringComparer.Ordinal))
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
