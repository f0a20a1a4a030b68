using System.Diagnostics;
using System.Text;

namespace Florin.Host.Tests;

/// <summary>The built program as a process of its own, in a directory of its own, on ports of its own.</summary>
internal sealed class FlorinProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private FlorinProcess(IEnumerable<string> arguments, string? keys = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Florin.Host.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (keys is not null) start.Environment["FLORIN_KEYS"] = keys;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(output);

    public string Errors => Read(errors);

    public static FlorinProcess Run(params IEnumerable<string> arguments) => new(arguments);

    /// <summary>With the keys given by configuration.</summary>
    public static FlorinProcess RunWithKeys(string keys, params IEnumerable<string> arguments) => new(arguments, keys);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> ToEndAsync(params IEnumerable<string> arguments)
    {
        using var florin = new FlorinProcess(arguments);
        var exitCode = await florin.ExitCodeAsync();
        return (exitCode, florin.Output, florin.Errors);
    }

    public async Task<string> WaitForOutputAsync(string wanted)
    {
        var waited = Stopwatch.StartNew();
        while (!Output.Contains(wanted, StringComparison.Ordinal))
        {
            Assert.False(process.HasExited, $"It ended with {(process.HasExited ? process.ExitCode : 0)}: {Errors}");
            Assert.True(waited.Elapsed < Patience, $"No '{wanted}' came. Output: {Output} Errors: {Errors}");
            await Task.Delay(20);
        }

        return Output;
    }

    public async Task<int> ExitCodeAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await ExitCodeAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}

/// <summary>A directory that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("florin-test-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
