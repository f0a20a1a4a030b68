using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Gateways;

internal sealed class GatewaysService(IDatabase database, IGatewayHealth health) : IGateways
{
    public async Task<Page<Gateway>> ListAsync(MerchantScope scope, PageRequest<ConnectorAccountId> page, CancellationToken ct)
    {
        Sql query = $"SELECT id, connector, currencies, priority, enabled FROM connector_accounts WHERE merchant_id = {scope.Merchant} AND live = {scope.IsLive}";
        return await database.AskAsync(async reader => await reader.PageAsync(query, page, Read), ct);
    }

    private Gateway Read(ISqlRow row)
    {
        var id = row.Id<ConnectorAccountId>(0);
        return new Gateway(
            id,
            row.Text(1),
            row.Text(2).Split(',', StringSplitOptions.RemoveEmptyEntries),
            row.Int64(3),
            row.Bool(4),
            health.Find(id, GatewayMethods.Card));
    }
}
