using System.Globalization;

namespace Florin.Simulation.Tests;

/// <summary>Runs as many seeds as one likes, beside the tests: <c>./test --seeds 50000</c>.</summary>
internal static class Program
{
    private const string Usage =
        """
        Simulates the payment core, one seed after another, and stops at the first that violates an invariant.

          --seeds N      how many seeds (1000)
          --from S       the first one (1)
          --threads T    how many at a time (the machine's cores)
          --all          does not stop at the first violation; lists all of them
          --show         prints the history of every seed, also where all is right
          --bug NAME     plants a bug: one of those that --bugs lists
          --bugs         lists the bugs that can be planted
        """;

    public static int Main(string[] arguments)
    {
        if (!TryRead(arguments, out var options)) return 2;
        if (options.Show)
        {
            for (var seed = options.From; seed < options.From + options.Seeds; seed++) Show(seed, options.Bug);
            return 0;
        }

        var outcome = new Runner(options.Bug, options.Threads) { StopsAtFirst = !options.All }.Run(options.From, options.Seeds);
        if (outcome.Failed.Count > 0) Console.WriteLine(outcome.Failed[0]);
        foreach (var failed in outcome.Failed.Skip(1)) Console.WriteLine($"Seed {failed.Seed}: {failed.Findings[0]} ({failed.Findings.Count} in all)");
        var seconds = outcome.Took.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Ran} seeds from {options.From} in {seconds:F1} s, {outcome.SeedsPerSecond:F0} seeds/s on {options.Threads} threads: {outcome.Failed.Count} violated an invariant"));
        return outcome.Failed.Count == 0 ? 0 : 1;
    }

    private static void Show(ulong seed, PlantedBug bug)
    {
        using var world = new World(seed, bug);
        world.Run();
        Console.Write(world.History.ToString());
        Console.WriteLine($"Seed {seed} took {world.Scheduler.Taken} steps, {world.Engine.Writes} writes and {world.Engine.Reads} reads, and has the history {world.History.Hash()}");
    }

    private static bool TryRead(string[] arguments, out Options options)
    {
        options = new Options();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--seeds" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var seeds):
                    options = options with { Seeds = seeds };
                    i++;
                    break;
                case "--from" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var from):
                    options = options with { From = from };
                    i++;
                    break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var threads) && threads > 0:
                    options = options with { Threads = threads };
                    i++;
                    break;
                case "--bug" when PlantedBug.All.FirstOrDefault(bug => bug.Name == value) is { } bug:
                    options = options with { Bug = bug };
                    i++;
                    break;
                case "--all":
                    options = options with { All = true };
                    break;
                case "--show":
                    options = options with { Show = true };
                    break;
                case "--bugs":
                    foreach (var bug in PlantedBug.All) Console.WriteLine(bug.Name);
                    return false;
                default:
                    Console.Error.WriteLine(Usage);
                    return false;
            }
        }

        return true;
    }

    private sealed record Options
    {
        public ulong Seeds { get; init; } = 1_000;

        public ulong From { get; init; } = 1;

        public int Threads { get; init; } = Environment.ProcessorCount;

        public PlantedBug Bug { get; init; } = PlantedBug.None;

        public bool All { get; init; }

        public bool Show { get; init; }
    }
}
