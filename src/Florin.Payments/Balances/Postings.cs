using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage;

namespace Florin.Payments.Balances;

/// <summary>Writes each movement of money where it belongs: into the ledger, and into the merchant's balance.</summary>
/// <remarks>
/// Both in the caller's transaction, which is the one that changes the state. What the balance shows is what the ledger
/// has under <c>merchant_pending</c>: nothing else posts to that account.
/// </remarks>
internal sealed class Postings(ILedger ledger, IdSource ids, PaymentsOptions options)
{
    public async Task<Charge> CapturedAsync(ITransaction tx, Charge charge, DateTimeOffset now)
    {
        await ledger.PostAsync(tx, LedgerEntries.Capture(charge, now));
        var entry = await AddAsync(
            tx, charge.Scope, BalanceTransactionKind.Charge, charge.Id.Value, charge.Captured, charge.Fee, charge.Description, SettledOn(now), now);
        return charge with { BalanceTransaction = entry.Id };
    }

    public async Task<Refund> RefundedAsync(ITransaction tx, Refund refund, Charge charge, DateTimeOffset now)
    {
        await ledger.PostAsync(tx, LedgerEntries.Refund(refund, charge.Connector, now));
        var entry = await AddAsync(
            tx, refund.Scope, BalanceTransactionKind.Refund, refund.Id.Value, -refund.Amount, Money.Zero(refund.Amount.Currency),
            "REFUND FOR CHARGE", await NotBeforeAsync(tx, charge, now), now);
        return refund with { BalanceTransaction = entry.Id };
    }

    /// <summary>The issuer took the money back, and the fee is due.</summary>
    public async Task<Dispute> WithdrawnAsync(ITransaction tx, Dispute dispute, Charge charge, DateTimeOffset now)
    {
        await ledger.PostAsync(tx, LedgerEntries.DisputeOpened(dispute, now));
        if (dispute.Fee.IsPositive) await ledger.PostAsync(tx, LedgerEntries.DisputeFee(dispute, now));
        var entry = await AddAsync(
            tx, dispute.Scope, BalanceTransactionKind.Dispute, dispute.Id.Value, -dispute.Amount, dispute.Fee,
            $"Chargeback withdrawal for {charge.Id}", await NotBeforeAsync(tx, charge, now), now);
        return dispute with { BalanceTransactions = [.. dispute.BalanceTransactions, entry] };
    }

    /// <summary>The merchant won: the money is theirs again.</summary>
    public async Task<Dispute> ReinstatedAsync(ITransaction tx, Dispute dispute, Charge charge, DateTimeOffset now)
    {
        await ledger.PostAsync(tx, LedgerEntries.DisputeWon(dispute, now));
        var entry = await AddAsync(
            tx, dispute.Scope, BalanceTransactionKind.DisputeReversal, dispute.Id.Value, dispute.Amount, Money.Zero(dispute.Amount.Currency),
            $"Chargeback reversal for {charge.Id}", await NotBeforeAsync(tx, charge, now), now);
        return dispute with { BalanceTransactions = [.. dispute.BalanceTransactions, entry] };
    }

    /// <summary>The merchant lost: what was set apart goes to the gateway. The balance has felt it before.</summary>
    public async Task LostAsync(ITransaction tx, Dispute dispute, DateTimeOffset now) =>
        await ledger.PostAsync(tx, LedgerEntries.DisputeLost(dispute, now));

    private async Task<BalanceTransaction> AddAsync(
        ITransaction tx,
        MerchantScope scope,
        BalanceTransactionKind kind,
        Guid source,
        Money amount,
        Money fee,
        string? description,
        DateTimeOffset availableOn,
        DateTimeOffset now)
    {
        var entry = new BalanceTransaction(ids.New<BalanceTransactionId>(scope.Shard), scope, kind, source, amount, fee, description, availableOn, now);
        await BalanceStore.InsertAsync(tx, entry);
        return entry;
    }

    // Whole days, as gateways settle.
    private DateTimeOffset SettledOn(DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + options.SettlementDelay;

    // Money that is not available yet is taken from where it is: then a refund makes nobody's available balance negative.
    private static async Task<DateTimeOffset> NotBeforeAsync(ITransaction tx, Charge charge, DateTimeOffset now)
    {
        if (charge.BalanceTransaction is not { } id) return now;
        var captured = (await BalanceStore.FindManyAsync(tx, charge.Scope, [id])).Single();
        return captured.AvailableOn > now ? captured.AvailableOn : now;
    }
}
