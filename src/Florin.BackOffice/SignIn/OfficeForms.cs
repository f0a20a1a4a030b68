using Florin.Pages;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.SignIn;

/// <summary>What the pages' forms and links need.</summary>
internal sealed class OfficeForms(FormTokens tokens)
{
    public FormTokens Tokens => tokens;

    public static Language LanguageOf(HttpRequest request) =>
        Languages.Choose(request.Query["lang"], kept: null, request.Headers.AcceptLanguage);
}
