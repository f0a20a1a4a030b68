using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Florin.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Books;

/// <summary>The book as a page for people and as JSON for tests.</summary>
internal sealed class BookEndpoints(Book book)
{
    private const int PageSize = 100;
    private const int MaxPageSize = 1000;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", ShowAsync);
        app.MapGet("/book.json", context => AnswerAsync(context, book.Operations, BookViewJson.Default.BookPageOperationView));
        app.MapGet("/payments.json", context => AnswerAsync(context, book.Payments, BookViewJson.Default.BookPagePaymentView));
        app.MapGet("/disputes.json", context => AnswerAsync(context, book.Disputes, BookViewJson.Default.BookPageDisputeView));
    }

    private static async Task AnswerAsync<T>(
        HttpContext context, Func<string?, string?, long?, int, BookPage<T>> read, JsonTypeInfo<BookPage<T>> type)
    {
        var (acquirer, key, before) = Filter(context);
        var limit = Number(context, "limit") is { } asked ? (int)Math.Clamp(asked, 1, MaxPageSize) : PageSize;
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, read(acquirer, key, before, limit), type, context.RequestAborted);
    }

    private Task ShowAsync(HttpContext context)
    {
        var (acquirer, key, before) = Filter(context);
        var operations = book.Operations(acquirer, key, before, PageSize);
        var payments = key is null ? [] : book.Payments(acquirer, key, null, PageSize).Data;
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"""
            <body>
            <header class="top"><h1>Sandbox acquirers</h1><p>Every operation that the simulated gateways carried out. No real money, no card numbers.</p></header>
            <form class="filter" method="get">
            <label>Acquirer <select name="acquirer"><option value="">all</option>{string.Concat(AcquirerNames.All.Select(name =>
                $"<option{(name == acquirer ? " selected" : "")}>{name}</option>"))}</select></label>
            <label>Key <input name="key" value="{Html.Encode(key)}" size="44" spellcheck="false"></label>
            <button type="submit">Filter</button>
            <a href="/">Clear</a> <a href="/faults">Faults</a>
            </form>
            """);
        foreach (var dispute in key is null ? [] : book.Disputes(acquirer, key, null, PageSize).Data)
        {
            body.Append(CultureInfo.InvariantCulture, $"""
                <section class="sums"><h2>Dispute {Html.Encode(dispute.Reference)}</h2><dl>
                <div><dt>{dispute.Stage}</dt><dd>{dispute.State.Replace('_', ' ')}</dd></div>
                <div><dt>Reason</dt><dd>{dispute.Reason.Replace('_', ' ')}</dd></div>
                <div><dt>Amount</dt><dd>{Shown(dispute.Amount, dispute.Currency)}</dd></div>
                <div><dt>Answer by</dt><dd>{dispute.DueAt:yyyy-MM-dd HH:mm}</dd></div>
                <div><dt>Answers</dt><dd>{dispute.Responses.Count}</dd></div>
                </dl></section>
                """);
        }

        foreach (var payment in payments)
        {
            body.Append(CultureInfo.InvariantCulture, $"""
                <section class="sums"><h2>{payment.Acquirer} {Html.Encode(payment.Reference)}</h2><dl>
                <div><dt>Authorized</dt><dd>{Shown(payment.Authorized, payment.Currency)}</dd></div>
                <div><dt>Captured</dt><dd>{Shown(payment.Captured, payment.Currency)}</dd></div>
                <div><dt>Refunded</dt><dd>{Shown(payment.Refunded, payment.Currency)}</dd></div>
                <div><dt>Charged back</dt><dd>{Shown(payment.ChargedBack, payment.Currency)}</dd></div>
                <div><dt>Voided</dt><dd>{(payment.Voided ? "yes" : "no")}</dd></div>
                </dl></section>
                """);
        }

        body.Append("""
            <div class="scroll"><table>
            <thead><tr>
                <th>Received (UTC)</th><th>Answered after</th><th>Acquirer</th><th>Operation</th><th class="number">Amount</th>
                <th>State</th><th>Key</th><th>Reference</th><th>Card</th><th class="number">Asked</th>
            </tr></thead>
            <tbody>
            """);
        foreach (var row in operations.Data)
        {
            var state = row.DeclineReason is null ? row.State : $"{row.State}: {row.DeclineReason.Replace('_', ' ')}";
            var parent = row.ParentReference is null ? "" : $"<small>of {row.ParentReference}</small>";
            var answered = row.AnsweredAt is null ? "never" : $"{(row.AnsweredAt.Value - row.ReceivedAt).TotalMilliseconds:F0} ms";
            body.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{row.ReceivedAt:yyyy-MM-dd HH:mm:ss.fff}</td><td>{answered}</td><td>{row.Acquirer}</td><td>{row.Operation}</td><td class="number">{Shown(row.Amount, row.Currency)}</td><td><span class="state {row.State}">{state}</span></td><td><a href="/?key={WebUtility.UrlEncode(row.Key)}"><code>{Html.Encode(row.Key)}</code></a></td><td><code>{row.Reference}</code>{parent}</td><td>{row.Brand} •••• {Html.Encode(row.Last4)} <small>{row.Scenario.Replace('_', ' ')}</small></td><td class="number">{row.Requests}</td></tr>
                """);
        }

        body.Append("</tbody></table></div>");
        if (operations.Data.Count == 0) body.Append("<p class=\"empty\">Nothing yet. Pay with a test card, and it appears here.</p>");
        if (operations.Next is { } next)
        {
            body.Append(CultureInfo.InvariantCulture,
                $"""<p class="more"><a href="/?acquirer={acquirer}&amp;key={WebUtility.UrlEncode(key)}&amp;before={next}">Older</a></p>""");
        }

        body.Append("</body>");
        return Html.WriteAsync(context, 200, "en", "Sandbox acquirers", body.ToString());
    }

    private static string Shown(long minor, string currency) =>
        new Money(minor, Currency.Get(currency)).ToString();

    private static (string? Acquirer, string? Key, long? Before) Filter(HttpContext context)
    {
        var acquirer = context.Request.Query["acquirer"].ToString();
        var key = context.Request.Query["key"].ToString().Trim();
        return (AcquirerNames.All.Contains(acquirer) ? acquirer : null, key.Length == 0 ? null : key, Number(context, "before"));
    }

    private static long? Number(HttpContext context, string name) =>
        long.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
