using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments;

/// <summary>A merchant's accounts with gateways, and how they have been answering.</summary>
public interface IGateways
{
    /// <summary>The accounts, the newest first, also those that take no new payments.</summary>
    Task<Page<Gateway>> ListAsync(MerchantScope scope, PageRequest<ConnectorAccountId> page, CancellationToken ct);
}

/// <summary>One account with one gateway, without its credentials.</summary>
/// <param name="Currencies">Upper-case codes that it is chosen for; empty means all that the gateway takes.</param>
/// <param name="Priority">The lowest number that fits is chosen.</param>
/// <param name="IsEnabled">Whether it takes new payments.</param>
/// <param name="Standing">As this process has seen it since it started; null where it has not called it.</param>
public sealed record Gateway(
    ConnectorAccountId Id, string Connector, IReadOnlyList<string> Currencies, long Priority, bool IsEnabled, GatewayStanding? Standing);
