using System.CommandLine;
using System.Globalization;
using Florin.Ledger;

namespace Florin.Host.Commands;

/// <summary><c>florin ledger verify</c>: reads the whole book and says whether it adds up. May run beside a server.</summary>
internal static class LedgerVerifyCommand
{
    private const int Sound = 0;
    private const int Off = 1;

    public static Command Create()
    {
        var installation = new InstallationOptions();
        var verify = new Command("verify", "Recomputes every transaction and balance. Exit code: 0 sound, 1 off, 2 could not be read.");
        installation.AddTo(verify);
        var headFile = new Option<FileInfo?>("--head") { Description = "Check also against what 'florin ledger head' once printed into this file." };
        verify.Options.Add(headFile);
        verify.SetAction(async (parsed, ct) =>
        {
            var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var heads = ReadHeads(parsed.GetValue(headFile));
            await using var place = await OpenInstallation.ToReadAsync(installation.Read(parsed), ct);
            var proof = await place.Get<ILedger>().VerifyAsync(heads, new Progress(progress), ct);
            return Report(proof, output);
        });
        return new Command("ledger", "Looks after the ledger.")
        {
            verify,
            CreateHead(),
            LedgerExportCommand.Create(),
            LedgerImportCommand.Create(),
            LedgerReportCommand.Create(),
            LedgerStatementCommand.Create(),
        };
    }

    /// <summary><c>florin ledger head</c>: prints where the hash chain of each shard ends, to be kept elsewhere.</summary>
    private static Command CreateHead()
    {
        var installation = new InstallationOptions();
        var head = new Command("head", "Prints the end of each shard's hash chain: shard, block, last transaction, SHA-256.");
        installation.AddTo(head);
        head.SetAction(async (parsed, ct) =>
        {
            await using var place = await OpenInstallation.ToReadAsync(installation.Read(parsed), ct);
            foreach (var line in await place.Get<ILedger>().HeadsAsync(ct)) parsed.InvocationConfiguration.Output.WriteLine(line);
            return Sound;
        });
        return head;
    }

    private static IReadOnlyList<LedgerHead> ReadHeads(FileInfo? file)
    {
        if (file is null) return [];
        try
        {
            return [.. File.ReadLines(file.FullName).Where(line => line.Length > 0).Select(LedgerHead.Parse)];
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CannotRunException($"The heads in '{file}' cannot be read: {failure.Message}");
        }
    }

    /// <summary>Prints what was found, faults last, and gives the exit code.</summary>
    internal static int Report(LedgerProof proof, TextWriter output)
    {
        output.WriteLine($"transactions  {Number(proof.Transactions)}");
        output.WriteLine($"postings      {Number(proof.Postings)}");
        output.WriteLine($"accounts      {Number(proof.Accounts)}");
        foreach (var total in proof.DebitTotals) output.WriteLine($"debits        {total}");
        if (proof.IsSound)
        {
            output.WriteLine("The ledger is sound: debits equal credits in every transaction and every balance is as posted.");
            return Sound;
        }

        output.WriteLine($"The ledger is off: {Number(proof.Faults.Count)} faults.");
        foreach (var fault in proof.Faults) output.WriteLine($"  {fault}");
        return Off;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // Not System.Progress, which hands each report to the thread pool and so may print them out of order.
    private sealed class Progress(TextWriter output) : IProgress<long>
    {
        public void Report(long value) => output.WriteLine($"{Number(value)} transactions read");
    }
}
