using System.Buffers.Binary;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.Routing;

/// <summary>Routes stored payments as other rules would have. Nothing is written, and no gateway is asked.</summary>
/// <remarks>
/// Read in batches, each a snapshot of its own, so that a long period holds nothing up. What is routed is the first attempt of
/// each confirmation; those that followed a decline are a matter of that decline. Gateways count as well: how they were then is
/// not known any more.
/// </remarks>
internal sealed class RoutingSimulator(IDatabase database, ConnectorAccounts accounts, Router router)
{
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(92);

    // An id is made a moment before its row is.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    private const int BatchOfPayments = 500;
    private const int MostPayments = 20_000;
    private const int MostSamples = 100;

    public async Task<Result<RoutingSimulation>> RunAsync(MerchantScope scope, RoutingVersion version, RoutingPeriod period, CancellationToken ct)
    {
        if (period.Before <= period.From || period.Before - period.From > LongestPeriod) return RoutingRefusals.PeriodInvalid;
        var rules = Router.Ready(version);
        var rows = await accounts.OfAsync(scope, ct);
        var (confirmations, changed, unroutable, looked) = (0L, 0L, 0L, 0);
        var sample = new List<RoutingChange>();
        var shares = new SortedDictionary<string, (long Was, long WouldBe)>(StringComparer.Ordinal);
        var after = period.After;
        var isDone = false;
        while (!isDone && looked < MostPayments)
        {
            var payments = await database.ReadAsync(async reader => await BatchAsync(reader, scope, period, after), ct);
            isDone = payments.Count < BatchOfPayments;
            looked += payments.Count;
            if (payments.Count > 0) after = payments[^1];
            foreach (var stored in await database.ReadAsync(async reader => await ConfirmationsAsync(reader, scope, payments), ct))
            {
                confirmations++;
                var metadata = stored.Facts.Metadata.Where(pair => rules.Document.AsksFor(pair.Key)).ToDictionary();
                var chain = new AttemptChain(stored.Attempt, stored.Attempt, Follows: null, Tried: new HashSet<ConnectorAccountId>(), IsAuthenticated: false);
                var route = router.Choose(rules, rows, stored.Facts with { Metadata = metadata }, stored.PaymentIntent, chain, countAllAsWell: true);
                var to = route?.Account.Connector;
                Count(shares, stored.Connector, was: 1, wouldBe: 0);
                if (to is not null) Count(shares, to, was: 0, wouldBe: 1);
                if (to == stored.Connector) continue;
                changed++;
                if (to is null) unroutable++;
                if (sample.Count == MostSamples) continue;
                sample.Add(new RoutingChange(stored.PaymentIntent, stored.Attempt, stored.Facts.Amount!.Value, stored.Connector, to, route?.Decision.Rule));
            }
        }

        return new RoutingSimulation(
            version,
            period,
            confirmations,
            changed,
            unroutable,
            sample,
            [.. shares.Select(share => new RoutingShare(share.Key, share.Value.Was, share.Value.WouldBe))],
            isDone ? null : after);
    }

    private static void Count(SortedDictionary<string, (long Was, long WouldBe)> shares, string connector, int was, int wouldBe)
    {
        var share = shares.GetValueOrDefault(connector);
        shares[connector] = (share.Was + was, share.WouldBe + wouldBe);
    }

    private static ValueTask<List<PaymentIntentId>> BatchAsync(ISqlReader reader, MerchantScope scope, RoutingPeriod period, PaymentIntentId? after)
    {
        // Ids begin with the time, and lie in the index: what is older is not read at all.
        var (least, most) = (IdOf(period.From - ClockSlack), IdOf(period.Before + ClockSlack));
        Sql sql = $"SELECT id FROM payment_intents WHERE {Rows.Of(scope)}";
        sql.Append($" AND id >= {least} AND id < {most}");
        sql.Append($" AND created_at_ms >= {period.From} AND created_at_ms < {period.Before}");
        if (after is { } known) sql.Append($" AND id > {known}");
        sql.Append($" ORDER BY id LIMIT {(long)BatchOfPayments}");
        return reader.QueryAsync(sql, row => row.Id<PaymentIntentId>(0));
    }

    // The first 48 bits of a UUIDv7 are unix milliseconds (RFC 9562 section 5.7).
    private static Guid IdOf(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(1, instant.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private static async ValueTask<List<StoredConfirmation>> ConfirmationsAsync(ISqlReader reader, MerchantScope scope, List<PaymentIntentId> payments)
    {
        if (payments.Count == 0) return [];

        // The ends of the batch in place of its ids: a statement has a bounded number of parameters.
        return await reader.QueryAsync(
            $"""
             SELECT a.id, a.payment_intent_id, a.connector, a.amount_minor, a.currency, a.sent_at_ms, m.brand, m.bin, i.customer_id, i.metadata,
                    i.capture_method, i.connector, m.country
               FROM payment_intents i
               JOIN payment_attempts a ON a.shard = i.shard AND a.payment_intent_id = i.id AND a.follows_id IS NULL
               JOIN payment_methods m ON m.shard = a.shard AND m.id = a.payment_method_id
              WHERE i.shard = {scope.Shard} AND i.merchant_id = {scope.Merchant} AND i.live = {scope.IsLive}
                AND i.id >= {payments[0]} AND i.id <= {payments[^1]}
              ORDER BY a.id
             """,
            row => new StoredConfirmation(
                row.Id<PaymentAttemptId>(0),
                row.Id<PaymentIntentId>(1),
                row.Text(2),
                new RoutingFacts(
                    row.Money(3, 4),
                    RoutingFacts.CardMethod,
                    Words<CardBrand>.Parse(row.Text(6)),
                    row.Text(7),
                    row.TextOrNull(12),
                    row.IdOrNull<CustomerId>(8),
                    Documents.ReadMetadata(row.Text(9)),
                    Words<CaptureMethod>.Parse(row.Text(10)),
                    row.TextOrNull(11),
                    row.Instant(5))));
    }

    private sealed record StoredConfirmation(PaymentAttemptId Attempt, PaymentIntentId PaymentIntent, string Connector, RoutingFacts Facts);
}
