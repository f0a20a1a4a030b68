using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves on SQLite that the indexes of transactions and postings hold what the tables hold, in order and once: whoever asks
/// by reference, id or account is answered by them.</summary>
/// <remarks>
/// SQLite's own check looks up every row in every index, which took half of the time of the whole proof. This reads each index from
/// one end to the other and compares sums. Only where they differ is SQLite's own check asked, which names the row.
/// </remarks>
internal sealed class IndexesProof(ISqlReader reader, RowKey key, FaultsOfCheck faults)
{
    private static readonly (string Name, string Table)[] All =
    [
        ("ledger_transactions_id", "ledger_transactions"),
        ("ledger_transactions_reference", "ledger_transactions"),
        ("ledger_transactions_subject", "ledger_transactions"),
        ("ledger_transactions_reversal", "ledger_transactions"),
        ("ledger_postings_of_account", "ledger_postings"),
    ];

    private readonly List<(string Name, string Table)> missing = [];
    private readonly IndexSums indexes = new(key);
    private Guid lastId;
    private Guid lastAccount;
    private byte[] lastText = new byte[256];
    private int lastLength;
    private (long Shard, long Seq) lastShard = (long.MinValue, 0);
    private (long Epoch, long Shard) lastEpoch;
    private long lastLine;
    private bool isInOrder = true;
    private bool areTransactionsSound;
    private bool arePostingsSound;

    /// <summary>Reads all of them, which need not wait for the tables.</summary>
    public async Task ReadAsync()
    {
        var there = await reader.QueryAsync($"SELECT name FROM sqlite_master WHERE type = 'index'", row => row.Text(0));
        missing.AddRange(All.Where(index => !there.Contains(index.Name)));
        if (missing.Count > 0) return;
        await ReadIdsAsync();
        Begin();
        await ReadReferencesAsync();
        Begin();
        await ReadSubjectsAsync();
        Begin();
        await ReadReversalsAsync();
        areTransactionsSound = isInOrder;
        (isInOrder, lastEpoch) = (true, (long.MinValue, 0));
        await ReadPostingsAsync();
        arePostingsSound = isInOrder;

        void Begin() => lastShard = (long.MinValue, 0);
    }

    /// <param name="read">What the tables hold, in parts.</param>
    public async Task ProveAsync(IEnumerable<IndexSums> read)
    {
        foreach (var (name, table) in missing) faults.Add($"{table}: its index {name} is not there.");
        if (missing.Count > 0)
        {
            // Without their index references may be used twice.
            await new ReferencesProof(reader, faults).ProveAsync();
            return;
        }

        var tables = new IndexSums(key);
        foreach (var part in read) tables.Add(part);
        areTransactionsSound &= indexes.Ids.Equals(tables.Ids) && indexes.References.Equals(tables.References) && indexes.Subjects.Equals(tables.Subjects)
            && indexes.Reversals.Equals(tables.Reversals);
        arePostingsSound &= indexes.Postings.Equals(tables.Postings);
        if (!areTransactionsSound) await FaultAsync("ledger_transactions");
        if (!arePostingsSound) await FaultAsync("ledger_postings");
    }

    // The check knows best: a posting without a transaction is in its index and was not read, and is named elsewhere.
    private async Task FaultAsync(string table)
    {
        foreach (var found in await FileCheck.FindAsync(reader, "integrity_check", table)) faults.Add($"{table}: {found}.");
    }

    private ValueTask ReadIdsAsync() => reader.EachAsync(
        $"SELECT shard, id, seq FROM ledger_transactions INDEXED BY ledger_transactions_id ORDER BY shard, id",
        row =>
        {
            var (shard, id, seq) = (row.Int64(0), row.Uuid(1), row.Int64(2));
            isInOrder &= lastShard.Shard < shard || (lastShard.Shard == shard && lastId.CompareTo(id) < 0);
            (lastShard, lastId) = ((shard, seq), id);
            indexes.Ids.Add(indexes.Ids.Begin().Add(shard).Add(id).Add(seq));
        });

    private ValueTask ReadReferencesAsync() => reader.EachAsync(
        $"SELECT shard, reference, seq FROM ledger_transactions INDEXED BY ledger_transactions_reference ORDER BY shard, reference",
        row =>
        {
            var (shard, seq) = (row.Int64(0), row.Int64(2));
            var reference = row.Utf8(1);
            isInOrder &= lastShard.Shard < shard || (lastShard.Shard == shard && lastText.AsSpan(0, lastLength).SequenceCompareTo(reference) < 0);
            if (reference.Length > lastText.Length) lastText = new byte[reference.Length * 2];
            reference.CopyTo(lastText);
            (lastShard, lastLength) = ((shard, seq), reference.Length);
            indexes.References.Add(indexes.References.Begin().Add(shard).Add(reference).Add(seq));
        });

    private ValueTask ReadSubjectsAsync() => reader.EachAsync(
        $"SELECT shard, subject, seq FROM ledger_transactions INDEXED BY ledger_transactions_subject ORDER BY shard, subject",
        row =>
        {
            var (shard, subject, seq) = (row.Int64(0), row.Uuid(1), row.Int64(2));
            OrderById(shard, subject, seq);
            indexes.Subjects.Add(indexes.Subjects.Begin().Add(shard).Add(subject).Add(seq));
        });

    private ValueTask ReadReversalsAsync() => reader.EachAsync(
        $"""
         SELECT shard, corrects, seq FROM ledger_transactions INDEXED BY ledger_transactions_reversal
          WHERE correction = 'reversal' ORDER BY shard, corrects
         """,
        row =>
        {
            var (shard, corrects, seq) = (row.Int64(0), row.IsNull(1) ? Guid.Empty : row.Uuid(1), row.Int64(2));
            OrderById(shard, corrects, seq);
            indexes.AddReversal(seq, shard, corrects);
        });

    // Several may have one subject; then their numbers are in order.
    private void OrderById(long shard, Guid id, long seq)
    {
        var order = lastShard.Shard.CompareTo(shard);
        if (order == 0) order = lastId.CompareTo(id);
        isInOrder &= order < 0 || (order == 0 && lastShard.Seq < seq);
        (lastShard, lastId) = ((shard, seq), id);
    }

    private ValueTask ReadPostingsAsync() => reader.EachAsync(
        $"""
         SELECT epoch, shard, account_id, transaction_id, line, side, amount_minor
           FROM ledger_postings INDEXED BY ledger_postings_of_account ORDER BY epoch, shard, account_id, transaction_id, line
         """,
        row =>
        {
            var (epoch, shard, account, transaction, line) = (row.Int64(0), row.Int64(1), row.Uuid(2), row.Uuid(3), row.Int64(4));
            var order = lastEpoch.CompareTo((epoch, shard));
            if (order == 0) order = lastAccount.CompareTo(account);
            if (order == 0) order = lastId.CompareTo(transaction);
            isInOrder &= order < 0 || (order == 0 && lastLine < line);
            (lastEpoch, lastAccount, lastId, lastLine) = ((epoch, shard), account, transaction, line);
            indexes.AddPosting(epoch, shard, account, transaction, line, row.Int64(5), row.Int64(6));
        });
}
