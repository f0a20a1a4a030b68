namespace Florin.Ledger.Proof;

/// <summary>What comes after a place, up to and with another.</summary>
internal readonly record struct Part<T>(T After, T Until);

/// <summary>Parts of a whole, taken one after another by several at once: whoever is faster takes more of them.</summary>
internal sealed class Parts<T>(IReadOnlyList<Part<T>> all)
{
    private int taken;

    public bool TryTake(out Part<T> part)
    {
        var mine = Interlocked.Increment(ref taken) - 1;
        part = mine < all.Count ? all[mine] : default;
        return mine < all.Count;
    }
}
