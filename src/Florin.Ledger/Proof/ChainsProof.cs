using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Makes the hash chain of each shard anew and compares it with the blocks and with heads that were exported.</summary>
internal sealed class ChainsProof(ISqlReader reader, IReadOnlyList<LedgerHead> expected, FaultsOfCheck faults, CancellationToken ct)
{
    private const int LinksAtOnce = 50_000;

    private readonly Dictionary<short, Chain> chains = [];
    private readonly Dictionary<(short, long), LedgerHead> wanted = Wanted(expected, faults);

    private sealed record Block(short Shard, long Height, long LastSeq, long Transactions, byte[] Head);

    /// <summary>One shard's chain as it is made anew.</summary>
    private sealed class Chain
    {
        public byte[] Head { get; } = new byte[Digest.Size];

        public long Height { get; set; }

        public long Transactions { get; set; }

        public long FirstSeq { get; set; }

        public long LastSeq { get; set; }

        public bool IsBroken { get; set; }
    }

    // All shards at once in the order of recording; each has its own head, of which there are 4096 at most. What no block holds
    // yet has nothing to be compared with.
    public async Task ProveAsync()
    {
        var blocks = new Pages<Block>(BlocksAfterAsync, ct);
        var last = long.MinValue;
        while (await blocks.PeekAsync() is { } block)
        {
            // A block is behind all of its links, and several of one moment may end with different ones.
            while (last < block.LastSeq)
            {
                ct.ThrowIfCancellationRequested();
                var read = 0;
                await reader.EachAsync(
                    $"""
                     SELECT seq, shard, digest FROM ledger_transactions
                      WHERE seq > {last} AND seq <= {block.LastSeq} ORDER BY seq LIMIT {(long)LinksAtOnce}
                     """,
                    row =>
                    {
                        last = row.Int64(0);
                        read++;
                        Add((short)row.Int64(1), last, row.IsNull(2) ? [] : row.Span(2));
                    });
                if (read < LinksAtOnce) break;
            }

            ProveBlock((await blocks.NextAsync())!);
        }

        foreach (var head in wanted.Values) faults.Add($"The chain of shard {head.Shard} does not reach block {head.Height}, whose head was exported.");
        ProveNothingWasLeftOut();
    }

    // Whoever gathers heads may have gathered one of them twice.
    private static Dictionary<(short, long), LedgerHead> Wanted(IReadOnlyList<LedgerHead> expected, FaultsOfCheck faults)
    {
        var wanted = new Dictionary<(short, long), LedgerHead>();
        foreach (var head in expected)
        {
            if (wanted.TryAdd((head.Shard.Value, head.Height), head) || wanted[(head.Shard.Value, head.Height)] == head) continue;
            faults.Add($"Two heads are given for block {head.Height} of shard {head.Shard}, and they differ.");
        }

        return wanted;
    }

    private void Add(short shard, long seq, ReadOnlySpan<byte> digest)
    {
        if (!chains.TryGetValue(shard, out var chain)) chains.Add(shard, chain = new Chain());
        if (chain.Transactions++ == 0) chain.FirstSeq = seq;
        chain.LastSeq = seq;
        Digest.Link(chain.Head, seq, digest);
    }

    private void ProveBlock(Block block)
    {
        if (!chains.TryGetValue(block.Shard, out var chain)) chains.Add(block.Shard, chain = new Chain());
        var where = $"Block {block.Height} of shard {block.Shard} (transactions {chain.FirstSeq} to {block.LastSeq})";
        if (block.Height != chain.Height + 1) faults.Add($"{where} comes after block {chain.Height}.");
        if (block.Transactions != chain.Transactions) faults.Add($"{where} was made of {block.Transactions} transactions and now has {chain.Transactions}.");

        // Balances begin to add up where the last block ends, so a wrong end would leave postings out.
        if (block.LastSeq != chain.LastSeq) faults.Add($"{where} ends with transaction {chain.LastSeq}, not {block.LastSeq}.");

        // All later heads of a broken chain differ too, which says nothing more.
        if (!chain.IsBroken && !chain.Head.AsSpan().SequenceEqual(block.Head))
        {
            chain.IsBroken = true;
            faults.Add($"{where} does not have the head that its transactions make: one was changed, added, removed or moved.");
        }

        if (wanted.Remove((block.Shard, block.Height), out var head)
            && (head.Seq != block.LastSeq || head.Hash != Convert.ToHexStringLower(chain.Head)))
        {
            faults.Add($"{where} does not have the head that was exported.");
        }

        (chain.Height, chain.Transactions) = (block.Height, 0);
    }

    // Blocks are made of all transactions up to a moment, so one before the last block that is in none was put there since.
    private void ProveNothingWasLeftOut()
    {
        foreach (var (shard, chain) in chains)
        {
            if (chain.Transactions == 0) continue;
            faults.Add($"Shard {shard} has {chain.Transactions} transactions from {chain.FirstSeq} on that its blocks leave out.");
        }
    }

    private ValueTask<List<Block>> BlocksAfterAsync(Block? last) => reader.QueryAsync(
        $"""
         SELECT shard, height, last_seq, transactions, head FROM ledger_blocks
          WHERE (last_seq, shard, height) > ({last?.LastSeq ?? long.MinValue}, {(long)(last?.Shard ?? -1)}, {last?.Height ?? 0})
          ORDER BY last_seq, shard, height LIMIT {(long)Pages<Block>.Size}
         """,
        row => new Block((short)row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Bytes(4)));
}
