using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Florin.Testing.Processes;

/// <summary>The built program, <c>florin start --json</c>, as a process of its own.</summary>
/// <remarks>Which program: <c>FLORIN_HOST</c>, else the one built in this tree.</remarks>
public sealed class FlorinServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource<JsonElement> report = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FlorinServer(int port, string dataDirectory, IReadOnlyList<string> options)
    {
        (Port, DataDirectory) = (port, dataDirectory);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [ProgramPath(), "start", "--json", "--port", $"{port}", "--data", dataDirectory, .. options];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.Exited += (_, _) => report.TrySetException(new InvalidOperationException($"florin ended before it was ready: {Errors}"));
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && text.StartsWith('{')) report.TrySetResult(JsonElement.Parse(text));
        };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors) errors.AppendLine(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string DataDirectory { get; }

    /// <summary>Without a slash at its end.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    public string SandboxUrl => $"http://127.0.0.1:{Port + 1}";

    /// <summary>Signs in to the API with the demo shop's secret key.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>Follows no redirect, so that a test sees each.</summary>
    public HttpClient Buyer { get; private set; } = null!;

    public HttpClient Sandbox { get; private set; } = null!;

    public JsonElement Report { get; private set; }

    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString();
        }
    }

    /// <param name="port">The port of an earlier start on the same data; 0 for a free one.</param>
    public static async Task<FlorinServer> StartAsync(string dataDirectory, int port = 0, params IReadOnlyList<string> options)
    {
        var server = new FlorinServer(port == 0 ? PortPairs.Take() : port, dataDirectory, options);
        try
        {
            server.Report = await server.report.Task.WaitAsync(Patience);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        var key = server.Report.GetProperty("secret_key").GetString();
        server.Api = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = Patience };
        server.Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        server.Buyer = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(server.Url), Timeout = Patience };
        server.Sandbox = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(server.SandboxUrl), Timeout = Patience };
        return server;
    }

    /// <summary>Runs another command of the program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(ProgramPath());
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var command = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = command.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = command.StandardError.ReadToEndAsync(patience.Token);
        await command.WaitForExitAsync(patience.Token);
        return (command.ExitCode, await output + await errors);
    }

    /// <summary>SIGKILL: the process has no time for anything.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, which asks it to finish what it has begun.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        Buyer?.Dispose();
        Sandbox?.Dispose();
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static string ProgramPath()
    {
        if (Environment.GetEnvironmentVariable("FLORIN_HOST") is { Length: > 0 } given) return given;
        var built = Path.Combine(SourceTree.Root, "src", "Florin.Host", "bin", "Release", "net10.0", "Florin.Host.dll");
        return File.Exists(built) ? built : throw new InvalidOperationException($"Build Florin.Host first (-c Release), or name it in FLORIN_HOST: there is no '{built}'.");
    }
}
