using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>Answers with the sample, in the test scope alone.</summary>
internal sealed class FakeSetupIntents : ISetupIntents
{
    public Task<Result<SetupIntent>> CreateAsync(PaymentRequest request, NewSetupIntent intent, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Setup);

    public Task<Result<SetupIntent>> ConfirmAsync(
        PaymentRequest request, SetupIntentId id, SetupConfirmation confirmation, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Setup);

    public Task<Result<SetupIntent>> UpdateAsync(PaymentRequest request, SetupIntentId id, SetupIntentChange change, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Setup);

    public Task<Result<SetupIntent>> CancelAsync(PaymentRequest request, SetupIntentId id, CancellationReason? reason, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Setup);

    public Task<Result<SetupIntent>> ResumeAfterChallengeAsync(SetupAttemptId attempt, string returnToken, CancellationToken ct) => throw new NotSupportedException();

    public Task<SetupIntent?> FindAsync(MerchantScope scope, SetupIntentId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Setup.Id ? Samples.Setup : null);

    public Task<IReadOnlyList<SetupIntent>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<SetupIntentId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<SetupIntent>>([Samples.Setup]);

    public Task<Page<SetupIntent>> ListAsync(MerchantScope scope, SetupIntentFilter filter, PageRequest<SetupIntentId> page, CancellationToken ct) =>
        Task.FromResult(new Page<SetupIntent>([Samples.Setup], HasMore: false));

    public Task<IReadOnlyList<(SetupAttempt Attempt, SetupIntent Intent)>> FindAttemptsAsync(
        MerchantScope scope, IReadOnlyCollection<SetupAttemptId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<(SetupAttempt, SetupIntent)>>([]);

    public Task<Page<SetupAttempt>?> ListAttemptsAsync(MerchantScope scope, SetupIntentId id, PageRequest<SetupAttemptId> page, CancellationToken ct) =>
        Task.FromResult<Page<SetupAttempt>?>(new Page<SetupAttempt>([], HasMore: false));
}
