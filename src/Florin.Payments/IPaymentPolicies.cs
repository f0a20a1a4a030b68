using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>What a merchant decides once for all payments of a mode.</summary>
public interface IPaymentPolicies
{
    Task<PaymentPolicies> FindAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>Holds for every payment from then on; what was decided before stays. Audited where it changes anything.</summary>
    Task<PaymentPolicies> SetAsync(
        MerchantScope scope, AuditActor actor, PaymentPolicies policies, IdempotentWrite<PaymentPolicies>? answer, CancellationToken ct);
}

/// <param name="LateSuccess">What becomes of money that comes after its payment was given up.</param>
public sealed record PaymentPolicies(MerchantScope Scope, LateSuccessPolicy LateSuccess);
