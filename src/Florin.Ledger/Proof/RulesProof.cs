using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves what postings must obey: states of accounts, closed periods, and who closed and reopened them; and the notes on
/// accounts.</summary>
/// <remarks>A period that is not there is missed by its events. Nothing misses the state or the notes of an account that were
/// deleted, nor a period that was deleted together with the event that closed it.</remarks>
internal sealed class RulesProof(ISqlReader reader, FaultsOfCheck faults)
{
    // Of each period how often it was closed, less how often it was reopened and whether it is closed now: none in a sound book.
    private readonly Dictionary<(MerchantScope Scope, long Starts, long Ends), int> closings = [];

    public async Task ProveAsync()
    {
        await ProveStatesAsync();
        await ProveNotesAsync();
        await ProvePeriodsAsync();
        await ProvePeriodEventsAsync();
        foreach (var ((scope, starts, ends), count) in closings)
        {
            if (count > 0) faults.Add($"The period of {scope} from {starts} to {ends} was closed and not reopened, and is not closed.");
            if (count < 0) faults.Add($"The period of {scope} from {starts} to {ends} is closed, or was reopened, and nothing says who closed it.");
        }
    }

    private void Count(MerchantScope scope, long starts, long ends, int closed) =>
        closings[(scope, starts, ends)] = closings.GetValueOrDefault((scope, starts, ends)) + closed;

    private ValueTask ProveNotesAsync() => reader.EachAsync(
        $"SELECT shard, account_id, metadata, digest FROM ledger_account_notes ORDER BY shard, account_id",
        row =>
        {
            if (row.Span(3).SequenceEqual(Digests.OfAccountNotes((short)row.Int64(0), row.Uuid(1), row.TextOrNull(2)))) return;
            faults.Add($"The notes on account {FaultsOfCheck.ShowAccount(row.Uuid(1))} are not as they were made: their digest differs.");
        });

    private ValueTask ProveStatesAsync() => reader.EachAsync(
        $"SELECT shard, account_id, state, changed_at_ms, digest FROM ledger_account_states ORDER BY shard, account_id",
        row =>
        {
            var wanted = Digests.OfAccountState((short)row.Int64(0), row.Uuid(1), row.Text(2), row.Int64(3));
            if (row.Span(4).SequenceEqual(wanted)) return;
            faults.Add($"The state of account {FaultsOfCheck.ShowAccount(row.Uuid(1))} is not as it was set: its digest differs.");
        });

    private ValueTask ProvePeriodsAsync() => reader.EachAsync(
        $"""
         SELECT shard, merchant, is_live, starts_at_ms, ends_at_ms, closed_at_ms, digest
           FROM ledger_closed_periods ORDER BY shard, merchant, is_live, starts_at_ms
         """,
        row =>
        {
            var scope = new MerchantScope(row.Id<MerchantId>(1), row.Bool(2));
            Count(scope, row.Int64(3), row.Int64(4), -1);
            var wanted = Digests.OfPeriod((short)row.Int64(0), row.Uuid(1), row.Bool(2), row.Int64(3), row.Int64(4), row.Int64(5));
            if (row.Span(6).SequenceEqual(wanted)) return;
            faults.Add($"The closed period of {scope} from {row.Int64(3)} is not as it was closed: its digest differs.");
        });

    private ValueTask ProvePeriodEventsAsync() => reader.EachAsync(
        $"""
         SELECT shard, id, merchant, is_live, action, starts_at_ms, ends_at_ms, actor, reason, recorded_at_ms, digest
           FROM ledger_period_events ORDER BY shard, id
         """,
        row =>
        {
            Count(new MerchantScope(row.Id<MerchantId>(2), row.Bool(3)), row.Int64(5), row.Int64(6), row.Text(4) == "closed" ? 1 : -1);
            var wanted = Digests.OfPeriodEvent(
                (short)row.Int64(0), row.Uuid(1), row.Uuid(2), row.Bool(3), row.Text(4), row.Int64(5), row.Int64(6), row.Text(7), row.Text(8), row.Int64(9));
            if (!row.Span(10).SequenceEqual(wanted)) faults.Add($"Period event {row.Uuid(1):N} is not as it was recorded: its digest differs.");
        });
}
