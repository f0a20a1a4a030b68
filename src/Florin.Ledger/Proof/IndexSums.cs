using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>What the indexes of transactions and postings must hold, added up while the tables are read.</summary>
internal sealed class IndexSums(RowKey key)
{
    public RowSum Ids { get; } = new(key);

    public RowSum References { get; } = new(key);

    public RowSum Subjects { get; } = new(key);

    /// <summary>Only of those transactions that undo another.</summary>
    public RowSum Reversals { get; } = new(key);

    public RowSum Postings { get; } = new(key);

    public void AddTransaction(long seq, long shard, Guid id, ReadOnlySpan<byte> reference, Guid subject)
    {
        Ids.Add(Ids.Begin().Add(shard).Add(id).Add(seq));
        References.Add(References.Begin().Add(shard).Add(reference).Add(seq));
        Subjects.Add(Subjects.Begin().Add(shard).Add(subject).Add(seq));
    }

    public void AddReversal(long seq, long shard, Guid corrects) => Reversals.Add(Reversals.Begin().Add(shard).Add(corrects).Add(seq));

    public void AddPosting(long epoch, long shard, Guid account, Guid transaction, long line, long side, long amountMinor) =>
        Postings.Add(Postings.Begin().Add(epoch).Add(shard).Add(account).Add(transaction).Add(line).Add(side).Add(amountMinor));

    public void Add(IndexSums other)
    {
        Ids.Add(other.Ids);
        References.Add(other.References);
        Subjects.Add(other.Subjects);
        Reversals.Add(other.Reversals);
        Postings.Add(other.Postings);
    }
}
