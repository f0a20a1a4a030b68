using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Http;

namespace Florin.Checkout.Sessions;

/// <summary>The language of a page, and whether the buyer chose it by hand: then its links keep it.</summary>
internal sealed record PageRequestLanguage(Language Language, bool IsChosen)
{
    public static PageRequestLanguage Of(HttpRequest request, CheckoutSession? session)
    {
        string? asked = request.Query["lang"];
        return new PageRequestLanguage(
            Languages.Choose(asked, session?.Locale, request.Headers.AcceptLanguage), Languages.TryParse(asked, out _));
    }

    public string Keep(string path) => IsChosen ? $"{path}?lang={Language.Tag()}" : path;
}
