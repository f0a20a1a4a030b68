using System.Collections.Concurrent;

namespace Florin.Crash.Processes;

/// <summary>What must be ended although the run is cut off (Ctrl-C, SIGTERM): its processes are nobody else's.</summary>
internal static class Leftovers
{
    private static readonly ConcurrentDictionary<int, byte> Started = [];

    static Leftovers() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var processId in Started.Keys) Signals.Kill(processId);
    };

    public static void Add(int processId) => Started.TryAdd(processId, 0);

    public static void Remove(int processId) => Started.TryRemove(processId, out _);
}
