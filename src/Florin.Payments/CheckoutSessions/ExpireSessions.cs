using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.CheckoutSessions;

/// <summary>Ends a session at its time; one whose payment is just being collected is looked at again a little later.</summary>
internal sealed class ExpireSessions(IDatabase database, CheckoutSessionsService sessions, TimeProvider time) : IJobHandler
{
    public const string JobKind = "checkout.expire";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    public string Kind => JobKind;

    public int Concurrency => 4;

    public TimeSpan Lease => TimeSpan.FromMinutes(1);

    public static NewJob Job(CheckoutSession session) => new(session.Id.Shard(), JobKind, session.Id.ToString(), session.ExpiresAt);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<CheckoutSessionId>(job.Key);
        var isOpen = await database.WriteAsync(
            async tx =>
            {
                var expired = await sessions.ExpireAsync(tx, scope: null, id, origin: null);
                return !expired.IsSuccess && await SessionStore.FindAsync(tx, id) is { Status: CheckoutStatus.Open };
            },
            ct);
        return isOpen ? new JobOutcome.RunAgain(time.GetUtcNow() + LookAgainAfter) : JobOutcome.Done;
    }
}
