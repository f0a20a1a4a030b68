namespace Florin.Connectors.Health;

/// <summary>Room for so many calls at once, and a short queue before it.</summary>
/// <remarks>Nobody waits on a thread, and nobody waits long: who finds no room within the bound is turned away.</remarks>
internal sealed class Lane(LaneOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim room = new(options.Calls, options.Calls);
    private int queued;
    private long shed;

    /// <summary>Whether a call would find room, or a place in the queue.</summary>
    public bool HasRoom => room.CurrentCount > 0 || Volatile.Read(ref queued) < options.Queue;

    /// <summary>Whether a call would be sent at once.</summary>
    public bool IsFree => room.CurrentCount > 0;

    public LaneFigures Figures => new(options.Calls - room.CurrentCount, Volatile.Read(ref queued), Interlocked.Read(ref shed));

    /// <returns>Whether there was room; then the call must <see cref="Leave"/>.</returns>
    public ValueTask<bool> EnterAsync() => room.Wait(0) ? new ValueTask<bool>(true) : QueueAsync();

    public void Leave() => room.Release();

    public void Dispose() => room.Dispose();

    private async ValueTask<bool> QueueAsync()
    {
        try
        {
            if (Interlocked.Increment(ref queued) <= options.Queue)
            {
                using var enough = new CancellationTokenSource(options.Wait, time);
                await room.WaitAsync(enough.Token);
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            // No room in time: turned away like those who found the queue full.
        }
        finally
        {
            Interlocked.Decrement(ref queued);
        }

        Interlocked.Increment(ref shed);
        return false;
    }
}
