using System.CommandLine;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Host.Commands;

/// <summary><c>florin ledger statement</c>: the postings of one account with the balance after each. May run beside a server.</summary>
internal static class LedgerStatementCommand
{
    private const int RowsAtOnce = 1_000;

    public static Command Create()
    {
        var account = new Argument<string>("ACCOUNT") { Description = "The code of an account, such as merchant_pending, or its id." };
        var currency = new Option<string?>("--currency") { Description = "Where the merchant has that account in several: which one.", HelpName = "CODE" };
        var csv = new Option<bool>("--csv") { Description = "Write CSV for a spreadsheet." };
        var file = new Option<FileInfo?>("--out") { Description = "With --csv: write to this file. Default: to the standard output." };
        var (book, span) = (new BookOptions(), new SpanOptions());
        var command = new Command("statement", "Shows what came to an account and went from it.") { account, currency, csv, file };
        span.AddTo(command);
        book.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var (place, scope) = await book.OpenToReadAsync(parsed, ct);
            await using var opened = place;
            var standing = await FindAsync(place.Get<ILedgerQueries>(), scope, parsed.GetRequiredValue(account), parsed.GetValue(currency), ct);
            var during = span.Read(parsed, book.Zone(parsed));
            if (parsed.GetValue(csv))
            {
                await OutputFile.WriteAsync<long>(
                    parsed.GetValue(file), async stream => await place.Get<ILedgerExports>().WriteStatementAsync(standing.Id, during, stream, ct) ?? 0);
            }
            else
            {
                await PrintAsync(place.Get<ILedgerQueries>(), standing, during, parsed.InvocationConfiguration.Output, ct);
            }
        });
        return command;
    }

    private static async Task<AccountStanding> FindAsync(
        ILedgerQueries queries, MerchantScope scope, string account, string? currency, CancellationToken ct)
    {
        var found = (await queries.BalancesAsync(scope, "", null, ct))
            .Where(one => one.Name.Code == account || one.Id.ToString() == account)
            .Where(one => currency is null || string.Equals(one.Name.Currency.Code, currency, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return found.Count switch
        {
            0 => throw new CannotRunException($"{scope.Merchant} has no account '{Printable.Of(account)}' in {ModeOptions.Word(scope.IsLive)} mode{(currency is null ? "" : $" in {currency}")}."),
            1 => found[0],
            _ => throw new CannotRunException($"--currency: '{Printable.Of(account)}' is there in {string.Join(", ", found.Select(one => one.Name.Currency))}; say which."),
        };
    }

    private static async Task PrintAsync(ILedgerQueries queries, AccountStanding standing, LedgerSpan span, TextWriter output, CancellationToken ct)
    {
        var question = new StatementQuestion(standing.Id, span, RowsAtOnce);
        StatementPage page;
        var isFirst = true;
        do
        {
            page = (await queries.StatementAsync(question, ct))!;
            if (isFirst) output.WriteLine($"{"opening balance",-20}{"",-62} {page.Opening.ToDecimalString(),18}");
            foreach (var row in page.Rows)
            {
                var at = span.By == LedgerDate.Recorded ? row.RecordedAt : row.EffectiveAt;
                output.WriteLine($"{at:yyyy-MM-dd HH:mm:ss} {Printable.Of(row.Reference),-42} {row.Side,-6} {row.Amount.ToDecimalString(),12} {row.Balance.ToDecimalString(),18}");
            }

            isFirst = false;
            question = question with { After = page.Next };
        }
        while (page.Next is not null);
    }
}
