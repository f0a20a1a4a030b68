using Florin.Checkout.Forms;
using Florin.Checkout.Pages;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Checkout.Sessions;

/// <summary>A session's page, and the submit of its form. Each answer to a submit is a redirect or a page that may be
/// loaded again without sending anything twice.</summary>
internal static class SessionEndpoints
{
    // Against card testing: a buyer rarely owns more cards than this.
    private const int MaxAttempts = 10;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var session = endpoints.MapGroup("/c/{id}/{token}").AllowAnonymous();
        session.MapGet("", ShowAsync);
        session.MapPost("/pay", PayAsync).DisableAntiforgery();
        session.MapGet("/pay", AskAgainAsync);
        session.MapGet("/status", StatusAsync);
        endpoints.MapGet("/c/{**rest}", NoSuchPage).AllowAnonymous();
    }

    private static PageResult NoSuchPage(HttpContext http) => SessionPages.Problem(
        CheckoutProblem.NotFound, StatusCodes.Status404NotFound, PageRequestLanguage.Of(http.Request, session: null), http);

    private static async Task<IResult> ShowAsync(
        string id, string token, HttpContext http, ICheckoutSessions sessions, SessionPages pages, CancellationToken ct)
    {
        var visit = await FindAsync(id, token, sessions, ct);
        var language = PageRequestLanguage.Of(http.Request, visit?.Session);
        return visit is null
            ? SessionPages.Problem(CheckoutProblem.NotFound, StatusCodes.Status404NotFound, language, http)
            : await pages.ShowAsync(visit, language, ct);
    }

    private static async Task<IResult> PayAsync(
        string id,
        string token,
        HttpContext http,
        ICheckoutSessions sessions,
        IPayments payments,
        ISetupIntents setups,
        SessionPages pages,
        PayForms forms,
        CancellationToken ct)
    {
        var visit = await FindAsync(id, token, sessions, ct);
        var language = PageRequestLanguage.Of(http.Request, visit?.Session);
        if (visit is null) return SessionPages.Problem(CheckoutProblem.NotFound, StatusCodes.Status404NotFound, language, http);
        var (form, status) = await http.Request.TryReadSentFormAsync(ct);
        if (form is null) return SessionPages.Problem(CheckoutProblem.FormExpired, status, language, http);

        // An old form (the back button, a reload after a decline) or a strange one sends nothing: it shows how things stand.
        if (!forms.IsGenuine(form, visit)) return BackTo(visit, language);
        var reading = forms.Read(form, wantsEmail: visit.Session.CustomerEmail is null);
        if (reading.Card is null) return pages.ShowAgain(visit, language, reading);
        if (await AttemptsAsync(visit, payments, setups, ct) >= MaxAttempts)
        {
            return SessionPages.Problem(CheckoutProblem.TooManyRequests, StatusCodes.Status429TooManyRequests, language, http);
        }

        var paid = await sessions.PayAsync(visit.Session.Id, token, new CheckoutPayment(reading.Card, reading.Entry.Email), ct);
        if (paid.IsSuccess) return BackTo(visit, language);
        var now = await sessions.VisitAsync(visit.Session.Id, token, ct) ?? visit;
        return paid.Refusal.Kind switch
        {
            RefusalKind.Declined when CardErrorsOf(paid.Refusal) is { } errors => pages.ShowAgain(now, language, reading with { Errors = errors }),
            RefusalKind.Declined => pages.ShowDeclined(now, language, reading),
            RefusalKind.Conflict => BackTo(now, language),
            _ => SessionPages.Problem(CheckoutProblem.Failed, StatusCodes.Status503ServiceUnavailable, language, http),
        };
    }

    // A declined form's page has this address; entered anew, it shows how things stand.
    private static async Task<IResult> AskAgainAsync(string id, string token, HttpContext http, ICheckoutSessions sessions, CancellationToken ct)
    {
        var visit = await FindAsync(id, token, sessions, ct);
        var language = PageRequestLanguage.Of(http.Request, visit?.Session);
        return visit is null
            ? SessionPages.Problem(CheckoutProblem.NotFound, StatusCodes.Status404NotFound, language, http)
            : BackTo(visit, language);
    }

    private static async Task<IResult> StatusAsync(string id, string token, ICheckoutSessions sessions, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        var visit = await FindAsync(id, token, sessions, ct);
        if (visit is null) return Results.NotFound();
        var isChecked = visit.Payment is { Status: PaymentIntentStatus.Processing } || visit.Setup is { Status: SetupIntentStatus.Processing };
        var isOpen = visit.Session.Status == CheckoutStatus.Open && isChecked;
        return Results.Json(new Dictionary<string, bool> { ["done"] = !isOpen });
    }

    private static async Task<CheckoutVisit?> FindAsync(string id, string token, ICheckoutSessions sessions, CancellationToken ct) =>
        Ids.TryParse<CheckoutSessionId>(id, out var session) ? await sessions.VisitAsync(session, token, ct) : null;

    private static SeeOther BackTo(CheckoutVisit visit, PageRequestLanguage language) => new(language.Keep(SessionPaths.Page(visit.Session)));

    private static async Task<int> AttemptsAsync(CheckoutVisit visit, IPayments payments, ISetupIntents setups, CancellationToken ct)
    {
        if (visit.Setup is { } setup)
        {
            return (await setups.ListAttemptsAsync(setup.Scope, setup.Id, new PageRequest<SetupAttemptId>(MaxAttempts), ct))!.Items.Count;
        }

        if (visit.Payment is not { } payment) return 0;
        var history = await payments.HistoryAsync(visit.Session.Scope, payment.Id, ct);
        return history?.Attempts.Count ?? 0;
    }

    // What the vault found wrong with the card itself, before any gateway was asked.
    private static CardErrors? CardErrorsOf(Refusal refusal)
    {
        if (refusal.Subject is not null) return null;
        return refusal.Code switch
        {
            "incorrect_number" or "invalid_number" => new CardErrors(Number: NumberError.Mistyped),
            "invalid_expiry_month" or "invalid_expiry_year" => new CardErrors(Expiry: ExpiryError.Unreadable),
            "expired_card" => new CardErrors(Expiry: ExpiryError.Past),
            "invalid_cvc" => new CardErrors(Cvc: CvcError.WrongLength),
            _ => null,
        };
    }
}
