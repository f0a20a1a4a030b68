using System.Diagnostics;
using System.Globalization;
using System.Text;
using Florin.Kernel;
using Florin.Ledger.Csv;

namespace Florin.Ledger.Tests.Books;

/// <summary>The real programs that accountants use, each asked by its command. <c>./test</c> installs them.</summary>
internal static class Programs
{
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            Environment = { ["LC_ALL"] = "C.UTF-8", ["LEDGER_FILE"] = "/dev/null" },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Fails with what the program said where it did not end with 0.</summary>
    public static async Task<string> MustAsync(string program, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {exitCode}\n{output}\n{errors}");
        return output;
    }

    /// <summary>What hledger adds up, by account and currency, debits positive; accounts at zero are left out.</summary>
    public static async Task<Dictionary<(string Account, string Currency), long>> HledgerBalancesAsync(string journal) =>
        Sums(await MustAsync("hledger", "-f", journal, "balance", "--flat", "--no-total", "-O", "csv"), column: 1);

    public static async Task<Dictionary<(string Account, string Currency), long>> BeancountBalancesAsync(string file) => Sums(
        await MustAsync("bean-query", "-q", "-f", "csv", file, "SELECT account, currency, sum(number) GROUP BY account, currency"), column: 2);

    private static Dictionary<(string Account, string Currency), long> Sums(string csv, int column)
    {
        var sums = new Dictionary<(string, string), long>();
        foreach (var row in CsvRows.Read(csv).Skip(1))
        {
            // hledger writes all currencies of an account into one cell: 10.00 EUR, 5 KRW.
            var amounts = column == 1 ? row.Cells[1].Split(',') : [$"{row.Cells[2]} {row.Cells[1]}"];
            foreach (var amount in amounts.Select(amount => amount.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(parts => parts.Length == 2))
            {
                var currency = Currency.Get(amount[1].Trim());
                var minor = decimal.Parse(amount[0], NumberStyles.Float, CultureInfo.InvariantCulture) * currency.MinorPerMajor;
                if (minor != 0) sums.Add((row.Cells[0].Trim(), currency.Code), (long)minor);
            }
        }

        return sums;
    }
}
