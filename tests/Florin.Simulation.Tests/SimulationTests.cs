using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Florin.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong Seeds = 2_000;

    // One in memory and one on a file, in both of which nodes die.
    public static TheoryData<ulong> SomeSeeds => [3, 16];

    public static TheoryData<string> Bugs => [.. PlantedBug.All.Select(bug => bug.Name)];

    [Fact]
    public void Two_thousand_seeds_violate_no_invariant()
    {
        var outcome = new Runner(PlantedBug.None, Environment.ProcessorCount).Run(from: 1, Seeds);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Ran} seeds, {outcome.SeedsPerSecond:F0} a second"));
        Assert.True(outcome.Failed.Count == 0, string.Join('\n', outcome.Failed));
    }

    [Theory, MemberData(nameof(Bugs))]
    public void A_planted_bug_is_found_within_two_thousand_seeds(string name)
    {
        var bug = PlantedBug.All.Single(bug => bug.Name == name);
        var outcome = new Runner(bug, Environment.ProcessorCount).Run(from: 1, Seeds);
        Assert.True(bug.HasTakenEffect, $"The bug '{name}' has met nothing that it changes: what it was made for is no longer there.");
        Assert.NotEmpty(outcome.Failed);
        var found = outcome.Failed[0];
        output.WriteLine($"Seed {found.Seed}, after {outcome.Ran} seeds: {found.Findings[0]}");
    }

    [Theory, MemberData(nameof(SomeSeeds))]
    public void A_seed_has_the_same_history_every_time(ulong seed) => Assert.Equal(HistoryOf(seed), HistoryOf(seed));

    [Theory, MemberData(nameof(SomeSeeds))]
    public async Task A_seed_has_the_same_history_in_another_process(ulong seed)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { typeof(SimulationTests).Assembly.Location, "--show", "--seeds", "1", "--from", $"{seed}" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var (history, hash) = HistoryOf(seed);
        Assert.StartsWith(history, printed, StringComparison.Ordinal);
        Assert.EndsWith($"has the history {hash}", printed.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_seeds_have_different_histories() => Assert.NotEqual(HistoryOf(3), HistoryOf(4));

    [Fact]
    public void A_history_tells_when_which_node_did_what_and_what_the_gateway_did()
    {
        var outcome = new Runner(PlantedBug.UnknownTriedAgain, threads: 1).Run(from: 1, Seeds);
        var printed = $"{outcome.Failed[0]}";
        Assert.Matches(@"(?m)^ +\d+\.\d{6}  (north|south)\.\d +asks (aurora|castellan|hangang) to authorize pa_", printed);
        Assert.Matches(@"(?m)^ +\d+\.\d{6}  gateway +(aurora|castellan|hangang): authorize pa_\w+ of \d+: captured \d+$", printed);
        Assert.Matches(@"(?m)^ +\d+\.\d{6}  (north|south)\.\d +attempt \S+: sent -> not_sent$", printed);
        Assert.Contains($"Again: ./test --seeds 1 --from {outcome.Failed[0].Seed}", printed, StringComparison.Ordinal);
    }

    private static (string History, string Hash) HistoryOf(ulong seed)
    {
        using var world = new World(seed, PlantedBug.None);
        world.Run();
        return (world.History.ToString(), world.History.Hash());
    }
}
