using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Florin.Host.Tests;

/// <summary>The curl samples of the documentation, run as they stand against a Florin of their own.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public async Task Every_curl_sample_is_answered_with_200()
    {
        using var directory = new TemporaryDirectory();
        var port = PortPairs.Take();
        using var florin = FlorinProcess.Run(
            "start", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", directory.At("data"), "--json");
        await florin.WaitForOutputAsync("\n");

        foreach (var document in (string[])["README.md", "docs/integrate/quickstart.md"])
        {
            // What stands in a sample as pi_... is what an earlier one of the page has made.
            var latest = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var sample in CurlSamples(document))
            {
                var command = Placeholder().Replace(
                    sample.Replace("127.0.0.1:8080", $"127.0.0.1:{port}", StringComparison.Ordinal),
                    match => latest[match.Groups[1].Value]);
                var (exitCode, answer) = await RunAsync(command);
                Assert.True(exitCode == 0, $"{document}: {command}\n{answer}");
                var id = Id().Match(answer);
                latest[id.Groups[2].Value] = id.Groups[1].Value;
            }
        }

        Assert.Equal(0, await florin.StopAsync());
    }

    private static List<string> CurlSamples(string document)
    {
        var text = File.ReadAllText(Path.Combine(Root(), document));
        var samples = Sample().Matches(text).Select(match => match.Groups[1].Value).Where(sample => sample.TrimStart().StartsWith("curl ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(samples);
        return samples;
    }

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Florin.slnx"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }

    private static async Task<(int ExitCode, string Answer)> RunAsync(string command)
    {
        // As a shell reads it, and failing where the status says failure.
        var start = new ProcessStartInfo("sh", ["-c", $"curl() {{ command curl -sS --fail-with-body \"$@\"; }}\n{command}"])
        {
            RedirectStandardOutput = true,
        };
        using var shell = Process.Start(start)!;
        var answer = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, answer);
    }

    [GeneratedRegex(@"^ *```sh\n(.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"\b([a-z]+_)\.\.\.")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"id\":\"(([a-z]+_)\\w+)\"")]
    private static partial Regex Id();
}
