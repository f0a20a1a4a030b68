namespace Florin.Sandbox.Hooks;

/// <summary>The faults that are set, and the requests that are held because of them.</summary>
internal sealed class Faults(TimeProvider time)
{
    private const int MostSet = 1_000;

    private readonly Lock gate = new();
    private readonly List<SetFault> set = [];
    private readonly List<TaskCompletionSource<HoldRelease>> held = [];
    private int lastId;

    // Read without the lock on every request, so that a sandbox without faults pays nothing for them.
    private volatile bool any;

    public int Held
    {
        get
        {
            lock (gate) return held.Count;
        }
    }

    /// <returns>Its number, to clear it by; null where so many are set that a test must have gone wrong.</returns>
    public int? Set(Fault fault, FaultBounds bounds)
    {
        lock (gate)
        {
            ForgetOver();
            if (set.Count == MostSet) return null;
            set.Add(new SetFault(++lastId, fault, bounds, bounds.For is { } howLong ? time.GetUtcNow() + howLong : null));
            any = true;
            return lastId;
        }
    }

    /// <summary>Takes the first fault that was set for this operation at this moment.</summary>
    /// <param name="last4">Of the card that it is about, where there is one.</param>
    /// <param name="alsoWanted">What else must be true of it; null for nothing.</param>
    public Fault? Take(string acquirer, string operation, FaultMoment moment, string? last4 = null, Func<Fault, bool>? alsoWanted = null)
    {
        if (!any) return null;
        lock (gate)
        {
            ForgetOver();
            var struck = set.Find(one => one.Fault.Moment == moment
                && (one.Fault.Acquirer ?? acquirer) == acquirer
                && (one.Fault.Operation ?? operation) == operation
                && (one.Fault.Last4 is null || one.Fault.Last4 == last4)
                && alsoWanted?.Invoke(one.Fault) != false
                && one.IsDrawn());
            if (struck is null) return null;
            struck.Struck++;
            ForgetOver();
            return struck.Fault;
        }
    }

    public IReadOnlyList<FaultView> Show()
    {
        lock (gate)
        {
            ForgetOver();
            return [.. set.Select(one => one.View())];
        }
    }

    /// <returns>Whether there was such a fault.</returns>
    public bool Clear(int id)
    {
        lock (gate)
        {
            var cleared = set.RemoveAll(one => one.Id == id) > 0;
            any = set.Count > 0;
            return cleared;
        }
    }

    /// <summary>Waits until the test releases the request.</summary>
    /// <exception cref="OperationCanceledException">The caller went away first.</exception>
    public async Task<HoldRelease> HoldAsync(CancellationToken callerGone)
    {
        var release = new TaskCompletionSource<HoldRelease>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate) held.Add(release);
        try
        {
            return await release.Task.WaitAsync(callerGone);
        }
        finally
        {
            lock (gate) held.Remove(release);
        }
    }

    /// <summary>Lets every held request go.</summary>
    /// <returns>How many there were.</returns>
    public int Release(HoldRelease how)
    {
        lock (gate)
        {
            foreach (var release in held) release.TrySetResult(how);
            return held.Count;
        }
    }

    /// <summary>Forgets the faults set and drops what is held.</summary>
    public void Reset()
    {
        lock (gate)
        {
            set.Clear();
            any = false;
            Release(HoldRelease.Drop);
        }
    }

    private void ForgetOver()
    {
        var now = time.GetUtcNow();
        set.RemoveAll(one => one.IsOver(now));
        any = set.Count > 0;
    }

    private sealed class SetFault(int id, Fault fault, FaultBounds bounds, DateTimeOffset? until)
    {
        private ulong drawn = bounds.Seed;

        public int Id => id;

        public Fault Fault => fault;

        public int Struck { get; set; }

        public bool IsOver(DateTimeOffset now) => Struck >= bounds.Count || now >= until;

        /// <summary>Whether this one is struck, of those that could be.</summary>
        public bool IsDrawn() => bounds.PartsPerMillion == FaultBounds.Always || Draw() % FaultBounds.Always < (ulong)bounds.PartsPerMillion;

        public FaultView View() => new(
            id,
            FaultWords.Of(fault.Kind),
            FaultWords.Of(fault.Moment),
            fault.Acquirer,
            fault.Operation,
            fault.Last4,
            bounds.Count - Struck,
            until,
            (long)fault.Delay.TotalMilliseconds,
            Struck);

        // SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere for the same seed.
        private ulong Draw()
        {
            unchecked
            {
                var mixed = drawn += 0x9E3779B97F4A7C15;
                mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
                mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
                return mixed ^ (mixed >> 31);
            }
        }
    }
}
