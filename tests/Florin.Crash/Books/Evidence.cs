using Florin.Crash.Buyers;

namespace Florin.Crash.Books;

/// <summary>All that is compared: four accounts of the same payments, kept by four parties.</summary>
/// <param name="Clients">What the buyers were told.</param>
/// <param name="Told">The ids of the events that the merchant's receiver took, and how often.</param>
internal sealed record Evidence(
    IReadOnlyList<ClientLine> Clients, FlorinBooks Florin, AcquirerBooks Acquirers, IReadOnlyDictionary<string, int> Told);

/// <summary>What Florin's database says. Ids are those of the API; those of attempts, captures, voids and refunds are also
/// the keys under which the acquirers know them.</summary>
internal sealed record FlorinBooks(
    IReadOnlyList<IntentRow> Intents,
    IReadOnlyList<AttemptRow> Attempts,
    IReadOnlyList<ChargeRow> Charges,
    IReadOnlyList<OperationRow> Operations,
    IReadOnlyList<ReceivableRow> Receivables,
    IReadOnlyList<EventRow> Events,
    IReadOnlyList<JobRow> Jobs);

internal sealed record IntentRow(string Id, Order Order, string Status, long ReceivedMinor);

internal sealed record AttemptRow(string Id, string Intent, string Connector, string State)
{
    public bool IsOpen => State is "sent" or "unknown" or "challenge";

    /// <summary>Whether the acquirer holds or has taken the buyer's money by it, or has freed it since.</summary>
    public bool WasApproved => State is "authorized" or "captured" or "voided";
}

internal sealed record ChargeRow(
    string Id, string Intent, string Attempt, string Connector, string Currency, string Status, long AmountMinor, long CapturedMinor, long RefundedMinor);

/// <param name="Kind"><c>capture</c>, <c>void</c> or <c>refund</c>.</param>
internal sealed record OperationRow(string Id, string Charge, string Kind, string State, long AmountMinor)
{
    public bool IsOpen => State is "sent" or "unknown";

    public bool Succeeded => State == "succeeded";
}

/// <summary>What one ledger transaction did to what a gateway owes us: debits positive.</summary>
internal sealed record ReceivableRow(string Reference, string Account, string Currency, long AmountMinor);

internal sealed record EventRow(string Id, string Type, string Subject, string? Delivery);

internal sealed record JobRow(string Kind, string Key, string State, bool IsDue);

/// <summary>What the acquirers' own books say.</summary>
internal sealed record AcquirerBooks(IReadOnlyList<BookedPayment> Payments, IReadOnlyList<BookedOperation> Operations);

/// <param name="Key">Of the authorization that opened it.</param>
internal sealed record BookedPayment(string Acquirer, string Key, string State, string Currency, long Authorized, long Captured, long Refunded, bool Voided);

internal sealed record BookedOperation(string Acquirer, string Key, string Operation, string State, string Currency, long Amount, string Reference, string? ParentReference)
{
    public bool IsApproved => State == "approved";
}
