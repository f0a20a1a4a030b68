using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Closes periods to effective dates, and opens them again; each is written down with who and why.</summary>
internal sealed class Periods(IDatabase database, IdSource ids, TimeProvider time)
{
    public async Task<Result<ClosedPeriod>> CloseAsync(
        MerchantScope scope, DateTimeOffset starts, DateTimeOffset ends, string actor, string reason, CancellationToken ct) =>
        (await database.WriteAsync(async tx => await CloseAsync(tx, scope, starts, ends, actor, reason), ct)).Map(closed => closed.Period);

    public async Task<Result<ClosedPeriod>> ReopenAsync(
        MerchantScope scope, DateTimeOffset starts, string actor, string reason, CancellationToken ct) =>
        (await database.WriteAsync(async tx => await ReopenAsync(tx, scope, starts, actor, reason), ct)).Map(reopened => reopened.Period);

    /// <returns>What was written down; for a period that is closed already, what was when it was closed.</returns>
    public async ValueTask<Result<PeriodEvent>> CloseAsync(
        ITransaction tx, MerchantScope scope, DateTimeOffset starts, DateTimeOffset ends, string actor, string reason)
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
        if (overlapping.Contains(period)) return (await EventsAsync(tx, scope)).Last(each => each.IsClosing && each.Period == period);
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
        return await WriteDownAsync(tx, isClosing: true, period, actor, reason);
    }

    public async ValueTask<Result<PeriodEvent>> ReopenAsync(
        ITransaction tx, MerchantScope scope, DateTimeOffset starts, string actor, string reason)
    {
        var found = await tx.QueryAsync(
            $"DELETE FROM ledger_closed_periods WHERE {Of(scope)} AND starts_at_ms = {starts} RETURNING starts_at_ms, ends_at_ms",
            row => new ClosedPeriod(scope, row.Instant(0), row.Instant(1)));
        return found.Count == 0 ? LedgerRefusals.NoPeriod(starts) : await WriteDownAsync(tx, isClosing: false, found[0], actor, reason);
    }

    public async Task<IReadOnlyList<PeriodEvent>> EventsAsync(MerchantScope scope, CancellationToken ct) =>
        await database.ReadAsync(async reader => await EventsAsync(reader, scope), ct);

    private static ValueTask<List<PeriodEvent>> EventsAsync(ISqlReader reader, MerchantScope scope) => reader.QueryAsync(
        $"""
         SELECT action, starts_at_ms, ends_at_ms, actor, reason, recorded_at_ms FROM ledger_period_events WHERE {Of(scope)} ORDER BY id
         """,
        row => new PeriodEvent(
            row.Text(0) == "closed", new ClosedPeriod(scope, row.Instant(1), row.Instant(2)), row.Text(3), row.Text(4), row.Instant(5)));

    private static Sql Of(MerchantScope scope) => $"shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}";

    private static DateTimeOffset Millisecond(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private async ValueTask<PeriodEvent> WriteDownAsync(ITransaction tx, bool isClosing, ClosedPeriod period, string actor, string reason)
    {
        var (scope, starts, ends) = period;
        var action = isClosing ? "closed" : "reopened";
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
        return new PeriodEvent(isClosing, period, actor, reason, Millisecond(now));
    }
}
