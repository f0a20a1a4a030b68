using Florin.BackOffice.Pages;
using Florin.Merchants;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.ApiKeys;

/// <summary>What was typed into the form for a new key, and what is wrong with it.</summary>
/// <param name="Draft">Null where something is wrong.</param>
internal sealed record NewKeyForm(
    string Name, ApiKeyKind Kind, string Networks, IReadOnlyDictionary<ApiResource, ApiRight> Rights, ApiKeyDraft? Draft)
{
    private const int MostNetworkCharacters = 4_000;

    private NewKeyError? NameError { get; init; }

    private NewKeyError? RightsError { get; init; }

    private NewKeyError? NetworksError { get; init; }

    public static NewKeyForm Read(IFormCollection form)
    {
        var name = form["name"].ToString().Trim().Replace("\0", "", StringComparison.Ordinal);
        var kind = QueryValue.TryParse<ApiKeyKind>(form["kind"], out var chosen) ? chosen : ApiKeyKind.Restricted;
        var rights = RightsOf(form);
        var written = form["networks"].ToString();
        var typed = written.Length <= MostNetworkCharacters ? written : written[..MostNetworkCharacters];
        var networks = AllowedNetworks.Parse(
            typed.Split(['\n', '\r', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), out _);
        var read = new NewKeyForm(name, kind, typed, rights, Draft: null)
        {
            NameError = name.Length is 0 or > ApiKeyRules.LongestName ? NewKeyError.NameMissing : null,
            RightsError = kind == ApiKeyKind.Restricted && rights.Count == 0 ? NewKeyError.NothingAllowed : null,
            NetworksError = networks is null
                ? NewKeyError.NetworksUnreadable
                : kind == ApiKeyKind.Publishable && !networks.IsAnywhere ? NewKeyError.NetworksOfPublishable : null,
        };
        if (read is not { NameError: null, RightsError: null, NetworksError: null }) return read;
        var draft = new ApiKeyDraft(kind, name)
        {
            // What was chosen for another kind of key means nothing there.
            Permissions = kind == ApiKeyKind.Restricted ? new ApiKeyPermissions(rights) : null,
            AllowedFrom = networks!,
        };
        return read with { Draft = draft };
    }

    /// <summary>The page as it was sent, with a sentence beside what is wrong.</summary>
    public NewApiKeyModel Fill(NewApiKeyModel page) => page with
    {
        Name = Name,
        Kind = Kind,
        Networks = Networks,
        Rights = Rights,
        NameError = NameError,
        RightsError = RightsError,
        NetworksError = NetworksError,
    };

    private static Dictionary<ApiResource, ApiRight> RightsOf(IFormCollection form)
    {
        var rights = new Dictionary<ApiResource, ApiRight>();
        foreach (var resource in Enum.GetValues<ApiResource>())
        {
            if (ApiResources.TryParse(form[resource.Word()], out ApiRight right)) rights[resource] = right;
        }

        return rights;
    }
}
