namespace Florin.Connectors.Health;

/// <summary>Room at a gateway that was taken before anything was written down: the call that is made under it is not shed.</summary>
/// <remarks>
/// Whoever is turned away before writing has nothing to take back, and may come again with the same request. A place is for one
/// call. Like <see cref="SendLimit"/> it is ambient, so that no connector has to hand it on. Given back when that call ends, or
/// by <see cref="Dispose"/> where none was made.
/// </remarks>
public sealed class GatewayPlace : IDisposable
{
    private static readonly AsyncLocal<GatewayPlace?> Ambient = new();

    private readonly Lane? lane;
    private int isGone;

    private GatewayPlace(Lane? lane) => this.lane = lane;

    /// <summary>Where nothing is bounded.</summary>
    public static GatewayPlace Unbounded { get; } = new(lane: null);

    /// <summary>Makes the call that the place is for.</summary>
    public async Task<T> UnderAsync<T>(Func<Task<T>> call)
    {
        // What an asynchronous method sets is not seen by who called it, so there is nothing to put back.
        Ambient.Value = this;
        return await call();
    }

    public void Dispose()
    {
        if (TryLeave()) lane!.Leave();
    }

    /// <summary>Takes room, or what the caller has taken already.</summary>
    /// <returns>Null where no room was found in time.</returns>
    internal static async ValueTask<GatewayPlace?> TakeAsync(Lane lane) => TryHandOver(lane) || await lane.EnterAsync() ? new GatewayPlace(lane) : null;

    /// <summary>Whether a call made now has a place in this lane.</summary>
    internal static bool IsHeldIn(Lane lane) => Ambient.Value is { } place && place.lane == lane && Volatile.Read(ref place.isGone) == 0;

    /// <summary>Hands the place over to the call at hand, which must <see cref="Lane.Leave"/> then.</summary>
    internal static bool TryHandOver(Lane lane) => IsHeldIn(lane) && Ambient.Value!.TryLeave();

    private bool TryLeave() => lane is not null && Interlocked.Exchange(ref isGone, 1) == 0;
}
