using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Florin.Crash.Processes;

/// <summary>The built program: its verbs, and nodes that are killed and started again.</summary>
/// <param name="host">Florin.Host.dll.</param>
/// <param name="database">As in <c>--database</c>.</param>
internal sealed class FlorinProgram(string host, string database)
{
    // Short enough that a run ends within minutes, long enough that only what was lost counts as lost.
    public static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Longer than anything here keeps a request on its way: <see cref="Disturbances.LongestPause"/>.</summary>
    private const int SandboxFinalAfterSeconds = 12;

    private const string QuerySchedule = "1,2,3,5,5,5,10,10,10,20,20,20,30,30,30,60,60,60";

    public async Task<(int ExitCode, string Output)> RunAsync(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [host, .. arguments, "--data", data, "--database", database])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    public async Task<string> MustRunAsync(string data, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(data, arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"florin {string.Join(' ', arguments)} ended with {exitCode}: {output}");
    }

    /// <param name="log">Its standard error is added to this file.</param>
    public FlorinNode Node(int port, string data, string log) => new(
        [
            host, "start", "--json", "--no-demo", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", data, "--database", database,
            "--gateway-timeout", GatewayTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--query-schedule", QuerySchedule,
            "--sandbox-final-after", SandboxFinalAfterSeconds.ToString(CultureInfo.InvariantCulture),
        ],
        port,
        log);
}

/// <summary>One Florin that may be killed at any moment.</summary>
internal sealed class FlorinNode(IReadOnlyList<string> arguments, int port, string log) : IAsyncDisposable
{
    // A machine may have much else to do.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private Process? process;

    public Uri Url { get; } = new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Returns once it takes requests.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var started = process = new Process { StartInfo = start };
        // One a start: what the last one still had to say may come while this one begins.
        var lines = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        started.ErrorDataReceived += (_, line) =>
        {
            lock (lines)
            {
                if (line.Data is { } text) lines.WriteLine(text);
                else lines.Dispose();
            }
        };
        started.Start();
        Leftovers.Add(started.Id);
        started.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(Patience);
        var report = await started.StandardOutput.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException($"A node ended before it was ready; see {log}.");
        using var read = JsonDocument.Parse(report);
        // Read on, so that a full pipe never stops it.
        _ = started.StandardOutput.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>SIGKILL: it has no time for anything.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        await EndAsync();
    }

    /// <summary>SIGTERM, which asks it to finish what it has begun.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signals.AskToEnd(process!.Id);
        return await EndAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task<int> EndAsync()
    {
        var ended = process!;
        await ended.WaitForExitAsync();
        process = null;
        Leftovers.Remove(ended.Id);
        var exitCode = ended.ExitCode;
        ended.Dispose();
        return exitCode;
    }
}
