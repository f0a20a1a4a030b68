using Florin.Connectors;
using Florin.Kernel;

namespace Florin.Simulation.Tests.Gateways;

/// <summary>What a gateway knows of one claim against a payment.</summary>
internal sealed class BookedDispute(string reference, BookedPayment payment, GatewayDisputeStage stage, Money amount, DateTimeOffset openedAt)
{
    // What queries say of it, and from when on: they may learn of a change later than it was made, but never out of order.
    private readonly List<(TimeSpan From, GatewayDispute View)> views = [];

    public string Reference => reference;

    public BookedPayment Payment => payment;

    public GatewayDisputeStage Stage { get; set; } = stage;

    public GatewayDisputeState State { get; set; } = GatewayDisputeState.NeedsResponse;

    public Money Amount { get; set; } = amount;

    public DateTimeOffset RespondBy { get; set; }

    /// <summary>Our keys of the evidence and the acceptances that were taken in.</summary>
    public List<string> Responses { get; } = [];

    /// <summary>Those that were turned down; sent again, they are again.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    public bool IsOver => State is GatewayDisputeState.Won or GatewayDisputeState.Lost or GatewayDisputeState.Closed;

    /// <summary>What the issuer has taken and not given back.</summary>
    public Money Taken => Stage == GatewayDisputeStage.Chargeback && State is not (GatewayDisputeState.Won or GatewayDisputeState.Closed)
        ? Amount
        : Money.Zero(Amount.Currency);

    public GatewayDispute View => new(
        reference, payment.Key, Stage, State, Amount, DisputeReason.Fraudulent, "10.4", openedAt, RespondBy, [.. Responses]);

    public void ShowFrom(TimeSpan from) => views.Add((views.Count > 0 && views[^1].From > from ? views[^1].From : from, View));

    /// <summary>What a query at that time is told; null while none knows of it.</summary>
    public GatewayDispute? SeenAt(TimeSpan now) => views.FindLast(view => view.From <= now).View;
}
