using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>Has no rules; routing is tested on the real modules.</summary>
internal sealed class FakeRouting : IRouting
{
    private static readonly Refusal None = new(RefusalKind.NotFound, "resource_missing", "No such routing version.", "id");

    public Task<Result<RoutingVersion>> CreateAsync(
        PaymentRequest request, NewRoutingVersion version, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct) =>
        Task.FromResult<Result<RoutingVersion>>(new Refusal(RefusalKind.Invalid, "routing_document_invalid", "document: This is not JSON.", "document"));

    public Task<Result<RoutingVersion>> UpdateAsync(
        PaymentRequest request, RoutingVersionId id, RoutingVersionChange change, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct) =>
        Task.FromResult<Result<RoutingVersion>>(None);

    public Task<Result<RoutingVersion>> ActivateAsync(
        PaymentRequest request, RoutingVersionId id, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct) =>
        Task.FromResult<Result<RoutingVersion>>(None);

    public Task<RoutingVersion?> FindAsync(MerchantScope scope, RoutingVersionId id, CancellationToken ct) => Task.FromResult<RoutingVersion?>(null);

    public Task<RoutingVersion?> FindActiveAsync(MerchantScope scope, CancellationToken ct) => Task.FromResult<RoutingVersion?>(null);

    public Task<Page<RoutingVersion>> ListAsync(MerchantScope scope, PageRequest<RoutingVersionId> page, CancellationToken ct) =>
        Task.FromResult(new Page<RoutingVersion>([], HasMore: false));

    public Task<IReadOnlyList<RoutingProblem>> CheckAsync(MerchantScope scope, string document, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<RoutingProblem>>([]);

    public Task<Result<RoutingComparison>> CompareAsync(MerchantScope scope, RoutingVersionId? from, RoutingVersionId to, CancellationToken ct) =>
        Task.FromResult<Result<RoutingComparison>>(None);

    public Task<Result<RoutingSimulation>> SimulateAsync(MerchantScope scope, RoutingVersionId id, RoutingPeriod period, CancellationToken ct) =>
        Task.FromResult<Result<RoutingSimulation>>(None);

    public Task<IReadOnlyList<RoutingDecision>?> DecisionsAsync(MerchantScope scope, PaymentIntentId payment, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<RoutingDecision>?>(null);
}
