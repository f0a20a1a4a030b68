using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;

namespace Florin.Payments;

/// <summary>Which accounts each movement of money touches. The table is in the architecture document.</summary>
internal static class LedgerEntries
{
    /// <summary>What the platform keeps of a capture: the merchant's rate and a fixed part.</summary>
    public static Money Fee(Money captured, MerchantFees fees)
    {
        var fixedPart = fees.FixedMinor.GetValueOrDefault(captured.Currency.Code);
        return captured.BasisPoints(fees.BasisPoints) + (captured with { Minor = fixedPart });
    }

    /// <summary>Capture: the gateway owes us the gross; the merchant is owed the net, and the fee is ours.</summary>
    public static NewLedgerTransaction Capture(Charge charge, DateTimeOffset at)
    {
        var net = charge.Captured - charge.Fee;
        var postings = new List<NewPosting>(3)
        {
            new(GatewayReceivable(charge.Scope, charge.Connector, charge.Captured.Currency), PostingSide.Debit, charge.Captured),
        };
        if (charge.Fee.IsPositive) postings.Add(new NewPosting(FeeIncome(charge.Scope, charge.Fee.Currency), PostingSide.Credit, charge.Fee));

        // On a very small capture the fixed fee may exceed the amount: then the merchant owes the difference.
        var pending = MerchantPending(charge.Scope, net.Currency);
        if (net.IsPositive) postings.Add(new NewPosting(pending, PostingSide.Credit, net));
        else if (net.Minor < 0) postings.Add(new NewPosting(pending, PostingSide.Debit, -net));
        return new NewLedgerTransaction(charge.Scope, $"capture:{charge.Id}", "capture", charge.Id.Value, at, postings);
    }

    /// <summary>Refund: the merchant gives the whole amount back; the fee of the capture stays.</summary>
    public static NewLedgerTransaction Refund(Refund refund, string connector, DateTimeOffset at) => new(
        refund.Scope,
        $"refund:{refund.Id}",
        "refund",
        refund.Id.Value,
        at,
        [
            new NewPosting(MerchantPending(refund.Scope, refund.Amount.Currency), PostingSide.Debit, refund.Amount),
            new NewPosting(GatewayReceivable(refund.Scope, connector, refund.Amount.Currency), PostingSide.Credit, refund.Amount),
        ]);

    /// <summary>Chargeback: what the merchant was owed is set apart until it is decided whose it is.</summary>
    public static NewLedgerTransaction DisputeOpened(Dispute dispute, DateTimeOffset at) => Of(
        dispute, "dispute_opened", dispute.Amount, MerchantPending(dispute.Scope, dispute.Amount.Currency), DisputedFunds(dispute), at);

    /// <summary>What the handling of a chargeback costs. It stays, whoever wins.</summary>
    public static NewLedgerTransaction DisputeFee(Dispute dispute, DateTimeOffset at) => Of(
        dispute, "dispute_fee", dispute.Fee, MerchantPending(dispute.Scope, dispute.Fee.Currency), DisputeFeeIncome(dispute), at);

    /// <summary>Won: the merchant is owed again what was set apart.</summary>
    public static NewLedgerTransaction DisputeWon(Dispute dispute, DateTimeOffset at) => Of(
        dispute, "dispute_won", dispute.Amount, DisputedFunds(dispute), MerchantPending(dispute.Scope, dispute.Amount.Currency), at);

    /// <summary>Lost: the gateway owes us less by what it gave back to the buyer.</summary>
    public static NewLedgerTransaction DisputeLost(Dispute dispute, DateTimeOffset at) => Of(
        dispute, "dispute_lost", dispute.Amount, DisputedFunds(dispute), GatewayReceivable(dispute.Scope, dispute.Connector, dispute.Amount.Currency), at);

    private static NewLedgerTransaction Of(Dispute dispute, string kind, Money amount, AccountName debit, AccountName credit, DateTimeOffset at) => new(
        dispute.Scope,
        $"{kind}:{dispute.Id}",
        kind,
        dispute.Id.Value,
        at,
        [new NewPosting(debit, PostingSide.Debit, amount), new NewPosting(credit, PostingSide.Credit, amount)]);

    private static AccountName DisputedFunds(Dispute dispute) =>
        new(dispute.Scope, "disputed_funds", AccountKind.Liability, dispute.Amount.Currency);

    private static AccountName DisputeFeeIncome(Dispute dispute) =>
        new(dispute.Scope, "dispute_fee_income", AccountKind.Income, dispute.Fee.Currency);

    private static AccountName GatewayReceivable(MerchantScope scope, string connector, Currency currency) =>
        new(scope, $"gateway_receivable:{connector}", AccountKind.Asset, currency);

    private static AccountName MerchantPending(MerchantScope scope, Currency currency) =>
        new(scope, "merchant_pending", AccountKind.Liability, currency);

    private static AccountName FeeIncome(MerchantScope scope, Currency currency) => new(scope, "fee_income", AccountKind.Income, currency);
}
