using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Policies;

internal sealed class PoliciesService(IDatabase database, IAudit audit, TimeProvider time) : IPaymentPolicies
{
    public Task<PaymentPolicies> FindAsync(MerchantScope scope, CancellationToken ct) => database.AskAsync(
        async reader => new PaymentPolicies(scope, await PolicyStore.LateSuccessAsync(reader, scope)), ct);

    public Task<PaymentPolicies> SetAsync(
        MerchantScope scope, AuditActor actor, PaymentPolicies policies, IdempotentWrite<PaymentPolicies>? answer, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, scope.Merchant.Value);
            var before = await PolicyStore.LateSuccessAsync(tx, scope);
            if (before != policies.LateSuccess)
            {
                await PolicyStore.SetAsync(tx, policies, time.GetUtcNow());
                var details = new Dictionary<string, string>
                {
                    ["late_success_before"] = Words<LateSuccessPolicy>.Of(before),
                    ["late_success"] = Words<LateSuccessPolicy>.Of(policies.LateSuccess),
                };
                await audit.RecordAsync(tx, new AuditEntry(scope, actor, "payment_policies.changed", scope.Merchant.ToString(), Documents.Write(details)));
            }

            if (answer is not null) await answer.FinishAsync(tx, policies);
            return policies;
        },
        ct);
}
