using Florin.Host.Commands;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Host.Tests;

public sealed class LedgerVerifyTests
{
    [Fact]
    public void A_sound_ledger_is_0_and_shows_its_counts_and_totals()
    {
        using var output = new StringWriter();

        var exitCode = LedgerVerifyCommand.Report(new LedgerProof(1_200, 3_600, 9, [new Money(1_999, Currency.Usd)], []), output);

        Assert.Equal(0, exitCode);
        Assert.Contains("transactions  1,200", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("debits        19.99 USD", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("sound", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_that_is_off_is_1_and_names_each_fault()
    {
        using var output = new StringWriter();

        var exitCode = LedgerVerifyCommand.Report(new LedgerProof(1, 2, 2, [], ["Transaction ltx_1 does not sum to zero.", "Account lac_2 is off."]), output);

        Assert.Equal(1, exitCode);
        Assert.Contains("ltx_1", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("lac_2", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_2_and_is_not_made()
    {
        using var directory = new TemporaryDirectory();

        var (exitCode, _, errors) = await FlorinProcess.ToEndAsync("ledger", "verify", "--data", directory.At("nowhere"));

        Assert.Equal(2, exitCode);
        Assert.Contains("There is no database", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory.At("nowhere")));
    }

    [Fact]
    public async Task A_fresh_installation_has_a_sound_ledger_also_while_it_runs()
    {
        using var directory = new TemporaryDirectory();
        using var florin = FlorinProcess.Run("start", "--port", $"{PortPairs.Take()}", "--data", directory.At("data"), "--json", "--no-demo");
        await florin.WaitForOutputAsync("\n");

        var (exitCode, output, _) = await FlorinProcess.ToEndAsync("ledger", "verify", "--data", directory.At("data"));

        Assert.Equal(0, exitCode);
        Assert.Contains("transactions  0", output, StringComparison.Ordinal);
        await florin.StopAsync();
    }
}
