using System.CommandLine;
using System.Globalization;
using Florin.Vault;

namespace Florin.Host.Commands;

/// <summary><c>florin issuers import</c> and <c>show</c>: the operator's table of which card numbers are of which country.</summary>
internal static class IssuersCommand
{
    private const int Done = 0;
    private const int Faulty = 1;
    private const int NotFound = 1;
    private const int MostShown = 50;

    public static Command Create() => new("issuers", "Loads and shows the table of card issuers.") { ImportCommand(), ShowCommand() };

    private static Command ImportCommand()
    {
        var file = new Argument<string>("FILE") { Description = "CSV with the columns first,last,country,brand,funding,issuer; - for the standard input." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Look at every line and keep nothing." };
        var installation = new InstallationOptions();
        var command = new Command("import", "Replaces the table by a file, or says what is wrong with each line. Exit code: 0 done, 1 faults, 2 could not be read.")
        {
            file, dryRun,
        };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var stream = Open(parsed.GetRequiredValue(file));
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var imported = await place.Get<IIssuers>().ImportAsync(stream, parsed.GetValue(dryRun), fault => output.WriteLine(Sentence(fault)), ct);
            return Report(imported, output);
        });
        return command;
    }

    private static Command ShowCommand()
    {
        var bin = new Argument<string>("BIN")
        {
            Description = $"The first {IssuerRange.LeastDigits} to {IssuerRange.MostDigits} digits of card numbers.",
            CustomParser = result =>
            {
                // Nothing of it is repeated: somebody may have typed a whole number.
                var text = result.Tokens[0].Value;
                if (text.Length is >= IssuerRange.LeastDigits and <= IssuerRange.MostDigits && text.All(char.IsAsciiDigit)) return text;
                result.AddError($"BIN is the first {IssuerRange.LeastDigits} to {IssuerRange.MostDigits} digits of card numbers. Never type a whole number.");
                return null;
            },
        };
        var installation = new InstallationOptions();
        var command = new Command("show", "Shows the ranges with numbers that begin so, the narrowest first: that one counts. Exit code: 0 found, 1 none.") { bin };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var place = await OpenInstallation.ToReadAsync(installation.Read(parsed), ct);
            var issuers = place.Get<IIssuers>();
            output.WriteLine(await issuers.CurrentAsync(ct) is { } table
                ? string.Create(CultureInfo.InvariantCulture, $"{table.Ranges} ranges, imported {table.ImportedAt:yyyy-MM-dd HH:mm} UTC.")
                : "No table was imported.");
            var found = await issuers.FindAsync(parsed.GetRequiredValue(bin), MostShown + 1, ct);
            foreach (var range in found.Take(MostShown)) output.WriteLine(Row(range));
            if (found.Count > MostShown) output.WriteLine($"There are more than {MostShown}; give more digits.");
            if (found.Count == 0) output.WriteLine("No range has such numbers: the country of such cards is not known.");
            return found.Count == 0 ? NotFound : Done;
        });
        return command;
    }

    private static string Row(IssuerRange range)
    {
        var span = range.First == range.Last ? range.First : $"{range.First}-{range.Last}";
        var words = new[] { range.Brand is { } brand ? CardWords.Of(brand) : "", range.Funding == CardFunding.Unknown ? "" : CardWords.Of(range.Funding) };
        var what = string.Join(' ', words.Append(Printable.Of(range.Issuer ?? "")).Where(word => word.Length > 0));
        return $"{span}  {range.Country}  {what}{(range.IsTest ? "  (test mode alone)" : "")}".TrimEnd();
    }

    private static int Report(IssuerImport imported, TextWriter output)
    {
        var invariant = CultureInfo.InvariantCulture;
        output.WriteLine(imported switch
        {
            { Faults: > 0 } => string.Create(invariant, $"Nothing was changed: {imported.Faults} faults."),
            { IsKept: true } => string.Create(invariant, $"{imported.Ranges} ranges are the table now."),
            _ => string.Create(invariant, $"{imported.Ranges} ranges would be the table (nothing was kept)."),
        });
        return imported.Faults > 0 ? Faulty : Done;
    }

    private static string Sentence(IssuerFault fault) =>
        fault.Line == 0 ? fault.Message : string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}: {fault.Message}");

    private static Stream Open(string path)
    {
        if (path == "-") return Console.OpenStandardInput();
        return File.Exists(path) ? File.OpenRead(path) : throw new CannotRunException($"FILE: there is no file {path}.");
    }
}
