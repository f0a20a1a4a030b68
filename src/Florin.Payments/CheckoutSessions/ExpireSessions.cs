using Florin.Kernel;
using Florin.Payments.TestClocks;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.CheckoutSessions;

/// <summary>Ends a session at its time; one whose payment is just being collected is looked at again a little later.</summary>
internal sealed class ExpireSessions(IDatabase database, CheckoutSessionsService sessions, TimeProvider time) : IJobHandler
{
    public const string JobKind = "checkout.expire";

    // By a test clock it is not over yet; a step of the clock ends the session too, so this is only for a clock that is deleted.
    private static readonly TimeSpan LookAgainByClock = TimeSpan.FromHours(1);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    public string Kind => JobKind;

    public int Concurrency => 4;

    public TimeSpan Lease => TimeSpan.FromMinutes(1);

    public static NewJob Job(CheckoutSession session) => new(session.Id.Shard(), JobKind, session.Id.ToString(), session.ExpiresAt);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<CheckoutSessionId>(job.Key);
        var now = time.GetUtcNow();
        var lookAgain = await database.WriteAsync<TimeSpan?>(
            async tx =>
            {
                var session = await SessionStore.FindAsync(tx, id);
                if (session is not { Status: CheckoutStatus.Open }) return null;
                if (session.ExpiresAt > await TestClockStore.NowAsync(tx, session.Scope, now)) return LookAgainByClock;
                var expired = await sessions.ExpireAsync(tx, scope: null, id, origin: null);
                return !expired.IsSuccess && await SessionStore.FindAsync(tx, id) is { Status: CheckoutStatus.Open } ? LookAgainAfter : null;
            },
            ct);
        return lookAgain is { } wait ? new JobOutcome.RunAgain(now + wait) : JobOutcome.Done;
    }
}
