using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Policies;

/// <summary>The rows of what merchants decided once for all their payments. A merchant without a row has the defaults.</summary>
internal static class PolicyStore
{
    public static async Task<LateSuccessPolicy> LateSuccessAsync(ISqlReader reader, MerchantScope scope)
    {
        var found = await reader.QueryAsync(
            $"""
             SELECT late_success FROM payment_policies
              WHERE {Rows.Of(scope)}
             """,
            row => Words<LateSuccessPolicy>.Parse(row.Text(0)));
        return found.Count == 0 ? LateSuccessPolicy.Refund : found[0];
    }

    public static ValueTask SetAsync(ITransaction tx, PaymentPolicies policies, DateTimeOffset now) => tx.EnqueueAsync(
        $"""
         INSERT INTO payment_policies (shard, merchant_id, live, late_success, changed_at_ms)
         VALUES ({policies.Scope.Shard}, {policies.Scope.Merchant}, {policies.Scope.IsLive}, {Words<LateSuccessPolicy>.Of(policies.LateSuccess)}, {now})
         ON CONFLICT (shard, merchant_id, live) DO UPDATE SET late_success = excluded.late_success, changed_at_ms = excluded.changed_at_ms
         """,
        expectedRows: 1);
}
