using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests.UnknownOutcomes;

/// <summary>An empty work queue, and policies that are as they always were.</summary>
internal sealed class FakeUnknownOutcomes : IUnknownOutcomes, IPaymentPolicies
{
    public Task<Page<UnknownOutcome>> ListAsync(MerchantScope scope, UnknownOutcomeFilter filter, PageRequest<UnknownOutcomeId> page, CancellationToken ct) =>
        Task.FromResult(new Page<UnknownOutcome>([], HasMore: false));

    public Task<UnknownOutcomeCount> CountAsync(MerchantScope scope, UnknownOutcomeFilter filter, CancellationToken ct) =>
        Task.FromResult(new UnknownOutcomeCount(scope, Total: 0, WaitsForPerson: 0, new Dictionary<UnknownOutcomeKind, long>()));

    public Task<int> CountUpToAsync(MerchantScope scope, UnknownOutcomeFilter filter, int most, CancellationToken ct) => Task.FromResult(0);

    public Task<UnknownOutcome?> FindAsync(MerchantScope scope, UnknownOutcomeId id, CancellationToken ct) => Task.FromResult<UnknownOutcome?>(null);

    public Task<Result<UnknownOutcome>> QueryAsync(OutcomeRequest request, UnknownOutcomeId id, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct) => NoneAsync(id);

    public Task<Result<UnknownOutcome>> AcceptAsync(
        OutcomeRequest request, UnknownOutcomeId id, OutcomeEvidence evidence, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct) => NoneAsync(id);

    public Task<Result<UnknownOutcome>> CancelAsync(OutcomeRequest request, UnknownOutcomeId id, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct) => NoneAsync(id);

    public Task<Result<OutcomeBulk>> StartBulkAsync(OutcomeRequest request, NewOutcomeBulk bulk, IdempotentWrite<OutcomeBulk>? answer, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<OutcomeBulk?> FindBulkAsync(MerchantScope scope, OutcomeBulkId id, CancellationToken ct) => Task.FromResult<OutcomeBulk?>(null);

    public Task<Page<OutcomeBulk>> ListBulksAsync(MerchantScope scope, PageRequest<OutcomeBulkId> page, CancellationToken ct) =>
        Task.FromResult(new Page<OutcomeBulk>([], HasMore: false));

    public Task<Page<OutcomeBulkItem>> ListBulkItemsAsync(OutcomeBulkId id, PageRequest<UnknownOutcomeId> page, CancellationToken ct) =>
        Task.FromResult(new Page<OutcomeBulkItem>([], HasMore: false));

    public Task<PaymentPolicies> FindAsync(MerchantScope scope, CancellationToken ct) => Task.FromResult(new PaymentPolicies(scope, LateSuccessPolicy.Refund));

    public Task<PaymentPolicies> SetAsync(
        MerchantScope scope, AuditActor actor, PaymentPolicies policies, IdempotentWrite<PaymentPolicies>? answer, CancellationToken ct) => Task.FromResult(policies);

    private static Task<Result<UnknownOutcome>> NoneAsync(UnknownOutcomeId id) =>
        Task.FromResult<Result<UnknownOutcome>>(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such unknown outcome: '{id}'"));
}
