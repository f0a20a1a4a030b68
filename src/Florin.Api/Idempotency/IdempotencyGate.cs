using Florin.Storage.Idempotency;

namespace Florin.Api;

/// <summary>Waits a little for an earlier request with the same key to be answered.</summary>
internal sealed class IdempotencyGate(IIdempotency store, TimeProvider time)
{
    private static readonly TimeSpan WaitFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc cref="IIdempotency.GiveUp"/>
    public void GiveUp(IdempotencyKey key) => store.GiveUp(key);

    /// <summary>What stands under the key now, or after up to two seconds if it is being worked on.</summary>
    /// <remarks>This look comes before validation, so that a retry meets no new rule. The claim within the module's own
    /// transaction is what makes a request act once; without this look ahead it would still.</remarks>
    public async Task<IdempotencyState> StateAsync(IdempotencyKey key, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var state = await store.FindAsync(key, ct);
            if (state is not IdempotencyState.InFlight || time.GetElapsedTime(started) >= WaitFor) return state;
            await Task.Delay(Pause, time, ct);
        }
    }
}
