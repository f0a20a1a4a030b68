using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage;

namespace Florin.Host.Demo;

/// <summary>Books that the demo shop keeps of its own beside its payments, so that statements and reports have something to say:
/// the entries of <see cref="DemoEntries"/>, one of them reversed, one adjusted, an order that is set aside, and a month that is closed.</summary>
internal sealed class DemoBooks(IMerchantBooks books, TimeProvider time)
{
    private const int MonthsBack = 3;
    private const int AccountsAtOnce = 100;

    /// <summary>Once for each database: where the owner has opened accounts or closed a period, the books are left alone.</summary>
    /// <remarks>Whatever an earlier start did of it before it was cut off is done again and changes nothing. Several nodes may do so
    /// at once.</remarks>
    public async Task EnsureAsync(CancellationToken ct)
    {
        // Closing the first month is the last step.
        if ((await books.PeriodEventsAsync(DemoShop.Scope, ct)).Count > 0 || await HasOwnersAccountsAsync(ct)) return;

        // One by one on purpose: what is asked for at the same time shares a commit.
        await Task.WhenAll(DemoEntries.Chart.Select(async account => _ = (await books.OpenAccountAsync(DemoShop.Scope, account, answer: null, ct)).Value));

        var first = await FirstMonthAsync(ct);
        var ids = await PostAsync(DemoEntries.Of(first, time.GetUtcNow()), ct);
        _ = await PostAsync([DemoEntries.CreditNote(first, ids[DemoEntries.AdjustedReference])], ct);
        _ = (await books.ReverseAsync(
            DemoShop.Scope, ids[DemoEntries.ReversedReference], DemoEntries.ReversalReference, DemoEntries.ReversedAt(first), answer: null, ct)).Value;
        _ = (await books.HoldAsync(DemoShop.Scope, DemoEntries.OpenOrder(first), DemoEntries.OrderLapsesAt(first), answer: null, ct)).Value;
        var firstMonth = new PeriodChange(first, first.AddMonths(1), DemoShop.Email, "Counted, and sent to the accountant");
        _ = (await books.ClosePeriodAsync(DemoShop.Scope, firstMonth, answer: null, ct)).Value;
    }

    private async Task<bool> HasOwnersAccountsAsync(CancellationToken ct)
    {
        var own = await books.AccountsAsync(
            DemoShop.Scope, new AccountFilter(OwnCodes.Prefix), at: null, new PageRequest<LedgerAccountId>(AccountsAtOnce), ct);
        return own.Items.Any(account => !DemoEntries.Chart.Any(ours => IsSame(ours, account)));
    }

    private static bool IsSame(NewOwnAccount ours, AccountStanding account) =>
        ours.Code == account.Name.Code && ours.Kind == account.Name.Kind && ours.Currency == account.Name.Currency
        && ours.MinMinor == account.MinMinor && ours.MaxMinor == account.MaxMinor;

    // An earlier start may have been in another month; then its dates go on, since a reference is known with its date.
    private async Task<DateTimeOffset> FirstMonthAsync(CancellationToken ct)
    {
        var opening = await books.TransactionsAsync(
            DemoShop.Scope, new TransactionFilter(DemoEntries.OpeningReference), new PageRequest<LedgerTransactionId>(1), ct);
        if (opening.Items.Count > 0) return opening.Items[0].EffectiveAt;
        var today = time.GetUtcNow();
        return new DateTimeOffset(today.Year, today.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-MonthsBack);
    }

    /// <returns>The ids by reference.</returns>
    private async Task<Dictionary<string, LedgerTransactionId>> PostAsync(IReadOnlyList<OwnTransaction> entries, CancellationToken ct)
    {
        var posted = await books.PostBatchAsync(DemoShop.Scope, [.. entries.Select(entry => (Result<OwnTransaction>)entry)], isLinked: true, answer: null, ct);
        return entries.Zip(posted.Value.Results).ToDictionary(pair => pair.First.Reference, pair => pair.Second.Value.Id);
    }
}
