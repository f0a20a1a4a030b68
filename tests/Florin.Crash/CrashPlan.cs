using System.Globalization;

namespace Florin.Crash;

/// <summary>What is done to one engine's installation while it is paid through.</summary>
/// <param name="SmallDisk">A small file system of its own for SQLite's data, to be filled; null where there is none.</param>
/// <param name="TapFile">Where the verdicts go, one a line (TAP), for ./test to count.</param>
internal sealed record CrashPlan(
    bool IsPostgres,
    int Kills,
    int DatabaseRestarts,
    int DatabasePauses,
    int SandboxCuts,
    int DiskFills,
    int Buyers,
    int Seed,
    string? SmallDisk,
    string? TapFile)
{
    /// <exception cref="FormatException">An option is unknown or wants another value.</exception>
    public static CrashPlan Parse(IReadOnlyList<string> arguments)
    {
        var plan = new CrashPlan(IsPostgres: true, 0, 0, 0, 0, 0, Buyers: 32, Seed: 1, SmallDisk: null, TapFile: null);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var (name, value) = (arguments[i], arguments.ElementAtOrDefault(i + 1) ?? throw new FormatException($"{arguments[i]} wants a value."));
            plan = name switch
            {
                "--engine" => plan with { IsPostgres = value is "postgres" or "sqlite" ? value == "postgres" : throw new FormatException($"{name} is postgres or sqlite.") },
                "--kills" => plan with { Kills = Number(name, value) },
                "--database-restarts" => plan with { DatabaseRestarts = Number(name, value) },
                "--database-pauses" => plan with { DatabasePauses = Number(name, value) },
                "--sandbox-cuts" => plan with { SandboxCuts = Number(name, value) },
                "--disk-fills" => plan with { DiskFills = Number(name, value) },
                "--buyers" => plan with { Buyers = Number(name, value) },
                "--seed" => plan with { Seed = Number(name, value) },
                "--small-disk" => plan with { SmallDisk = value },
                "--tap" => plan with { TapFile = value },
                _ => throw new FormatException($"There is no option '{name}'."),
            };
        }

        // A server's restarts mean nothing to a file, and a full disk here is SQLite's.
        return plan.IsPostgres ? plan with { DiskFills = 0 } : plan with { DatabaseRestarts = 0, DatabasePauses = 0 };
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{name} takes a number, and not '{value}'.");
}
