using Florin.Connectors;
using Florin.Kernel;

namespace Florin.Simulation.Tests.Gateways;

internal enum HoldState
{
    /// <summary>The issuer wants to see the buyer.</summary>
    Challenged,

    Declined,
    Held,
    Captured,
    Freed,

    /// <summary>Undone by our key for it, before anybody had told us how it stood, or even before it came.</summary>
    Reversed,
}

/// <summary>What a gateway knows of one authorization.</summary>
internal sealed class BookedPayment(string key, string gateway, Money amount, bool capture, Uri? returnUrl)
{
    public string Key => key;

    public string Gateway => gateway;

    public Money Amount => amount;

    /// <summary>What the hold was raised to; null where it is what was asked for first.</summary>
    public Money? RaisedTo { get; set; }

    public Money Held => RaisedTo ?? amount;

    public bool Capture => capture;

    /// <summary>Where its buyer comes back to; null where it was reversed before it came.</summary>
    public Uri? ReturnUrl => returnUrl;

    public string Reference => "g_" + key;

    public HoldState State { get; set; }

    public DeclineCode Decline { get; set; }

    public Money Captured { get; set; } = Money.Zero(amount.Currency);

    public Money Refunded { get; set; } = Money.Zero(amount.Currency);

    /// <summary>Of refunds that were taken in and are not carried out yet.</summary>
    public Money BeingRefunded { get; set; } = Money.Zero(amount.Currency);

    public List<BookedDispute> Disputes { get; } = [];

    /// <summary>What issuers have taken and not given back.</summary>
    public Money ChargedBack => Disputes.Aggregate(Money.Zero(amount.Currency), (sum, dispute) => sum + dispute.Taken);

    /// <summary>How often money was taken. Once is right.</summary>
    public int Captures { get; set; }

    /// <summary>Whether the buyer passed the challenge; null while nobody came.</summary>
    public bool? Passed { get; set; }

    public GatewayAnswer Answer() => State switch
    {
        HoldState.Challenged => new GatewayAnswer.Challenge(Reference, new Uri($"https://{gateway}.example/challenge/{key}")),
        HoldState.Declined => new GatewayAnswer.Declined(Decline, $"{Decline}", "The issuer said no.", Reference),
        HoldState.Held => new GatewayAnswer.Authorized(Reference, amount, "123456"),
        HoldState.Captured => capture
            ? new GatewayAnswer.Captured(Reference, Captured, "123456")
            : new GatewayAnswer.Authorized(Reference, amount, "123456"),
        HoldState.Freed => new GatewayAnswer.Authorized(Reference, amount, "123456"),
        HoldState.Reversed => new GatewayAnswer.Voided(Reference),
    };
}

/// <summary>What a gateway knows of a capture, a void, a refund, or of raising a hold.</summary>
internal sealed class BookedOperation(string key, BookedPayment payment, GatewayOperation kind, Money amount)
{
    public string Key => key;

    public BookedPayment Payment => payment;

    public GatewayOperation Kind => kind;

    public Money Amount => amount;

    public bool IsDone { get; set; }

    /// <summary>Taken in, and to be carried out later.</summary>
    public bool IsPending { get; set; }

    public GatewayAnswer Answer()
    {
        if (IsPending) return new GatewayAnswer.Pending("g_" + key);
        if (!IsDone) return new GatewayAnswer.Declined(DeclineCode.ProcessingError, "refused", "The gateway would not.", "g_" + key);
        return kind switch
        {
            GatewayOperation.Capture => new GatewayAnswer.Captured("g_" + key, amount),
            GatewayOperation.Void => new GatewayAnswer.Voided("g_" + key),
            GatewayOperation.Refund => new GatewayAnswer.Refunded("g_" + key, amount),
            GatewayOperation.Increment => new GatewayAnswer.Authorized("g_" + key, amount),
            GatewayOperation.Authorize => throw new NotSupportedException($"{kind} is no operation of this model."),
        };
    }
}
