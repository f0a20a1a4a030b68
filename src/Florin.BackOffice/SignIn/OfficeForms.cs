using Florin.BackOffice.Pages;
using Florin.Pages;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.SignIn;

/// <summary>What the pages' forms and links need.</summary>
internal sealed class OfficeForms(FormTokens tokens)
{
    public FormTokens Tokens => tokens;

    /// <summary>What stands around the page of whoever is signed in.</summary>
    public OfficeFrame FrameOf(HttpContext http)
    {
        var session = http.Session();
        return new OfficeFrame(
            TestMode: !session.Scope.IsLive,
            session.Merchant.Name,
            session.User.Email,
            OfficePaths.Payments,
            OfficePaths.Disputes,
            OfficePaths.Webhooks,
            OfficeDoor.SignOutPath,
            OfficeDoor.SignOutToken(tokens, session));
    }

    public static Language LanguageOf(HttpRequest request) =>
        Languages.Choose(request.Query["lang"], kept: null, request.Headers.AcceptLanguage);
}
