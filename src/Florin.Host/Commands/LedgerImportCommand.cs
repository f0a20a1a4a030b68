using System.CommandLine;
using System.Globalization;
using Florin.Ledger;

namespace Florin.Host.Commands;

/// <summary><c>florin ledger import</c>: brings opening balances and journals in, all of a file or nothing of it.</summary>
internal static class LedgerImportCommand
{
    private const int Done = 0;
    private const int Faulty = 1;

    public static Command Create()
    {
        var file = SharedOptions.Required("--file", "FILE", "What to read; - for the standard input.");
        var format = SharedOptions.Required("--format", "FORMAT", "hledger (a journal), csv (postings) or opening (balances, as CSV).");
        format.AcceptOnlyFromAmong("hledger", "csv", "opening");
        var dryRun = new Option<bool>("--dry-run") { Description = "Try everything and keep nothing." };
        var prefix = new Option<string>("--reference-prefix")
        {
            Description = "Put before each reference, so that those of the file cannot pass for others.",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };
        var book = new BookOptions();
        var command = new Command("import", "Posts all of a file, or says what is wrong with each line. Exit code: 0 done, 1 faults, 2 could not be read.")
        {
            file, format, dryRun, prefix,
        };
        book.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            await using var stream = Open(parsed.GetRequiredValue(file));
            var (place, scope) = await book.OpenToChangeAsync(parsed, ct);
            await using var opened = place;
            var import = new LedgerImport(scope, FormatOf(parsed.GetRequiredValue(format)), parsed.GetValue(dryRun))
            {
                Zone = book.Zone(parsed),
                ReferencePrefix = parsed.GetRequiredValue(prefix),
            };
            return Report(await place.Get<ILedgerImports>().ImportAsync(import, stream, answer: null, ct), parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static int Report(LedgerImported imported, TextWriter output)
    {
        var invariant = CultureInfo.InvariantCulture;
        foreach (var fault in imported.Faults)
        {
            output.WriteLine(string.Create(invariant, $"line {fault.Line}: {Printable.Of(fault.Message)} ({fault.Code})"));
            if (fault.Text.Length > 0) output.WriteLine($"    {Printable.Of(fault.Text)}");
        }

        if (imported.Opens.Count > 0) output.WriteLine(string.Create(invariant, $"Accounts that it would open: {imported.Opens.Count}"));
        foreach (var account in imported.Opens) output.WriteLine($"    {Printable.Of(account.Code)} ({account.Kind}, {account.Currency})");
        if (imported.Faults.Count > 0)
        {
            output.WriteLine(string.Create(invariant, $"Nothing was posted: {imported.Faults.Count} faults."));
            return Faulty;
        }

        var before = imported.Repeated == 0 ? "" : string.Create(invariant, $", of which {imported.Repeated} were posted before");
        output.WriteLine(string.Create(
            invariant, $"{imported.Transactions} transactions {(imported.IsKept ? "were posted" : "would be posted (nothing was kept)")}{before}."));
        return Done;
    }

    private static Stream Open(string path)
    {
        if (path == "-") return Console.OpenStandardInput();
        return File.Exists(path) ? File.OpenRead(path) : throw new CannotRunException($"--file: there is no file {path}.");
    }

    private static LedgerImportFormat FormatOf(string word) => word switch
    {
        "hledger" => LedgerImportFormat.Hledger,
        "csv" => LedgerImportFormat.Csv,
        _ => LedgerImportFormat.OpeningCsv,
    };
}

/// <summary>Text that others wrote, for a terminal, to which control characters are commands.</summary>
internal static class Printable
{
    public static string Of(string text) => new([.. text.Select(sign => char.IsControl(sign) ? ' ' : sign)]);
}
