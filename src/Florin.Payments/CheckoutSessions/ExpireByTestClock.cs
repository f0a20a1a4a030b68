using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.CheckoutSessions;

/// <summary>Ends the sessions whose time is over by the merchant's test clock.</summary>
internal sealed class ExpireByTestClock(IDatabase database, CheckoutSessionsService sessions) : ITestClockFollower
{
    private const int Batch = 100;

    public async Task FollowAsync(MerchantScope scope, DateTimeOffset now, CancellationToken ct)
    {
        CheckoutSessionId? after = null;
        while (true)
        {
            var due = await database.ReadAsync(async reader => await SessionStore.DueAsync(reader, scope, now, after, Batch), ct);

            // One whose payment is being collected stays open, and is looked at again by its own job.
            foreach (var id in due) await database.WriteAsync(async tx => await sessions.ExpireAsync(tx, scope: null, id, origin: null), ct);
            if (due.Count < Batch) return;
            after = due[^1];
        }
    }
}
