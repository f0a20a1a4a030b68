namespace Florin.Sandbox.Hooks;

internal enum FaultKind
{
    /// <summary>Keep the request until it is released.</summary>
    Hold,
    Delay,
    Http500,
    Malformed,
    Reset,
}

internal enum FaultMoment
{
    /// <summary>Nothing has been done yet; except after a hold or a delay, nothing will be.</summary>
    Before,

    /// <summary>It is done and booked; only the answer suffers.</summary>
    After,
}

internal enum HoldRelease
{
    Answer,
    Drop,
}

/// <param name="Acquirer">Null for all of them.</param>
/// <param name="Operation">As in <see cref="OperationNames"/>; null for all of them.</param>
internal sealed record Fault(
    FaultKind Kind, FaultMoment Moment, string? Acquirer, string? Operation, TimeSpan Delay = default);

/// <summary>The words that a test names an operation with.</summary>
internal static class OperationNames
{
    /// <summary>Hangang's first step, which moves no money.</summary>
    public const string Ready = "ready";
    public const string Authorize = "authorize";

    /// <summary>What follows a challenge.</summary>
    public const string Confirm = "confirm";
    public const string Increment = "increment";
    public const string Capture = "capture";
    public const string Void = "void";
    public const string Refund = "refund";
    public const string CancelRefund = "cancel_refund";
    public const string Query = "query";
    public const string DisputeQuery = "dispute_query";
    public const string Evidence = "evidence";

    /// <summary>The merchant gives a dispute up.</summary>
    public const string Accept = "accept";

    public static IReadOnlyList<string> All { get; } =
        [Ready, Authorize, Confirm, Increment, Capture, Void, Refund, CancelRefund, Query, DisputeQuery, Evidence, Accept];
}

/// <summary>The faults that tests have asked for, and the requests that are held because of them.</summary>
internal sealed class Faults
{
    private readonly Lock gate = new();
    private readonly List<(Fault Fault, int Left)> asked = [];
    private readonly List<TaskCompletionSource<HoldRelease>> held = [];

    // Read without the lock on every request, so that a sandbox without faults pays nothing for them.
    private volatile bool any;

    public int Held
    {
        get
        {
            lock (gate) return held.Count;
        }
    }

    public void Ask(Fault fault, int count)
    {
        lock (gate)
        {
            asked.Add((fault, count));
            any = true;
        }
    }

    /// <summary>Takes the first fault that was asked for this operation at this moment.</summary>
    public Fault? Take(string acquirer, string operation, FaultMoment moment)
    {
        if (!any) return null;
        lock (gate)
        {
            var index = asked.FindIndex(entry => entry.Fault.Moment == moment
                && (entry.Fault.Acquirer ?? acquirer) == acquirer
                && (entry.Fault.Operation ?? operation) == operation);
            if (index < 0) return null;
            var (fault, left) = asked[index];
            if (left > 1) asked[index] = (fault, left - 1);
            else asked.RemoveAt(index);
            any = asked.Count > 0;
            return fault;
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

    /// <summary>Forgets the faults asked for and drops what is held.</summary>
    public void Reset()
    {
        lock (gate)
        {
            asked.Clear();
            any = false;
            Release(HoldRelease.Drop);
        }
    }
}
