using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves that holds, their lines and their ends are as they were recorded and fit each other.</summary>
internal sealed class HoldsProof(ISqlReader reader, FaultsOfCheck faults, CancellationToken ct)
{
    private readonly Digest digest = new();
    private readonly byte[] made = new byte[Digest.Size];

    private sealed record HoldRow(DigestedHeader Header, long? LapsesAtMs, byte[] Digest)
    {
        public (short Shard, Guid Id) Key => (Header.Shard, Header.Id);
    }

    private sealed record LineRow(short Shard, Guid Hold, long Line, Guid Account, long Side, long AmountMinor, string Currency)
    {
        public (short Shard, Guid Id) Key => (Shard, Hold);
    }

    private sealed record EndRow(
        short Shard, Guid Hold, string Outcome, Guid? Transaction, long EndedAtMs, byte[] Digest, bool HasHold, bool HasTransaction);

    private long posted;

    /// <param name="transactions">How many transactions name a hold that they were posted of.</param>
    public async Task ProveAsync(long transactions)
    {
        await ProveHoldsAsync();
        await ProveEndsAsync();
        if (posted != transactions) await FaultTransactionsWithoutEndAsync();
    }

    // Holds and their lines come in the same order, so they are read side by side like two decks of cards.
    private async Task ProveHoldsAsync()
    {
        var holds = new Pages<HoldRow>(HoldsAfterAsync, ct);
        var lines = new Pages<LineRow>(LinesAfterAsync, ct);
        while (await holds.NextAsync() is { } hold)
        {
            digest.BeginHold(hold.Header, hold.LapsesAtMs);
            while (await lines.PeekAsync() is { } line && line.Key.CompareTo(hold.Key) <= 0)
            {
                await lines.NextAsync();
                if (line.Key != hold.Key) FaultLineWithoutHold(line);
                else digest.AddLine(line.Line, line.Account, line.Side, line.AmountMinor, line.Currency);
            }

            digest.Finish(made);
            if (!made.AsSpan().SequenceEqual(hold.Digest))
            {
                faults.Add($"Hold {new LedgerHoldId(hold.Header.Id)} or a line of it is not as it was recorded: its digest differs.");
            }
        }

        while (await lines.NextAsync() is { } line) FaultLineWithoutHold(line);
    }

    private void FaultLineWithoutHold(LineRow line) =>
        faults.Add($"Line {line.Line} belongs to hold {new LedgerHoldId(line.Hold)}, which is not there.");

    private async Task ProveEndsAsync()
    {
        var ends = new Pages<EndRow>(EndsAfterAsync, ct);
        while (await ends.NextAsync() is { } end)
        {
            var where = $"The end of hold {new LedgerHoldId(end.Hold)}";
            if (!Digests.OfHoldEnd(end.Shard, end.Hold, end.Outcome, end.Transaction, end.EndedAtMs).AsSpan().SequenceEqual(end.Digest))
            {
                faults.Add($"{where} is not as it was recorded: its digest differs.");
            }

            if (end.HasTransaction) posted++;
            if (!end.HasHold) faults.Add($"{where} has no hold.");
            if ((end.Outcome == "posted") != end.HasTransaction) faults.Add($"{where} does not fit the transactions that name it.");
        }
    }

    // Without its end a hold would count as open, and could be posted once more.
    private async Task FaultTransactionsWithoutEndAsync()
    {
        var found = await reader.QueryAsync(
            $"""
             SELECT t.id, t.hold FROM ledger_transactions t
              WHERE t.hold IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM ledger_hold_ends e WHERE e.shard = t.shard AND e.hold_id = t.hold AND e.transaction_id = t.id)
              LIMIT {(long)Faults.MaxPerCheck}
             """,
            row => (Transaction: row.Uuid(0), Hold: row.Uuid(1)));
        foreach (var (transaction, hold) in found)
        {
            faults.Add($"Transaction {FaultsOfCheck.Show(transaction)} was posted of hold {new LedgerHoldId(hold)}, which has no such end.");
        }
    }

    private ValueTask<List<HoldRow>> HoldsAfterAsync(HoldRow? last) => reader.QueryAsync(
        $"""
         SELECT shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms, metadata, lapses_at_ms, digest
           FROM ledger_holds
          WHERE (shard, id) > ({(long)(last?.Header.Shard ?? -1)}, {last?.Header.Id ?? Guid.Empty})
          ORDER BY shard, id LIMIT {(long)Pages<HoldRow>.Size}
         """,
        row => new HoldRow(
            new DigestedHeader(
                (short)row.Int64(0), row.Uuid(1), row.Uuid(2), row.Bool(3), row.Text(4), row.Text(5), row.Uuid(6), row.Int64(7), row.Int64(8), row.TextOrNull(9)),
            row.Int64OrNull(10),
            row.Bytes(11)));

    private ValueTask<List<LineRow>> LinesAfterAsync(LineRow? last) => reader.QueryAsync(
        $"""
         SELECT shard, hold_id, line, account_id, side, amount_minor, currency FROM ledger_hold_lines
          WHERE (shard, hold_id, line) > ({(long)(last?.Shard ?? -1)}, {last?.Hold ?? Guid.Empty}, {last?.Line ?? 0})
          ORDER BY shard, hold_id, line LIMIT {(long)Pages<LineRow>.Size}
         """,
        row => new LineRow((short)row.Int64(0), row.Uuid(1), row.Int64(2), row.Uuid(3), row.Int64(4), row.Int64(5), row.Text(6)));

    private ValueTask<List<EndRow>> EndsAfterAsync(EndRow? last) => reader.QueryAsync(
        $"""
         SELECT e.shard, e.hold_id, e.outcome, e.transaction_id, e.ended_at_ms, e.digest,
                EXISTS (SELECT 1 FROM ledger_holds h WHERE h.shard = e.shard AND h.id = e.hold_id),
                EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.shard = e.shard AND t.id = e.transaction_id AND t.hold = e.hold_id)
           FROM ledger_hold_ends e
          WHERE (e.shard, e.hold_id) > ({(long)(last?.Shard ?? -1)}, {last?.Hold ?? Guid.Empty})
          ORDER BY e.shard, e.hold_id LIMIT {(long)Pages<EndRow>.Size}
         """,
        row => new EndRow(
            (short)row.Int64(0),
            row.Uuid(1),
            row.Text(2),
            row.IsNull(3) ? null : row.Uuid(3),
            row.Int64(4),
            row.Bytes(5),
            row.Bool(6),
            row.Bool(7)));
}
