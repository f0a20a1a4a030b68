using System.Diagnostics;
using System.Globalization;

namespace Florin.Crash.Processes;

/// <summary>A PostgreSQL of its own, durable as in production, to be stopped, paused and started again.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string bin;
    private readonly string place;
    private readonly int port;

    private PostgresServer(string bin, string place, int port) => (this.bin, this.place, this.port) = (bin, place, port);

    public string Url => $"postgres://florin@127.0.0.1:{port}/postgres";

    private string Data => Path.Combine(place, "data");

    public static async Task<PostgresServer> StartAsync(string bin, int port)
    {
        var server = new PostgresServer(bin, Directory.CreateTempSubdirectory("florin-crash-postgres-").FullName, port);
        // initdb and postgres refuse to run as root.
        if (Environment.UserName == "root") await RunAsync("chown", "postgres", server.place);
        await server.RunOwnAsync("initdb", "-D", server.Data, "-U", "florin", "-A", "trust", "-E", "UTF8", "--locale=C");
        await server.StartAsync();
        return server;
    }

    /// <summary>Stops it as a crash does (immediate) or as an operator does (fast), and starts it again.</summary>
    public async Task RestartAsync(bool isCrash)
    {
        await StopAsync(isCrash ? "immediate" : "fast");
        await StartAsync();
    }

    /// <summary>Holds every process of the server, so that connections stay open and nothing answers.</summary>
    public async Task PauseAsync(TimeSpan pause, TimeProvider time)
    {
        var postmaster = await PostmasterAsync();
        // The one that makes the others first, so that none is missed.
        Signals.Stop(postmaster);
        var others = await Signals.ChildrenAsync(postmaster);
        foreach (var other in others) Signals.Stop(other);
        await Task.Delay(pause, time);
        foreach (var other in others) Signals.Continue(other);
        Signals.Continue(postmaster);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (File.Exists(Path.Combine(Data, "postmaster.pid"))) await StopAsync("immediate");
            Directory.Delete(place, recursive: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            // What made the run end is worth more than what could not be tidied up after it.
            await Console.Error.WriteLineAsync($"PostgreSQL in {place} is left: {failure.Message}");
        }
    }

    private async Task StartAsync()
    {
        await RunOwnAsync(
            "pg_ctl", "-D", Data, "-l", Path.Combine(place, "server.log"), "-w", "-t", "60", "start", "-o",
            $"-p {port.ToString(CultureInfo.InvariantCulture)} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c max_connections=200 -c shared_buffers=256MB");
        Leftovers.Add(await PostmasterAsync());
    }

    private async Task StopAsync(string mode)
    {
        Leftovers.Remove(await PostmasterAsync());
        await RunOwnAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "-t", "60", "stop");
    }

    private async Task<int> PostmasterAsync() =>
        int.Parse((await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0], CultureInfo.InvariantCulture);

    private Task RunOwnAsync(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(bin, program), .. arguments];
        return Environment.UserName == "root"
            ? RunAsync("runuser", ["-u", "postgres", "--", .. command])
            : RunAsync(command[0], command[1..]);
    }

    // The server that pg_ctl leaves behind would hold a pipe open for ever, so its output goes nowhere.
    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
