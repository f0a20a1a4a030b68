using System.Diagnostics;

namespace Florin.Simulation.Tests;

/// <param name="History">Everything that happened, to be read from the bottom up.</param>
internal sealed record FailedSeed(ulong Seed, IReadOnlyList<string> Findings, string History)
{
    public override string ToString() =>
        $"""
         {History}
         Seed {Seed} violates:
         {string.Join('\n', Findings.Select(finding => $"  {finding}"))}
         Again: ./test --seeds 1 --from {Seed}
         """;
}

/// <param name="Ran">How many seeds were run, which is fewer where it stopped at the first failure.</param>
internal sealed record RunOutcome(long Ran, IReadOnlyList<FailedSeed> Failed, TimeSpan Took)
{
    public double SeedsPerSecond => Ran / Took.TotalSeconds;
}

/// <summary>Runs a range of seeds, each on one thread, beside each other on the machine's cores.</summary>
internal sealed class Runner(PlantedBug bug, int threads)
{
    public bool StopsAtFirst { get; init; } = true;

    public RunOutcome Run(ulong from, ulong count)
    {
        var clock = Stopwatch.StartNew();
        var failed = new List<FailedSeed>();
        var next = from;
        var ran = 0L;
        var gate = new Lock();
        Exception? broken = null;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        if (broken is not null) throw new InvalidOperationException("The simulation itself failed.", broken);
        return new RunOutcome(ran, [.. failed.OrderBy(one => one.Seed)], clock.Elapsed);

        void Work()
        {
            while (true)
            {
                ulong seed;
                lock (gate)
                {
                    if (next >= from + count || broken is not null || (StopsAtFirst && failed.Count > 0)) return;
                    seed = next++;
                }

                try
                {
                    var outcome = RunSeed(seed);
                    lock (gate)
                    {
                        ran++;
                        if (outcome is not null) failed.Add(outcome);
                    }
                }
                catch (Exception failure)
                {
                    lock (gate) broken ??= new InvalidOperationException($"Seed {seed} ended in an exception.", failure);
                    return;
                }
            }
        }
    }

    private FailedSeed? RunSeed(ulong seed)
    {
        using var world = new World(seed, bug);
        var findings = world.Run();
        return findings.Count == 0 ? null : new FailedSeed(seed, findings, world.History.ToString());
    }
}
