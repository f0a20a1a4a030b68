namespace Florin.Connectors.Health;

/// <summary>What a call takes along from its beginning to its end.</summary>
/// <param name="Epoch">Which state of the circuit it began in; the end of a call says nothing about a later state.</param>
internal readonly record struct CircuitPass(long Epoch, bool IsProbe);

/// <summary>Opens when too many calls fail, and closes again once probes are answered.</summary>
/// <remarks>
/// Not safe for threads: <see cref="GatewayLine"/> holds its lock. Time is given as what has passed on a monotonic clock.
/// Polly's breaker stops every call that passes through it, and counts no other; here captures, voids and refunds pass
/// while it is open, and count. docs/decisions/0042 tells more.
/// </remarks>
internal sealed class CircuitBreaker(GatewayHealthOptions options)
{
    private const int Buckets = 10;

    private readonly TimeSpan bucketLength = options.Window / Buckets;
    private readonly (long Number, int Calls, int Failures)[] buckets = new (long Number, int Calls, int Failures)[Buckets];
    private CircuitState state;
    private TimeSpan openUntil;
    private TimeSpan pause;
    private long epoch;
    private int answeredProbes;
    private bool isProbing;

    public CircuitState StateAt(TimeSpan now) => state == CircuitState.Open && now >= openUntil ? CircuitState.HalfOpen : state;

    /// <summary>Whether <see cref="TryBegin"/> would let a new authorization through.</summary>
    public bool IsPassable(TimeSpan now) => StateAt(now) switch
    {
        CircuitState.Closed => true,
        CircuitState.Open => false,
        CircuitState.HalfOpen => !isProbing,
    };

    /// <summary>Lets a new authorization through, or not. One that is let through must <see cref="End"/>.</summary>
    public bool TryBegin(TimeSpan now, out CircuitPass pass)
    {
        pass = default;
        if (!IsPassable(now)) return false;
        if (state == CircuitState.Open) Move(CircuitState.HalfOpen);
        isProbing = state == CircuitState.HalfOpen;
        pass = new CircuitPass(epoch, isProbing);
        return true;
    }

    /// <summary>Lets through what belongs to a payment that the gateway has already, whatever the state.</summary>
    public CircuitPass Begin() => new(epoch, IsProbe: false);

    /// <returns>Whether the circuit opened or closed by this.</returns>
    public bool End(CircuitPass pass, TimeSpan now, bool isFailure)
    {
        if (pass.Epoch != epoch) return false;
        if (pass.IsProbe) isProbing = false;
        return state switch
        {
            CircuitState.Closed => Count(now, isFailure) && Open(now, options.FirstPause),
            CircuitState.HalfOpen when isFailure => Open(now, Shorter(pause * 2, options.LongestPause)),
            CircuitState.HalfOpen => ++answeredProbes >= options.ProbesToClose && Close(),

            // Only a probe tells whether it is over: what passes while open began before the pause was.
            CircuitState.Open => false,
        };
    }

    /// <summary>Ends a call of which nothing can be concluded: where it was the probe, the next call is.</summary>
    public void Forget(CircuitPass pass)
    {
        if (pass.Epoch == epoch && pass.IsProbe) isProbing = false;
    }

    /// <returns>Whether too many have failed.</returns>
    private bool Count(TimeSpan now, bool isFailure)
    {
        var number = now.Ticks / bucketLength.Ticks;
        ref var bucket = ref buckets[number % Buckets];
        if (bucket.Number != number) bucket = (number, 0, 0);
        bucket.Calls++;
        if (!isFailure) return false;
        bucket.Failures++;
        var (calls, failures) = (0L, 0L);
        foreach (var one in buckets)
        {
            if (one.Number <= number - Buckets) continue;
            calls += one.Calls;
            failures += one.Failures;
        }

        return calls >= options.MinimumCalls && failures * 10_000 >= calls * options.FailureBasisPoints;
    }

    private bool Open(TimeSpan now, TimeSpan pauseFor)
    {
        (pause, openUntil) = (pauseFor, now + pauseFor);
        return Move(CircuitState.Open);
    }

    private bool Close()
    {
        Array.Clear(buckets);
        return Move(CircuitState.Closed);
    }

    private bool Move(CircuitState to)
    {
        (state, answeredProbes, isProbing) = (to, 0, false);
        epoch++;
        return true;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
