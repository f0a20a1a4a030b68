using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Florin.Host.Tests;

/// <summary>The books of the demo's data: out to the real programs, and in again, as the documentation says.</summary>
[Trait("Needs", "hledger")]
[Trait("Needs", "beancount")]
public sealed partial class LedgerBooksTests : IDisposable
{
    private const string Merchant = "acct_01980000000070008000000000000001";

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Every_command_of_the_documentation_runs_on_the_demos_data()
    {
        await SeedAsync();
        foreach (var (name, text) in Files()) await File.WriteAllTextAsync(directory.At(name), text);

        foreach (var command in Commands())
        {
            var (exitCode, output) = await ShellAsync(command);
            Assert.True(exitCode == 0, $"{command}\n{output}");
        }
    }

    [Fact]
    public async Task Hledger_and_beancount_agree_with_our_balances_of_the_demos_data_to_the_cent()
    {
        await SeedAsync();
        var ours = await MustAsync($"florin ledger report trial-balance --merchant {Merchant} --test");
        await MustAsync($"florin ledger export --merchant {Merchant} --test --format hledger --out books.journal");
        await MustAsync($"florin ledger export --merchant {Merchant} --test --format beancount --out books.beancount");

        await MustAsync("hledger -f books.journal check --strict");
        await MustAsync("bean-check books.beancount");
        var journal = await MustAsync("hledger -f books.journal balance --flat --no-total -O csv");
        var query = await MustAsync("bean-query -q -f csv books.beancount 'SELECT account, sum(position) GROUP BY account'");
        var accounts = Account().Matches(ours);
        Assert.True(accounts.Count >= 6, ours);
        foreach (var groups in accounts.Select(match => match.Groups))
        {
            var (code, closing) = (groups["code"].Value, decimal.Parse(groups["closing"].Value, CultureInfo.InvariantCulture));
            if (closing == 0) continue;
            var figure = Regex.Escape(groups["closing"].Value.TrimStart('-'));
            var name = string.Join(':', code.Split(':').Select(level => string.Join('-', level.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));
            Assert.Matches($"(?m):{Regex.Escape(code)}\",.*[\" -]{figure} ", journal);
            Assert.Matches($"(?m):{Regex.Escape(name)} *,.*[ ,-]{figure} ", query);
        }

        Assert.Equal(3, Regex.Count(ours, "In balance: "));
        Assert.Equal(3, Regex.Count(await MustAsync($"florin ledger report balance-sheet --merchant {Merchant} --test"), "In balance: "));
    }

    [Fact]
    public async Task A_faulty_file_is_1_and_names_its_lines_and_a_wrong_call_is_2()
    {
        await SeedAsync();
        await File.WriteAllTextAsync(directory.At("bad.journal"), "2026-01-01 x\n  assets:a  1 EUR\n  assets:b  \u001b[31m5\n\n2026-02-30 y\n  assets:a  1 EUR\n  assets:b\n");

        var (faulty, output) = await ShellAsync($"florin ledger import --merchant {Merchant} --test --format hledger --file bad.journal");
        Assert.Equal(1, faulty);
        Assert.Contains("line 3: ", output, StringComparison.Ordinal);
        Assert.Contains("line 5: ", output, StringComparison.Ordinal);
        Assert.Contains("Nothing was posted: 2 faults.", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);

        await RefusedAsync("--mapping belongs to", "export --format gl");
        await RefusedAsync("leaves out", "export --format gl --mapping part.csv --out gl.csv");
        Assert.False(File.Exists(directory.At("gl.csv")) || File.Exists(directory.At("gl.csv.part")));
        await RefusedAsync("Line 2", "export --format gl --mapping wrong.csv");
        await RefusedAsync("--from-cursor", "export --format csv --from-cursor -5");
        await RefusedAsync("--time-zone", "export --format csv --time-zone Mars/Olympus");
        await RefusedAsync("--from takes a day", "report income --from 2026-02-30");
        await RefusedAsync("no file", "import --format csv --file nowhere.csv");
        await RefusedAsync("no account 'nothing'", "statement nothing");
        await RefusedAsync("say which", "statement merchant_pending");
    }

    private async Task RefusedAsync(string words, string arguments)
    {
        await File.WriteAllTextAsync(directory.At("part.csv"), "pattern,account\nnothing,1\n");
        await File.WriteAllTextAsync(directory.At("wrong.csv"), "pattern,account\n,1\n");
        var (exitCode, output) = await ShellAsync($"florin ledger {arguments} --merchant {Merchant} --test");
        Assert.Equal(2, exitCode);
        Assert.Contains(words, output, StringComparison.Ordinal);
    }

    private async Task SeedAsync()
    {
        var port = PortPairs.Take().ToString(CultureInfo.InvariantCulture);
        using var florin = FlorinProcess.Run("start", "--port", port, "--data", directory.At("data"), "--json", "--demo-payments");
        await florin.WaitForOutputAsync("\n");
        Assert.Equal(0, await florin.StopAsync());
    }

    private async Task<string> MustAsync(string command)
    {
        var (exitCode, output) = await ShellAsync(command);
        Assert.True(exitCode == 0, $"{command}\n{output}");
        return output;
    }

    private async Task<(int ExitCode, string Output)> ShellAsync(string command)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Florin.Host.dll");
        var start = new ProcessStartInfo("sh", ["-c", $"florin() {{ dotnet '{program}' \"$@\" --data '{directory.At("data")}'; }}\n{{ {command}\n}} 2>&1"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = directory.Path,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, output);
    }

    private static string Document()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Florin.slnx"))) root = Path.GetDirectoryName(root)!;
        return File.ReadAllText(Path.Combine(root, "docs", "operations", "ledger.md"));
    }

    private static List<string> Commands()
    {
        var commands = Block().Matches(Document())
            .Where(block => block.Groups["language"].Value == "sh")
            .SelectMany(block => block.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        Assert.True(commands.Count > 15);
        return commands;
    }

    private static List<(string Name, string Text)> Files() => [.. Block().Matches(Document())
        .Where(block => block.Groups["name"].Success)
        .Select(block => (block.Groups["name"].Value, block.Groups["text"].Value))];

    [GeneratedRegex(@"^```(?<language>[a-z]+)(?: (?<name>\S+))?\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(?<code>[a-z_:]+) +-?[0-9.]+ +[0-9.]+ +[0-9.]+ +(?<closing>-?[0-9.]+)$", RegexOptions.Multiline)]
    private static partial Regex Account();
}
