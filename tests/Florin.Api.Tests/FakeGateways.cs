using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;

namespace Florin.Api.Tests;

/// <summary>There are none; they are tested on the real modules.</summary>
internal sealed class FakeGateways : IGateways
{
    public Task<Page<Gateway>> ListAsync(MerchantScope scope, PageRequest<ConnectorAccountId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Gateway>([], HasMore: false));
}
