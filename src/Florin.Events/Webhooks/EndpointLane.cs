namespace Florin.Events.Webhooks;

/// <summary>How many deliveries one endpoint is being sent at once, and how many it may be.</summary>
/// <remarks>The bound halves with each failure and doubles with each success, so that a dead endpoint soon holds one slot.</remarks>
internal sealed class EndpointLane
{
    public const int MaxRunning = 8;

    private readonly Lock gate = new();
    private int bound = MaxRunning;
    private int running;

    public int Running => Volatile.Read(ref running);

    public bool IsFailing => Volatile.Read(ref bound) < MaxRunning;

    public int Room
    {
        get
        {
            lock (gate) return Math.Max(bound - running, 0);
        }
    }

    public void Begin()
    {
        lock (gate) running++;
    }

    /// <param name="isTaken">Null for what was cut off, which says nothing about the endpoint.</param>
    public void End(bool? isTaken)
    {
        lock (gate)
        {
            running--;
            if (isTaken is { } taken) bound = taken ? Math.Min(bound * 2, MaxRunning) : Math.Max(bound / 2, 1);
        }
    }
}
