using Florin.Checkout.Pages;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.Checkout.Sessions;

/// <summary>Where the issuer's page sends the buyer back to. What the browser brings along is not believed: the gateway is
/// asked how the challenge ended.</summary>
internal static class ReturnEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post];

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapMethods("/return/{attempt}/{token}", Methods, ReturnAsync)
        .DisableAntiforgery()
        .AllowAnonymous();

    private static async Task<IResult> ReturnAsync(
        string attempt, string token, HttpContext http, IPayments payments, ISetupIntents setups, ICheckoutSessions sessions, CancellationToken ct)
    {
        var language = PageRequestLanguage.Of(http.Request, session: null);
        if (Ids.TryParse<SetupAttemptId>(attempt, out var setup)) return await ReturnToSetupAsync(setup, token, language, http, setups, sessions, ct);
        if (!Ids.TryParse<PaymentAttemptId>(attempt, out var id)) return NotFound(language, http);
        var resumed = await payments.ResumeAfterChallengeAsync(id, token, ct);
        var intent = resumed.IsSuccess ? resumed.Value : resumed.Refusal.Subject as PaymentIntent;
        if (intent is null) return NotFound(language, http);
        if (intent.CheckoutSession is { } sessionId && await sessions.FindAsync(intent.Scope, sessionId, ct) is { } session)
        {
            return new SeeOther(SessionPaths.Page(session));
        }

        return intent.ReturnUrl is { } back
            ? new SeeOther(WithOutcome(back, intent))
            : SessionPages.Problem(CheckoutProblem.NotFound, StatusCodes.Status404NotFound, language, http);
    }

    private static async Task<IResult> ReturnToSetupAsync(
        SetupAttemptId attempt,
        string token,
        PageRequestLanguage language,
        HttpContext http,
        ISetupIntents setups,
        ICheckoutSessions sessions,
        CancellationToken ct)
    {
        var resumed = await setups.ResumeAfterChallengeAsync(attempt, token, ct);
        var intent = resumed.IsSuccess ? resumed.Value : resumed.Refusal.Subject as SetupIntent;
        if (intent is null) return NotFound(language, http);
        if (intent.CheckoutSession is { } sessionId && await sessions.FindAsync(intent.Scope, sessionId, ct) is { } session)
        {
            return new SeeOther(SessionPaths.Page(session));
        }

        return intent.ReturnUrl is { } back ? new SeeOther(WithOutcome(back, intent)) : NotFound(language, http);
    }

    private static PageResult NotFound(PageRequestLanguage language, HttpContext http) =>
        SessionPages.Problem(CheckoutProblem.NotFound, StatusCodes.Status404NotFound, language, http);

    // As Stripe names them. The merchant's page asks its server, which asks us; these words alone prove nothing.
    private static string WithOutcome(Uri returnUrl, PaymentIntent intent)
    {
        var status = intent.Status switch
        {
            PaymentIntentStatus.Succeeded or PaymentIntentStatus.RequiresCapture => "succeeded",
            PaymentIntentStatus.Processing or PaymentIntentStatus.RequiresAction => "pending",
            PaymentIntentStatus.RequiresPaymentMethod or PaymentIntentStatus.RequiresConfirmation or PaymentIntentStatus.Canceled => "failed",
        };
        return QueryHelpers.AddQueryString(returnUrl.AbsoluteUri, new Dictionary<string, string?>
        {
            ["payment_intent"] = intent.Id.ToString(),
            ["payment_intent_client_secret"] = intent.ClientSecret,
            ["redirect_status"] = status,
        });
    }

    private static string WithOutcome(Uri returnUrl, SetupIntent intent)
    {
        var status = intent.Status switch
        {
            SetupIntentStatus.Succeeded => "succeeded",
            SetupIntentStatus.Processing or SetupIntentStatus.RequiresAction => "pending",
            SetupIntentStatus.RequiresPaymentMethod or SetupIntentStatus.RequiresConfirmation or SetupIntentStatus.Canceled => "failed",
        };
        return QueryHelpers.AddQueryString(returnUrl.AbsoluteUri, new Dictionary<string, string?>
        {
            ["setup_intent"] = intent.Id.ToString(),
            ["setup_intent_client_secret"] = intent.ClientSecret,
            ["redirect_status"] = status,
        });
    }
}
