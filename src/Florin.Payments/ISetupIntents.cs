using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>Saves payment methods without a payment: the issuer is asked, and nothing is taken.</summary>
public interface ISetupIntents
{
    /// <summary>Makes a setup intent and, with <see cref="NewSetupIntent.Confirm"/>, has its method verified at once.</summary>
    /// <returns>The intent (<c>processing</c> where the outcome is not known yet), or a refusal. A refusal of kind
    /// <see cref="RefusalKind.Declined"/> carries the intent, which is kept.</returns>
    Task<Result<SetupIntent>> CreateAsync(PaymentRequest request, NewSetupIntent intent, IdempotentWrite<SetupIntent>? answer, CancellationToken ct);

    Task<Result<SetupIntent>> ConfirmAsync(
        PaymentRequest request, SetupIntentId id, SetupConfirmation confirmation, IdempotentWrite<SetupIntent>? answer, CancellationToken ct);

    Task<Result<SetupIntent>> UpdateAsync(
        PaymentRequest request, SetupIntentId id, SetupIntentChange change, IdempotentWrite<SetupIntent>? answer, CancellationToken ct);

    Task<Result<SetupIntent>> CancelAsync(
        PaymentRequest request, SetupIntentId id, CancellationReason? reason, IdempotentWrite<SetupIntent>? answer, CancellationToken ct);

    /// <summary>The buyer came back from the issuer's challenge: asks the gateway how it ended. Safe to repeat.</summary>
    /// <param name="returnToken">The unguessable part of the return address.</param>
    /// <returns>The intent as it is now, or <c>resource_missing</c>.</returns>
    Task<Result<SetupIntent>> ResumeAfterChallengeAsync(SetupAttemptId attempt, string returnToken, CancellationToken ct);

    Task<SetupIntent?> FindAsync(MerchantScope scope, SetupIntentId id, CancellationToken ct);

    Task<IReadOnlyList<SetupIntent>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<SetupIntentId> ids, CancellationToken ct);

    Task<Page<SetupIntent>> ListAsync(MerchantScope scope, SetupIntentFilter filter, PageRequest<SetupIntentId> page, CancellationToken ct);

    /// <summary>Some tries, each with the intent that it was made for.</summary>
    Task<IReadOnlyList<(SetupAttempt Attempt, SetupIntent Intent)>> FindAttemptsAsync(
        MerchantScope scope, IReadOnlyCollection<SetupAttemptId> ids, CancellationToken ct);

    /// <summary>Every try of one intent, newest first; or null where there is no such intent.</summary>
    Task<Page<SetupAttempt>?> ListAttemptsAsync(
        MerchantScope scope, SetupIntentId id, PageRequest<SetupAttemptId> page, CancellationToken ct);
}
