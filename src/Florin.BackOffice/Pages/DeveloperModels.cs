using Florin.Merchants;

namespace Florin.BackOffice.Pages;

/// <summary>The merchant's keys of this mode, newest first.</summary>
internal sealed record ApiKeysModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Keys;

    public required IReadOnlyList<ApiKeyRow> Keys { get; init; }

    /// <summary>The name of a key that was revoked just now.</summary>
    public string? JustRevoked { get; init; }

    protected override Type View => typeof(ApiKeysPage);
}

/// <param name="Masked">As in <c>frk_test_****abcd</c>.</param>
/// <param name="Permissions">Of a restricted key, each as in <c>refunds:write</c>.</param>
/// <param name="Networks">Empty for anywhere.</param>
/// <param name="RollUrl">Null where the key cannot be rolled.</param>
/// <param name="RevokeUrl">Null where it is revoked.</param>
internal sealed record ApiKeyRow(
    string Id, string Name, string Masked, ApiKeyKind Kind, ApiKeyState State, IReadOnlyList<string> Permissions, IReadOnlyList<string> Networks,
    DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt, string? RollUrl, string? RevokeUrl);

internal enum ApiKeyState
{
    InUse,
    /// <summary>Rolled; it goes on for a while.</summary>
    Ending,
    Expired,
    Revoked,
}

/// <summary>The form that makes a key.</summary>
internal sealed record NewApiKeyModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Keys;

    /// <summary>Where the form is posted. Fields: <c>form_token</c>, <c>name</c>, <c>kind</c>, <c>networks</c> (one a line), and
    /// for each resource its word, with <c>none</c>, <c>read</c> or <c>write</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Bound to the number of keys, so that a doubled form makes one.</summary>
    public required string FormToken { get; init; }

    public string? Name { get; init; }

    public ApiKeyKind Kind { get; init; } = ApiKeyKind.Restricted;

    public string? Networks { get; init; }

    public IReadOnlyDictionary<ApiResource, ApiRight> Rights { get; init; } = new Dictionary<ApiResource, ApiRight>();

    public NewKeyError? NameError { get; init; }

    public NewKeyError? RightsError { get; init; }

    public NewKeyError? NetworksError { get; init; }

    public bool FormExpired { get; init; }

    protected override Type View => typeof(NewApiKeyPage);
}

internal enum NewKeyError
{
    NameMissing,
    NothingAllowed,
    NetworksUnreadable,
    /// <summary>Buyers are anywhere.</summary>
    NetworksOfPublishable,
}

/// <summary>A new key, this once.</summary>
internal sealed record ApiKeyShownModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Keys;

    public required string Name { get; init; }

    public required Kernel.Secret<string> Key { get; init; }

    /// <summary>Of a key that was rolled, until when the old one goes on.</summary>
    public DateTimeOffset? OldUntil { get; init; }

    protected override Type View => typeof(ApiKeyShownPage);
}

/// <summary>Rolling or revoking a key: what it does, and the button.</summary>
internal sealed record ApiKeyEndModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Keys;

    /// <summary>Where the form is posted. Fields: <c>form_token</c>, and to roll, <c>overlap</c> (hours).</summary>
    public required string Action { get; init; }

    public required string FormToken { get; init; }

    public required ApiKeyRow Key { get; init; }

    public required bool IsRoll { get; init; }

    public bool FormExpired { get; init; }

    protected override Type View => typeof(ApiKeyEndPage);
}

/// <summary>The API's requests, newest first.</summary>
internal sealed record RequestsModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Requests;

    public required RequestFilter Filter { get; init; }

    public required IReadOnlyList<LoggedRequest> Requests { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(RequestsPage);
}

/// <param name="Path">The beginning of paths.</param>
internal sealed record RequestFilter(RequestOutcome? Outcome, string? Path)
{
    public bool IsEmpty => Outcome is null && Path is null;
}

internal enum RequestOutcome
{
    Succeeded,
    Failed,
    ClientError,
    ServerError,
}

/// <summary>One request, with what was asked and answered.</summary>
internal sealed record RequestModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Requests;

    public required LoggedRequest Request { get; init; }

    /// <summary>Indented where it is whole.</summary>
    public required string? RequestJson { get; init; }

    public required string? ResponseJson { get; init; }

    protected override Type View => typeof(RequestPage);
}
