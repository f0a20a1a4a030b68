using Florin.Kernel;

namespace Florin.Sandbox.Books;

internal enum OperationKind
{
    Authorize,
    Increment,
    Capture,
    Void,
    Refund,
}

internal enum OperationState
{
    /// <summary>Announced but not carried out; no money moves unless it is confirmed.</summary>
    Ready,

    /// <summary>The issuer's page waits for the buyer.</summary>
    Challenged,

    /// <summary>The buyer passed; the merchant has not confirmed yet.</summary>
    Authenticated,

    Approved,
    Declined,

    /// <summary>Taken in, and not yet carried out; only a refund takes its time.</summary>
    Working,

    /// <summary>Called back before it was carried out.</summary>
    Withdrawn,

    /// <summary>Undone by the merchant's key; it is never carried out, also if it arrives only now.</summary>
    Reversed,
}

/// <summary>One thing that a merchant asked an acquirer to do, and what became of it.</summary>
/// <remarks>Changed only by <see cref="Book"/>, under its lock. It never holds a card number.</remarks>
internal sealed class Operation
{
    public required long Sequence { get; init; }

    public required string Acquirer { get; init; }

    /// <summary>The merchant's own key, unique within the acquirer.</summary>
    public required string Key { get; init; }

    public required OperationKind Kind { get; init; }

    public required Money Amount { get; init; }

    /// <summary>The acquirer's name for it.</summary>
    public required string Reference { get; init; }

    /// <summary>The payment that it belongs to; an authorization opens its own.</summary>
    public required Payment Payment { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public OperationState State { get; set; }

    /// <summary>Why it was declined, in the wire's words.</summary>
    public string? DeclineReason { get; set; }

    public string? AuthorizationCode { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>How often it was asked for: 1, and one more for each repeat of its key.</summary>
    public int Requests { get; set; } = 1;

    /// <summary>Where its outcome is announced.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>What only an authorization has.</summary>
    public CardDetails? Card { get; init; }

    public Challenge? Challenge { get; set; }

    /// <summary>The buyer's claim against the payment that an authorization opened.</summary>
    public Dispute? Dispute { get; set; }

    /// <summary>Of the card that its payment was made with.</summary>
    public string Last4 => Payment.Authorization.Card!.Last4;

    public bool IsFinal => State is OperationState.Approved or OperationState.Declined or OperationState.Withdrawn or OperationState.Reversed;

    /// <summary>The same as it looked before it was carried out; for showing, and in no book.</summary>
    public Operation AsUnfinished() => new()
    {
        Sequence = Sequence,
        Acquirer = Acquirer,
        Key = Key,
        Kind = Kind,
        Amount = Amount,
        Reference = Reference,
        Payment = Payment,
        ReceivedAt = ReceivedAt,
        Card = Card,
        State = OperationState.Working,
    };
}

/// <summary>All that is kept of a card.</summary>
internal sealed record CardDetails(string Brand, string Last4, string Scenario, bool Capture, string? Description);

/// <summary>The issuer's question to the buyer.</summary>
internal sealed record Challenge(string Id, Uri ReturnUrl, DateTimeOffset ExpiresAt, int WrongAnswers = 0);

/// <summary>An authorization and all that followed it.</summary>
internal sealed class Payment
{
    private readonly List<Operation> operations = [];

    public IReadOnlyList<Operation> Operations => operations;

    public Operation Authorization => operations[0];

    /// <summary>What is held: what was authorized first, or what it was last raised to.</summary>
    public long Authorized => Authorization.State != OperationState.Approved
        ? 0
        : operations.FindLast(operation => operation is { Kind: OperationKind.Increment, State: OperationState.Approved })?.Amount.Minor
            ?? Authorization.Amount.Minor;

    public long Captured => Authorization.Card!.Capture ? Authorized : Sum(OperationKind.Capture);

    public long Refunded => Sum(OperationKind.Refund);

    public long ChargedBack => Authorization.Dispute?.ChargedBack ?? 0;

    /// <summary>What can still be returned, or be taken back.</summary>
    public long Remaining => Captured - Refunded - ChargedBack;

    public bool IsVoided => Sum(OperationKind.Void) > 0;

    public bool IsCaptured => Captured > 0;

    public void Add(Operation operation) => operations.Add(operation);

    private long Sum(OperationKind kind)
    {
        var sum = 0L;
        foreach (var operation in operations)
        {
            // What is being worked on is set aside, so that it cannot be returned twice.
            if (operation.Kind == kind && operation.State is (OperationState.Approved or OperationState.Working)) sum += operation.Amount.Minor;
        }

        return sum;
    }
}
