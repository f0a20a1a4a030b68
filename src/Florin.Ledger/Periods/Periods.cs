using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Closes periods to effective dates, and opens them again; each is written down with who and why.</summary>
internal sealed class Periods(IDatabase database, IdSource ids, TimeProvider time)
{
    public Task<Result<ClosedPeriod>> CloseAsync(
        MerchantScope scope, DateTimeOffset starts, DateTimeOffset ends, string actor, string reason, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = time.GetUtcNow();
            if (starts >= ends || ends > now) return LedgerRefusals.BadPeriod;
            await PostingsUnderWay.WaitAsync(tx);
            var overlapping = await tx.QueryAsync(
                $"""
                 SELECT starts_at_ms, ends_at_ms FROM ledger_closed_periods
                  WHERE {Of(scope)} AND starts_at_ms < {ends} AND ends_at_ms > {starts}
                 """,
                row => new ClosedPeriod(scope, row.Instant(0), row.Instant(1)));
            var period = new ClosedPeriod(scope, Millisecond(starts), Millisecond(ends));
            if (overlapping.Contains(period)) return period;
            if (overlapping.Count > 0) return LedgerRefusals.PeriodsOverlap(overlapping[0]);
            var digest = Digests.OfPeriod(
                scope.Shard.Value,
                scope.Merchant.Value,
                scope.IsLive,
                starts.ToUnixTimeMilliseconds(),
                ends.ToUnixTimeMilliseconds(),
                now.ToUnixTimeMilliseconds());
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO ledger_closed_periods (shard, merchant, is_live, starts_at_ms, ends_at_ms, closed_at_ms, digest)
                 VALUES ({scope.Shard}, {scope.Merchant}, {scope.IsLive}, {starts}, {ends}, {now}, {digest})
                 """);
            await WriteDownAsync(tx, "closed", period, actor, reason);
            return (Result<ClosedPeriod>)period;
        },
        ct);

    public Task<Result<ClosedPeriod>> ReopenAsync(
        MerchantScope scope, DateTimeOffset starts, string actor, string reason, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var found = await tx.QueryAsync(
                $"DELETE FROM ledger_closed_periods WHERE {Of(scope)} AND starts_at_ms = {starts} RETURNING starts_at_ms, ends_at_ms",
                row => new ClosedPeriod(scope, row.Instant(0), row.Instant(1)));
            if (found.Count == 0) return LedgerRefusals.NoPeriod(starts);
            await WriteDownAsync(tx, "reopened", found[0], actor, reason);
            return (Result<ClosedPeriod>)found[0];
        },
        ct);

    public async Task<IReadOnlyList<PeriodEvent>> EventsAsync(MerchantScope scope, CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"""
             SELECT action, starts_at_ms, ends_at_ms, actor, reason, recorded_at_ms FROM ledger_period_events WHERE {Of(scope)} ORDER BY id
             """,
            row => new PeriodEvent(
                row.Text(0) == "closed", new ClosedPeriod(scope, row.Instant(1), row.Instant(2)), row.Text(3), row.Text(4), row.Instant(5))),
        ct);

    private static Sql Of(MerchantScope scope) => $"shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}";

    private static DateTimeOffset Millisecond(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private async ValueTask WriteDownAsync(ITransaction tx, string action, ClosedPeriod period, string actor, string reason)
    {
        var (scope, starts, ends) = period;
        var (id, now) = (ids.NewValue(scope.Shard), time.GetUtcNow());
        var digest = Digests.OfPeriodEvent(
            scope.Shard.Value,
            id,
            scope.Merchant.Value,
            scope.IsLive,
            action,
            starts.ToUnixTimeMilliseconds(),
            ends.ToUnixTimeMilliseconds(),
            actor,
            reason,
            now.ToUnixTimeMilliseconds());
        await tx.EnqueueAsync(
            $"""
             INSERT INTO ledger_period_events
                    (shard, id, merchant, is_live, action, starts_at_ms, ends_at_ms, actor, reason, recorded_at_ms, digest)
             VALUES ({scope.Shard}, {id}, {scope.Merchant}, {scope.IsLive}, {action}, {starts}, {ends}, {actor}, {reason}, {now}, {digest})
             """);
    }
}
