using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Merchants;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.ApiKeys;

/// <summary>Keys as the pages show them.</summary>
internal sealed class ApiKeyPages(IMerchants merchants, OfficeForms forms, TimeProvider time)
{
    public OfficeForms Forms => forms;

    /// <summary>A key that may still be rolled, or revoked; null where there is none.</summary>
    public async Task<ApiKey?> FindAsync(HttpContext http, string id, bool isRoll, CancellationToken ct)
    {
        if (!Ids.TryParse<ApiKeyId>(id, out var wanted)) return null;
        var key = (await merchants.ListKeysAsync(http.Session().Scope, ct)).FirstOrDefault(key => key.Id == wanted);
        if (key is null || key.RevokedAt is not null) return null;
        return isRoll && key.ExpiresAt is not null ? null : key;
    }

    public async Task<ApiKeysModel> ListAsync(HttpContext http, CancellationToken ct)
    {
        var session = http.Session();
        var keys = await merchants.ListKeysAsync(session.Scope, ct);
        var revoked = Ids.TryParse<ApiKeyId>(http.Request.Query["revoked"], out var id) ? keys.FirstOrDefault(key => key.Id == id) : null;
        return new ApiKeysModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Keys = [.. keys.Select(key => RowOf(key, session.Scope.IsLive))],
            JustRevoked = revoked is { RevokedAt: not null } ? revoked.Name : null,
        };
    }

    public NewApiKeyModel New(HttpContext http, string formToken)
    {
        return new NewApiKeyModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = OfficePaths.NewKey,
            Frame = forms.FrameOf(http),
            Action = OfficePaths.NewKey,
            FormToken = formToken,
        };
    }

    public ApiKeyShownModel Shown(HttpContext http, NewApiKey made, DateTimeOffset? oldUntil)
    {
        return new ApiKeyShownModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            // The other language's link would load a page that has no key to show.
            Here = OfficePaths.Keys,
            Frame = forms.FrameOf(http),
            Name = made.Key.Name,
            Key = made.Text,
            OldUntil = oldUntil,
        };
    }

    public ApiKeyEndModel End(HttpContext http, ApiKey key, bool isRoll, string formToken)
    {
        var session = http.Session();
        return new ApiKeyEndModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Action = isRoll ? OfficePaths.RollKey(key.Id) : OfficePaths.RevokeKey(key.Id),
            FormToken = formToken,
            Key = RowOf(key, session.Scope.IsLive),
            IsRoll = isRoll,
        };
    }

    private ApiKeyRow RowOf(ApiKey key, bool isLive)
    {
        var isInUse = key.IsInUse(time.GetUtcNow());
        return new ApiKeyRow(
            key.Id.ToString(),
            key.Name,
            ApiKeyRules.Masked(key.Kind, isLive, key.Hint),
            key.Kind,
            StateOf(key, isInUse),
            [.. (key.Permissions?.Rights ?? new Dictionary<ApiResource, ApiRight>()).Select(given => $"{given.Key.Word()}:{given.Value.Word()}")],
            key.AllowedFrom.Texts,
            key.CreatedAt,
            key.LastUsedAt,
            key.ExpiresAt,
            isInUse && key.ExpiresAt is null ? OfficePaths.RollKey(key.Id) : null,
            isInUse ? OfficePaths.RevokeKey(key.Id) : null);
    }

    private static ApiKeyState StateOf(ApiKey key, bool isInUse)
    {
        if (key.RevokedAt is not null) return ApiKeyState.Revoked;
        if (!isInUse) return ApiKeyState.Expired;
        return key.ExpiresAt is null ? ApiKeyState.InUse : ApiKeyState.Ending;
    }
}
