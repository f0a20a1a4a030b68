using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Settlements;

/// <summary>One operation of a day as the acquirer settles it. A capture pays the merchant; refunds and chargebacks take back.</summary>
/// <param name="Key">The merchant's own key of the operation.</param>
/// <param name="Gross">Minor units, never negative; so are fee and net.</param>
internal sealed record SettlementRow(
    string Reference, string Key, string Payment, string Kind, string Currency, long Gross, long Fee, long Net, DateTimeOffset BookedAt);

/// <summary>What a day comes to in one currency: captures less refunds and chargebacks, so a sum may be negative.</summary>
internal sealed record SettlementTotal(string Currency, int Operations, long Gross, long Fee, long Net);

internal sealed record SettlementReport(string Acquirer, string Date, IReadOnlyList<SettlementTotal> Totals, IReadOnlyList<SettlementRow> Operations);

/// <summary>Each acquirer's report of one day (UTC) by when an operation was received, as JSON and as CSV (RFC 4180).</summary>
internal sealed class SettlementReports(Book book, Faults faults)
{
    // Of what is captured, in basis points, rounded half up to the minor unit; nothing is returned with a refund.
    private static readonly Dictionary<string, (string Credential, int FeeBasisPoints)> Terms = new()
    {
        [AcquirerNames.Aurora] = (SandboxCredentials.AuroraApiKey, 140),
        [AcquirerNames.Hangang] = (SandboxCredentials.HangangMerchantKey, 110),
        [AcquirerNames.Castellan] = (SandboxCredentials.CastellanSigningKey, 90),
    };

    public void Map(IEndpointRouteBuilder app)
    {
        foreach (var acquirer in AcquirerNames.All)
        {
            app.MapGet($"/{acquirer}/settlements/{{date}}.json", context => AnswerAsync(context, acquirer, isCsv: false));
            app.MapGet($"/{acquirer}/settlements/{{date}}.csv", context => AnswerAsync(context, acquirer, isCsv: true));
        }
    }

    private async Task AnswerAsync(HttpContext context, string acquirer, bool isCsv)
    {
        var response = context.Response;
        var expected = Encoding.UTF8.GetBytes("Bearer " + Terms[acquirer].Credential);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()), expected))
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var date = (string)context.Request.RouteValues["date"]!;
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var report = Report(acquirer, day);
        response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/json";
        if (isCsv) await response.WriteAsync(Csv(report), context.RequestAborted);
        else await JsonSerializer.SerializeAsync(response.Body, report, SettlementJson.Default.SettlementReport, context.RequestAborted);
    }

    private SettlementReport Report(string acquirer, DateOnly day)
    {
        var rows = book.Settled(acquirer, day, FeeOf(acquirer));
        Falsify(rows, acquirer, day);
        var totals = rows.GroupBy(row => row.Currency).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new SettlementTotal(
            group.Key, group.Count(), group.Sum(row => Signed(row, row.Gross)), group.Sum(row => Signed(row, row.Fee)), group.Sum(row => Signed(row, row.Net))));
        return new SettlementReport(acquirer, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), [.. totals], rows);
    }

    private static Func<long, long> FeeOf(string acquirer) => gross => ((gross * Terms[acquirer].FeeBasisPoints) + 5_000) / 10_000;

    private static long Signed(SettlementRow row, long amount) => row.Kind == "capture" ? amount : -amount;

    private void Falsify(List<SettlementRow> rows, string acquirer, DateOnly day)
    {
        if (rows.Count == 0) return;
        switch (faults.Take(acquirer, operation: "", FaultMoment.Settled)?.Kind)
        {
            case FaultKind.SettlementAmount:
                rows[0] = rows[0] with { Gross = rows[0].Gross + 1, Net = rows[0].Net + 1 };
                break;
            case FaultKind.SettlementMissing:
                rows.RemoveAt(0);
                break;
            case FaultKind.SettlementExtra:
                var noon = new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero);
                rows.Add(rows[0] with { Reference = rows[0].Reference[..3] + "unheard_of", Key = "unheard_of", Payment = rows[0].Reference[..3] + "unheard_of", BookedAt = noon });
                break;
        }
    }

    // Keys are the merchant's words, so they are quoted; nothing else holds a comma or a quote.
    private static string Csv(SettlementReport report)
    {
        var text = new StringBuilder("reference,key,payment,kind,currency,gross,fee,net,booked_at\r\n");
        foreach (var row in report.Operations)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Reference},\"{row.Key.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{row.Payment},{row.Kind},{row.Currency},{row.Gross},{row.Fee},{row.Net},{row.BookedAt:yyyy-MM-ddTHH:mm:ssZ}\r\n");
        }

        return text.ToString();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SettlementReport))]
internal sealed partial class SettlementJson : JsonSerializerContext;
