using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Florin.Bench;

/// <summary>The real program, as an operator starts it.</summary>
internal sealed class FlorinProcess : IAsyncDisposable
{
    private readonly Process process;

    private FlorinProcess(Process process, JsonElement report)
    {
        this.process = process;
        Url = new Uri(report.GetProperty("url").GetString()!);
        SandboxUrl = new Uri(report.GetProperty("sandbox_url").GetString()!);
        SecretKey = report.GetProperty("secret_key").GetString()!;
    }

    public Uri Url { get; }

    public Uri SandboxUrl { get; }

    public string SecretKey { get; }

    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public double PeakMemoryMiB
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / (1024.0 * 1024.0);
        }
    }

    public static async Task<FlorinProcess> StartAsync(string host, string data, string database)
    {
        var port = PortPairs.Take().ToString(CultureInfo.InvariantCulture);
        var process = Start([host, "start", "--port", port, "--data", data, "--database", database, "--json"]);
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Florin did not start.");
        using var report = JsonDocument.Parse(line);
        // Read on, so that a full pipe never stops it.
        _ = process.StandardOutput.ReadToEndAsync();
        return new FlorinProcess(process, report.RootElement);
    }

    /// <summary><c>florin ledger verify</c>, and how many transactions it read.</summary>
    public static async Task<(bool IsSound, string Verdict, int Transactions)> VerifyLedgerAsync(string host, string data, string database)
    {
        using var verify = Start([host, "ledger", "verify", "--data", data, "--database", database], quiet: true);
        var progress = verify.StandardError.ReadToEndAsync();
        var output = await verify.StandardOutput.ReadToEndAsync();
        await verify.WaitForExitAsync();
        var counted = output.Split('\n').FirstOrDefault(line => line.StartsWith("transactions ", StringComparison.Ordinal));
        var transactions = counted is null ? -1 : int.Parse(counted["transactions ".Length..].Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return (verify.ExitCode == 0, output + await progress, transactions);
    }

    public async ValueTask DisposeAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static Process Start(string[] arguments, bool quiet = false) => Process.Start(new ProcessStartInfo("dotnet", arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = quiet,
        // What makes this program's own sockets cheap is no setting of the server's.
        Environment = { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = null, ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = null },
    })!;
}
