using System.Globalization;
using System.Text;
using Florin.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Hooks;

/// <summary><c>/faults</c>: what is set, for a person to see, set and clear; it works without a script.</summary>
internal sealed class FaultsPage(Faults faults, RandomSource random)
{
    private static readonly string[] Fields =
        ["kind", "when", "acquirer", "operation", "card", "count", "for_seconds", "delay_ms", "status", "probability", "seed", "as"];

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/faults", context => ShowAsync(context, 200, wrong: null));
        app.MapPost("/faults", SetAsync);
        app.MapPost("/faults/clear", ClearAsync);
    }

    private async Task SetAsync(HttpContext context)
    {
        if (await FormAsync(context) is not { } form) return;
        var fields = Fields.ToDictionary(name => name, name => form[name].ToString().Trim());
        var wrong = FaultWords.Read(fields, random, out var fault, out var bounds);
        if (wrong is null && faults.Set(fault, bounds) is null) wrong = "so many faults are set already; clear them";
        if (wrong is null) GoBack(context);
        else await ShowAsync(context, 400, wrong);
    }

    private async Task ClearAsync(HttpContext context)
    {
        if (await FormAsync(context) is not { } form) return;
        if (form["id"] == "all") faults.Reset();
        else if (int.TryParse(form["id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) faults.Clear(id);
        GoBack(context);
    }

    /// <returns>The form, or null for one that another site sent.</returns>
    private static async Task<IFormCollection?> FormAsync(HttpContext context)
    {
        // Browsers say where a form comes from (Fetch Metadata); programs, which say nothing, could use /control as well.
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" && context.Request.HasFormContentType)
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return null;
    }

    private static void GoBack(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/faults";
    }

    private Task ShowAsync(HttpContext context, int status, string? wrong)
    {
        var set = faults.Show();
        var body = new StringBuilder("""
            <body>
            <header class="top"><h1>Faults</h1><p>What the simulated acquirers do wrong on purpose. <a href="/">The book</a></p></header>
            """);
        if (wrong is not null) body.Append(CultureInfo.InvariantCulture, $"""<p class="wrong" role="alert">Not set: {Html.Encode(wrong)}.</p>""");
        body.Append("<section class=\"acquirers\">");
        foreach (var acquirer in AcquirerNames.All) body.Append(Standing(acquirer, set));
        body.Append("</section>");
        AppendSet(body, set);
        AppendForm(body);
        body.Append("</body>");
        return Html.WriteAsync(context, status, "en", "Faults", body.ToString());
    }

    private static string Standing(string acquirer, IReadOnlyList<FaultView> set)
    {
        var own = set.Where(fault => fault.Acquirer is null || fault.Acquirer == acquirer).ToList();
        var (word, tone) = own.Any(fault => fault.Kind == "outage") ? ("out", "declined") : own.Count > 0 ? ("faulty", "") : ("well", "approved");
        return string.Create(CultureInfo.InvariantCulture, $"""
            <div class="sums"><h2>{acquirer} <span class="state {tone}">{word}</span></h2>
            <p><small>{own.Count} set</small></p>
            <form method="post" action="/faults"><input type="hidden" name="kind" value="outage"><input type="hidden" name="acquirer" value="{acquirer}"><input type="hidden" name="for_seconds" value="60"><button class="plain" type="submit">Out for a minute</button></form>
            </div>
            """);
    }

    private static void AppendSet(StringBuilder body, IReadOnlyList<FaultView> set)
    {
        if (set.Count == 0)
        {
            body.Append("<p class=\"empty\">Nothing is set: all acquirers are well.</p>");
            return;
        }

        body.Append("""
            <div class="scroll"><table>
            <thead><tr><th>Fault</th><th>When</th><th>Acquirer</th><th>Operation</th><th>Card</th><th class="number">Left</th><th>Until (UTC)</th><th class="number">Delay</th><th class="number">Struck</th><th></th></tr></thead>
            <tbody>
            """);
        foreach (var fault in set)
        {
            body.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{Html.Encode(fault.Kind)}</td><td>{fault.When}</td><td>{Html.Encode(fault.Acquirer ?? "all")}</td><td>{Html.Encode(fault.Operation ?? "all")}</td><td>{(fault.Card is { } card ? "•••• " + Html.Encode(card) : "all")}</td><td class="number">{fault.Left}</td><td>{fault.Until:HH:mm:ss}</td><td class="number">{fault.DelayMs} ms</td><td class="number">{fault.Struck}</td><td><form method="post" action="/faults/clear"><button class="plain" type="submit" name="id" value="{fault.Id}">Clear</button></form></td></tr>
                """);
        }

        body.Append("""
            </tbody></table></div>
            <form class="more" method="post" action="/faults/clear"><button class="plain" type="submit" name="id" value="all">Clear all, and drop what is held</button></form>
            """);
    }

    private static void AppendForm(StringBuilder body)
    {
        body.Append("""
            <form class="sums fault" method="post" action="/faults"><h2>Set a fault</h2>
            <label>Fault <select name="kind">
            """);
        foreach (var (word, _, _, told) in FaultWords.Kinds) body.Append(CultureInfo.InvariantCulture, $"""<option value="{word}">{word}: {Html.Encode(told)}</option>""");
        body.Append("""</select></label><label>When <select name="when"><option value="after">after acting</option><option value="before">before acting</option></select></label><label>Acquirer <select name="acquirer"><option value="">all</option>""");
        foreach (var acquirer in AcquirerNames.All) body.Append(CultureInfo.InvariantCulture, $"<option>{acquirer}</option>");
        body.Append("""</select></label><label>Operation <select name="operation"><option value="">all</option>""");
        foreach (var operation in OperationNames.All) body.Append(CultureInfo.InvariantCulture, $"<option>{operation}</option>");
        body.Append("""
            </select></label>
            <label>Card, last four digits <input name="card" inputmode="numeric" maxlength="19" size="8" placeholder="all"></label>
            <label>How often <input name="count" inputmode="numeric" size="8" placeholder="once"></label>
            <label>For seconds <input name="for_seconds" inputmode="numeric" size="8"></label>
            <label>Delay in ms <input name="delay_ms" inputmode="numeric" size="8"></label>
            <label>Probability <input name="probability" inputmode="decimal" size="8" placeholder="1"></label>
            <label>Seed <input name="seed" inputmode="numeric" size="8"></label>
            <button type="submit">Set</button>
            </form>
            """);
    }
}
