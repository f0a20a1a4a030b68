using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Host.Commands;

/// <summary><c>florin ledger export</c>: a merchant's book for another program. May run beside a server.</summary>
internal static class LedgerExportCommand
{
    private const int MaxMappingBytes = 4 * 1024 * 1024;

    public static Command Create()
    {
        var format = SharedOptions.Required("--format", "FORMAT", "hledger, beancount, csv (postings) or gl (general-ledger lines).");
        format.AcceptOnlyFromAmong("hledger", "beancount", "csv", "gl");
        var mapping = new Option<FileInfo?>("--mapping") { Description = "For gl: which of your account codes stands for which of ours; JSON or CSV." };
        var cursor = new Option<long>("--from-cursor")
        {
            Description = "Go on where an earlier export ended, which named this number. Default: everything.",
            HelpName = "N",
            CustomParser = ParseCursor,
        };
        var checks = new Option<bool?>("--checks")
        {
            Description = "Whether hledger and Beancount are told all balances, to check them. Default: in an export of everything.",
        };
        var file = new Option<FileInfo?>("--out") { Description = "Write to this file. Default: to the standard output." };
        var book = new BookOptions();
        var command = new Command("export", "Writes a merchant's transactions. Says on the error output where the next export goes on.")
        {
            format, mapping, cursor, checks, file,
        };
        book.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var (wanted, map) = (FormatOf(parsed.GetRequiredValue(format)), ReadMapping(parsed.GetValue(mapping)));
            if (map is null == (wanted == LedgerExportFormat.GeneralLedger)) throw new CannotRunException("--mapping belongs to --format gl, and to no other.");
            var (place, scope) = await book.OpenToReadAsync(parsed, ct);
            await using var opened = place;
            var export = new LedgerExport(scope, wanted, parsed.GetValue(cursor))
            {
                Mapping = map,
                Zone = book.Zone(parsed),
                HasBalanceChecks = parsed.GetValue(checks),
            };
            var done = await OutputFile.WriteAsync(parsed.GetValue(file), stream => place.Get<ILedgerExports>().WriteAsync(export, stream, ct));
            await parsed.InvocationConfiguration.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{done.Transactions} transactions, {done.Postings} postings. The next export goes on with --from-cursor {done.LastSeq}"));
        });
        return command;
    }

    private static LedgerExportFormat FormatOf(string word) => word switch
    {
        "hledger" => LedgerExportFormat.Hledger,
        "beancount" => LedgerExportFormat.Beancount,
        "csv" => LedgerExportFormat.Csv,
        _ => LedgerExportFormat.GeneralLedger,
    };

    private static GeneralLedgerMapping? ReadMapping(FileInfo? file)
    {
        if (file is null) return null;
        if (!file.Exists) throw new CannotRunException($"--mapping: there is no file {file.FullName}.");
        if (file.Length > MaxMappingBytes) throw new CannotRunException($"--mapping: {file.FullName} has more than {MaxMappingBytes} bytes.");
        var mapping = GeneralLedgerMapping.Parse(File.ReadAllText(file.FullName));
        return mapping.IsSuccess ? mapping.Value : throw new CannotRunException($"--mapping: {mapping.Refusal.Message}");
    }

    private static long ParseCursor(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        result.AddError($"--from-cursor takes the number that an earlier export named, and not '{text}'.");
        return 0;
    }
}

/// <summary>Where a command writes what it was asked for.</summary>
internal static class OutputFile
{
    /// <summary>Writes to a file that is there only when it is whole; without one, to the standard output.</summary>
    /// <exception cref="CannotRunException">It was refused.</exception>
    public static async Task<T> WriteAsync<T>(FileInfo? file, Func<Stream, Task<Result<T>>> write)
    {
        if (file is null)
        {
            await using var standard = Console.OpenStandardOutput();
            return Value(await write(standard));
        }

        var part = file.FullName + ".part";
        try
        {
            T value;
            await using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write)) value = Value(await write(stream));
            File.Move(part, file.FullName, overwrite: true);
            return value;
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static T Value<T>(Result<T> result) => result.IsSuccess ? result.Value : throw new CannotRunException(result.Refusal.Message);
}
