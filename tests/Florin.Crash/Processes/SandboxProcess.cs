using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Florin.Sandbox;

namespace Florin.Crash.Processes;

/// <summary>The simulated acquirers in a process of their own, so that what they booked does not fall with Florin.</summary>
internal sealed class SandboxProcess(int port, string book) : IAsyncDisposable
{
    /// <summary>The first argument that makes this program the sandbox.</summary>
    public const string Verb = "sandbox";

    // A book that forgot payments would look like lost ones.
    private const int MaxPayments = 5_000_000;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private Process? process;

    public Uri Url { get; } = new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>What this program does when it is started as the sandbox.</summary>
    public static async Task ServeAsync(string url, string book)
    {
        await using var sandbox = SandboxApplication.Create(new SandboxOptions { Url = url, BookPath = book, MaxPayments = MaxPayments });
        await sandbox.StartAsync();
        Console.WriteLine("ready");
        // It lives as long as the one that started it: its end closes this pipe.
        await Console.In.ReadToEndAsync();
    }

    public async Task StartAsync()
    {
        process = Process.Start(new ProcessStartInfo("dotnet", [typeof(SandboxProcess).Assembly.Location, Verb, Url.AbsoluteUri.TrimEnd('/'), book])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        if (await process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("The sandbox did not start.");
    }

    public async Task PauseAsync(TimeSpan pause, TimeProvider time)
    {
        Signals.Stop(process!.Id);
        await Task.Delay(pause, time);
        Signals.Continue(process.Id);
    }

    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Faults for the next operations, as docs/sandbox.md tells.</summary>
    public async Task ControlAsync(string what, object body)
    {
        using var answer = await Http.PostAsJsonAsync(new Uri(Url, $"control/{what}"), body);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await KillAsync();
    }
}
