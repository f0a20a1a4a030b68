using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Vault;

/// <summary>Security codes between the form and the gateway: in memory only, for minutes, each given once.</summary>
/// <remarks>PCI DSS 3.3.1: they are on no disk, so a crash or another node goes on without them.</remarks>
internal sealed class CvcMemory : IDisposable
{
    // Held for nine minutes and looked through every minute: none is older than ten.
    private static readonly TimeSpan HoldFor = TimeSpan.FromMinutes(9);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private const int MaxHeld = 50_000;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Dictionary<CardId, byte[]> held = [];

    // In the order of their ends, which is the order in which they came.
    private readonly Queue<(CardId Id, byte[] Cvc, DateTimeOffset Until)> ends = [];
    private readonly ITimer sweeping;

    public CvcMemory(TimeProvider time)
    {
        this.time = time;
        sweeping = time.CreateTimer(_ => Sweep(), state: null, SweepEvery, SweepEvery);
    }

    public int Count
    {
        get
        {
            lock (gate) return held.Count;
        }
    }

    public void Hold(CardId id, Secret<string> cvc)
    {
        var bytes = Encoding.ASCII.GetBytes(cvc.Reveal());
        lock (gate)
        {
            ForgetEnded();
            while (ends.Count >= MaxHeld) Forget(ends.Dequeue());
            held[id] = bytes;
            ends.Enqueue((id, bytes, time.GetUtcNow() + HoldFor));
        }
    }

    /// <returns>The code, the first time it is asked for; null from then on.</returns>
    public Secret<string>? Take(CardId id)
    {
        lock (gate)
        {
            ForgetEnded();
            if (!held.Remove(id, out var bytes)) return null;
            var cvc = Secret.Of(Encoding.ASCII.GetString(bytes));
            CryptographicOperations.ZeroMemory(bytes);
            return cvc;
        }
    }

    public void Dispose()
    {
        sweeping.Dispose();
        lock (gate)
        {
            while (ends.Count > 0) Forget(ends.Dequeue());
        }
    }

    private void Sweep()
    {
        lock (gate) ForgetEnded();
    }

    private void ForgetEnded()
    {
        var now = time.GetUtcNow();
        while (ends.TryPeek(out var first) && first.Until <= now) Forget(ends.Dequeue());
    }

    private void Forget((CardId Id, byte[] Cvc, DateTimeOffset Until) end)
    {
        CryptographicOperations.ZeroMemory(end.Cvc);
        if (held.TryGetValue(end.Id, out var bytes) && ReferenceEquals(bytes, end.Cvc)) held.Remove(end.Id);
    }
}
