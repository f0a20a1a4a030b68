using System.Globalization;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Merchants;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.ApiKeys;

/// <summary>Making, rolling and revoking keys. A key's text is in the answer to its form, and on no page afterwards.</summary>
internal static class ApiKeyEndpoints
{
    private const string CreatePurpose = "office create key";
    private const string RollPurpose = "office roll key";
    private const string RevokePurpose = "office revoke key";
    private static readonly TimeSpan FormLife = TimeSpan.FromHours(1);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/keys", ListAsync);
        staff.MapGet("/keys/new", ShowNewAsync);
        staff.MapPost("/keys/new", CreateAsync).DisableAntiforgery();
        staff.MapGet("/keys/{id}/roll", (string id, HttpContext http, ApiKeyPages pages, CancellationToken ct) => ShowEndAsync(id, isRoll: true, http, pages, ct));
        staff.MapPost("/keys/{id}/roll", RollAsync).DisableAntiforgery();
        staff.MapGet("/keys/{id}/revoke", (string id, HttpContext http, ApiKeyPages pages, CancellationToken ct) => ShowEndAsync(id, isRoll: false, http, pages, ct));
        staff.MapPost("/keys/{id}/revoke", RevokeAsync).DisableAntiforgery();
    }

    private static async Task<IResult> ListAsync(HttpContext http, ApiKeyPages pages, CancellationToken ct) =>
        PageResult.Of(await pages.ListAsync(http, ct));

    private static async Task<IResult> ShowNewAsync(HttpContext http, ApiKeyPages pages, OfficeForms forms, IMerchants merchants, CancellationToken ct) =>
        PageResult.Of(pages.New(http, await CreateTokenAsync(http, forms, merchants, ct)));

    private static async Task<IResult> CreateAsync(HttpContext http, ApiKeyPages pages, OfficeForms forms, IMerchants merchants, CancellationToken ct)
    {
        var form = await http.ReadSentFormAsync(ct);
        var wanted = NewKeyForm.Read(form);
        var page = wanted.Fill(pages.New(http, await CreateTokenAsync(http, forms, merchants, ct)));
        var scope = http.Session().Scope;
        var count = (await merchants.ListKeysAsync(scope, ct)).Count;
        if (!forms.Tokens.Verify(form["form_token"], CreatePurpose, http.Session().Id, Text(count)))
        {
            return PageResult.Of(page with { FormExpired = true }, StatusCodes.Status400BadRequest);
        }

        if (wanted.Draft is not { } draft) return PageResult.Of(page, StatusCodes.Status400BadRequest);
        return PageResult.Of(pages.Shown(http, await merchants.CreateKeyAsync(scope, draft, ct), oldUntil: null));
    }

    private static async Task<IResult> ShowEndAsync(string id, bool isRoll, HttpContext http, ApiKeyPages pages, CancellationToken ct)
    {
        var key = await pages.FindAsync(http, id, isRoll, ct);
        return key is null ? PaymentPages.NotFound(http) : PageResult.Of(pages.End(http, key, isRoll, EndToken(http, pages, key, isRoll)));
    }

    private static async Task<IResult> RollAsync(
        string id, HttpContext http, ApiKeyPages pages, OfficeForms forms, IMerchants merchants, TimeProvider time, CancellationToken ct)
    {
        if (await pages.FindAsync(http, id, isRoll: true, ct) is not { } key) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        var isGenuine = forms.Tokens.Verify(form["form_token"], RollPurpose, http.Session().Id, key.Id.ToString());
        var isHours = int.TryParse(form["overlap"], NumberStyles.None, CultureInfo.InvariantCulture, out var hours);
        if (!isGenuine || !isHours || hours > ApiKeyRules.LongestOverlap.TotalHours) return Expired(http, pages, key, isRoll: true);
        var until = time.GetUtcNow().AddHours(hours);
        var rolled = await merchants.RollKeyAsync(http.Session().Scope, key.Id, until, ct);
        return rolled.TryGet(out var made, out _)
            ? PageResult.Of(pages.Shown(http, made, until))
            : Expired(http, pages, key, isRoll: true);
    }

    private static async Task<IResult> RevokeAsync(
        string id, HttpContext http, ApiKeyPages pages, OfficeForms forms, IMerchants merchants, CancellationToken ct)
    {
        if (await pages.FindAsync(http, id, isRoll: false, ct) is not { } key) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        if (!forms.Tokens.Verify(form["form_token"], RevokePurpose, http.Session().Id, key.Id.ToString()))
        {
            return Expired(http, pages, key, isRoll: false);
        }

        await merchants.RevokeKeyAsync(http.Session().Scope, key.Id, ct);
        return new SeeOther($"{OfficePaths.Keys}?revoked={key.Id}");
    }

    private static PageResult Expired(HttpContext http, ApiKeyPages pages, ApiKey key, bool isRoll) => PageResult.Of(
        pages.End(http, key, isRoll, EndToken(http, pages, key, isRoll)) with { FormExpired = true }, StatusCodes.Status400BadRequest);

    private static string EndToken(HttpContext http, ApiKeyPages pages, ApiKey key, bool isRoll) =>
        pages.Forms.Tokens.Issue(isRoll ? RollPurpose : RevokePurpose, http.Session().Id, FormLife, key.Id.ToString());

    // Bound to how many keys there are: of a double click, the second one finds one more than its form was made for.
    private static async Task<string> CreateTokenAsync(HttpContext http, OfficeForms forms, IMerchants merchants, CancellationToken ct)
    {
        var count = (await merchants.ListKeysAsync(http.Session().Scope, ct)).Count;
        return forms.Tokens.Issue(CreatePurpose, http.Session().Id, FormLife, Text(count));
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
