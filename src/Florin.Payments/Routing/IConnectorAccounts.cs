using Florin.Connectors;
using Florin.Kernel;

namespace Florin.Payments;

/// <summary>With which gateways a merchant has accounts.</summary>
public interface IConnectorAccounts
{
    /// <summary>Adds an account, or changes the one that the merchant has with that gateway in that mode.</summary>
    /// <returns>Its id, or <c>connector_account_in_use</c>: other credentials would ask another account what became of
    /// payments whose outcome is not known yet.</returns>
    Task<Result<ConnectorAccountId>> EnsureAsync(MerchantScope scope, NewConnectorAccount account, CancellationToken ct);
}

/// <param name="BaseUrl">Ends with a slash.</param>
/// <param name="Currencies">Upper-case codes that this account is chosen for; empty means all that the gateway takes.</param>
/// <param name="Priority">The lowest number that fits is chosen.</param>
public sealed record NewConnectorAccount(
    string Connector, Uri BaseUrl, IReadOnlyDictionary<string, Secret<string>> Credentials, IReadOnlyCollection<string> Currencies, int Priority)
{
    /// <summary>What a chargeback at this gateway costs the merchant: minor units by upper-case currency code. What is not
    /// named costs nothing.</summary>
    public IReadOnlyDictionary<string, long> DisputeFees { get; init; } = new Dictionary<string, long>();
}
