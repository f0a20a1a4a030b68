using System.Globalization;
using System.Text.Json;
using Florin.Crash.Buyers;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Crash.Books;

/// <summary>Reads both books as they stand.</summary>
internal static class BookReading
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>With SQL of its own, so that a mistake of Florin's in reading does not hide one in writing.</summary>
    public static Task<FlorinBooks> ReadAsync(IDatabase database, TimeProvider time) => database.ReadAsync(
        async reader => new FlorinBooks(
            await reader.QueryAsync(
                $"SELECT id, currency, amount_minor, status, received_minor FROM payment_intents",
                row => new IntentRow(Id("pi_", row.Uuid(0)), OrderOf(row.Text(1), row.Int64(2)), row.Text(3), row.Int64(4))),
            await reader.QueryAsync(
                $"SELECT id, payment_intent_id, connector, state FROM payment_attempts",
                row => new AttemptRow(Id("pa_", row.Uuid(0)), Id("pi_", row.Uuid(1)), row.Text(2), row.Text(3))),
            await reader.QueryAsync(
                $"SELECT id, payment_intent_id, attempt_id, connector, currency, status, amount_minor, captured_minor, refunded_minor FROM charges",
                row => new ChargeRow(
                    Id("ch_", row.Uuid(0)), Id("pi_", row.Uuid(1)), Id("pa_", row.Uuid(2)), row.Text(3), row.Text(4).ToLowerInvariant(), row.Text(5),
                    row.Int64(6), row.Int64(7), row.Int64(8))),
            [
                .. await reader.QueryAsync(
                    $"SELECT id, charge_id, kind, state, amount_minor FROM charge_operations",
                    row => new OperationRow(Id("co_", row.Uuid(0)), Id("ch_", row.Uuid(1)), row.Text(2), row.Text(3), row.Int64(4))),
                .. await reader.QueryAsync(
                    $"SELECT id, charge_id, state, amount_minor FROM refunds",
                    row => new OperationRow(Id("re_", row.Uuid(0)), Id("ch_", row.Uuid(1)), "refund", row.Text(2), row.Int64(3))),
            ],
            await reader.QueryAsync(
                $"""
                 SELECT t.reference, a.code, p.currency, SUM(p.side * p.amount_minor)
                   FROM ledger_postings p
                   JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id
                   JOIN ledger_transactions t ON t.shard = p.shard AND t.id = p.transaction_id
                  WHERE a.code LIKE 'gateway_receivable:%'
                  GROUP BY t.reference, a.code, p.currency
                 """,
                row => new ReceivableRow(row.Text(0), row.Text(1), row.Text(2).ToLowerInvariant(), row.Int64(3))),
            await reader.QueryAsync(
                $"""
                 SELECT e.id, e.type, e.subject, d.state
                   FROM events e LEFT JOIN webhook_deliveries d ON d.shard = e.shard AND d.event_id = e.id
                 """,
                row => new EventRow(Id("evt_", row.Uuid(0)), row.Text(1), row.Uuid(2).ToString("N"), row.IsNull(3) ? null : row.Text(3))),
            await reader.QueryAsync(
                $"SELECT kind, key, state, run_at_ms <= {time.GetUtcNow()} FROM jobs",
                row => new JobRow(row.Text(0), row.Text(1), row.Text(2), row.Bool(3)))),
        CancellationToken.None);

    public static async Task<AcquirerBooks> ReadAsync(HttpClient http, Uri sandbox) => new(
        await PagesAsync<BookedPayment>(http, new Uri(sandbox, "payments.json")),
        await PagesAsync<BookedOperation>(http, new Uri(sandbox, "book.json")));

    private static async Task<List<T>> PagesAsync<T>(HttpClient http, Uri address)
    {
        var all = new List<T>();
        var before = "";
        while (true)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{address}?limit=1000{before}")));
            all.AddRange(page.RootElement.GetProperty("data").Deserialize<List<T>>(Json)!.Select(Normal));
            var next = page.RootElement.GetProperty("next");
            if (next.ValueKind == JsonValueKind.Null) return all;
            before = "&before=" + next.GetInt64().ToString(CultureInfo.InvariantCulture);
        }
    }

    // The books write currencies as ISO 4217 does.
    private static T Normal<T>(T row) => row switch
    {
        BookedPayment payment => (T)(object)(payment with { Currency = payment.Currency.ToLowerInvariant() }),
        BookedOperation operation => (T)(object)(operation with { Currency = operation.Currency.ToLowerInvariant() }),
        _ => row,
    };

    private static Order OrderOf(string currency, long amount) => new(currency.ToLowerInvariant(), amount);

    private static string Id(string prefix, Guid value) => prefix + value.ToString("N");
}
