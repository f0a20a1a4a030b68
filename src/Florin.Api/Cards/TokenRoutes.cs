using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Cards;

/// <summary><c>/v1/tokens</c>: the door by which card numbers come in.</summary>
internal static class TokenRoutes
{
    private static readonly AnsweredObject One = new("token");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", "/v1/tokens", RouteAccess.Publishable, One, CreateAsync),
        new("GET", "/v1/tokens/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<TokenId, CardToken>(
            "token", id => call.Services.PaymentMethods.FindTokenAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("account", "bank_account", "customer", "cvc_update", "person", "pii");
        NewCard? newCard = null;
        if (parameters.Map("card") is { } card)
        {
            card.Unsupported("networks", "currency");
            var holder = card.ReadCardholder();
            if (card.ReadCard(holder.Name) is { } entry) newCard = new NewCard(entry, holder);
        }
        else if (!parameters.Has("card"))
        {
            parameters.Missing<string>("card");
        }

        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (RawCards.ProblemOf(call) is { } forbidden) return call.Refuse(forbidden);
        return await call.WriteAsync<CardToken>(
            answer => call.Services.PaymentMethods.CreateTokenAsync(call.Request, newCard!, answer, call.Ct), PaymentJson.Write);
    }
}

/// <summary>Who may send card numbers.</summary>
internal static class RawCards
{
    /// <summary>In live mode only the buyer's browser: a merchant's server that sees card numbers would fall under all of
    /// PCI DSS without need.</summary>
    public static Refusal? ProblemOf(ApiCall call) => call.Scope.IsLive && !call.IsFromBrowser
        ? new Refusal(
            RefusalKind.Forbidden, "publishable_key_required", "In live mode card numbers are sent from the buyer's browser, with a publishable key.")
        : null;
}
