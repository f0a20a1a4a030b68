using System.Diagnostics;
using System.Globalization;

namespace Florin.Bench;

/// <summary>The PostgreSQL that <c>bench/run</c> started.</summary>
internal sealed class PostgresServer(string bin, int port, int processId)
{
    // What pgbench calls a branch; at 50 the accounts (5 million) do not all fit a small cache.
    private const int Scale = 50;
    private const string Yardstick = "tpcb";

    // The unit of /proc/PID/stat, 100 a second on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private bool isYardstickReady;
    private int databases;

    /// <summary>What all of its processes have used, those that ended included.</summary>
    public TimeSpan Cpu
    {
        get
        {
            // Fields 14 to 17 of proc(5): own time, and that of children that ended; what lives is added here.
            var ticks = Times(processId, 14, 15, 16, 17);
            foreach (var child in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)))
            {
                var id = int.Parse(child!, CultureInfo.InvariantCulture);
                if (Fields(id) is { } fields && fields[4 - 3] == processId.ToString(CultureInfo.InvariantCulture)) ticks += Times(id, 14, 15);
            }

            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"florin_bench_{processId}_{++databases}";
        await RunAsync("createdb", name);
        return $"postgres://florin@127.0.0.1:{port}/{name}";
    }

    public Task DropDatabaseAsync(string url) => RunAsync("dropdb", "--force", url[(url.LastIndexOf('/') + 1)..]);

    /// <summary>Transactions a second of pgbench's own script, which is like TPC-B: what this server can do at its simplest.</summary>
    public async Task<double> MeasureTpcBAsync(TimeSpan measured)
    {
        if (!isYardstickReady)
        {
            await RunAsync("dropdb", "--if-exists", Yardstick);
            await RunAsync("createdb", Yardstick);
            await RunAsync("pgbench", "-i", "-q", "-s", Number(Scale), Yardstick);
            isYardstickReady = true;
        }

        await CheckpointAsync();
        var seconds = Number((int)measured.TotalSeconds);
        var output = await RunAsync("pgbench", "-c", "32", "-j", "2", "-M", "prepared", "-T", seconds, Yardstick);
        var line = output.Split('\n').Single(line => line.StartsWith("tps = ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    /// <summary>Writes out what waits, and makes files of the log ready for use again, which a server that has run for a while has:
    /// else whoever is measured first pays for making them, and any for the checkpoint of another.</summary>
    public Task CheckpointAsync() => RunAsync("psql", "--quiet", "--command", "CHECKPOINT", "postgres");

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(bin, program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = "127.0.0.1",
                ["PGPORT"] = Number(port),
                ["PGUSER"] = "florin",
                ["PGSSLMODE"] = "disable",
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {await errors}");
    }

    private static long Times(int id, params int[] fields) =>
        Fields(id) is { } found ? fields.Sum(field => long.Parse(found[field - 3], CultureInfo.InvariantCulture)) : 0;

    /// <summary>The fields of proc(5) from the third on, since the second is a name in which anything may stand; null once it ended.</summary>
    private static string[]? Fields(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
