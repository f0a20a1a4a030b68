using System.Collections.Concurrent;
using Florin.Kernel;

namespace Florin.Events.Webhooks;

/// <summary>Tells the delivery worker of this process whose events have just been recorded.</summary>
/// <remarks>Only makes deliveries prompt: what is missed here is found when the worker looks by itself.</remarks>
internal sealed class DeliveryWakeUp : IDisposable
{
    // Only grows: that somebody once had an endpoint and has none now costs a look in vain, no more.
    private readonly ConcurrentDictionary<MerchantScope, byte> listening = [];
    private readonly ConcurrentDictionary<MerchantScope, byte> woken = [];
    private readonly SemaphoreSlim signal = new(0, 1);

    /// <summary>Whether an endpoint is known there. Most merchants of a busy process have none, and wake nobody.</summary>
    public bool IsListening(MerchantScope scope) => listening.ContainsKey(scope);

    public void Listen(MerchantScope scope) => listening.TryAdd(scope, 0);

    public void Wake(MerchantScope scope)
    {
        LookAgainAt(scope);
        Signal();
    }

    /// <summary>Marks the scope for the next look without asking for one.</summary>
    public void LookAgainAt(MerchantScope scope) => woken.TryAdd(scope, 0);

    /// <summary>A delivery has ended, so there is room for what found none before.</summary>
    public void RoomCameFree()
    {
        if (!woken.IsEmpty) Signal();
    }

    public List<MerchantScope> Take()
    {
        var taken = new List<MerchantScope>();
        foreach (var (scope, _) in woken)
        {
            if (woken.TryRemove(scope, out _)) taken.Add(scope);
        }

        return taken;
    }

    /// <summary>Waits for a signal, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var delay = Task.Delay(longest, time, enough.Token);
        var signalled = signal.WaitAsync(enough.Token);
        await await Task.WhenAny(delay, signalled);
        await enough.CancelAsync();
    }

    public void Dispose() => signal.Dispose();

    private void Signal()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // A signal waits already; one is enough.
        }
    }
}
