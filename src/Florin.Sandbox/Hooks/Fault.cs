namespace Florin.Sandbox.Hooks;

internal enum FaultKind
{
    /// <summary>Keep the request until it is released.</summary>
    Hold,
    Delay,

    /// <summary>No answer, however long the caller waits.</summary>
    Silence,
    Http500,
    Malformed,

    /// <summary>Half an answer that says it is whole.</summary>
    Truncated,

    /// <summary>The connection is cut before the answer.</summary>
    Reset,

    /// <summary>The connection is cut in the middle of the answer.</summary>
    ResetMidway,

    /// <summary>The request arrives twice, and the second arrival is answered.</summary>
    Duplicate,

    /// <summary>Every connection to the acquirer is cut.</summary>
    Outage,

    /// <summary>Status queries do not know yet what was done a moment ago.</summary>
    QueryLag,

    WebhookLost,
    WebhookLate,
    WebhookDoubled,

    /// <summary>It comes after the one that follows it.</summary>
    WebhookReordered,

    /// <summary>Its signature is wrong.</summary>
    WebhookForged,

    /// <summary>One row of the settlement report has another amount.</summary>
    SettlementAmount,
    SettlementMissing,
    SettlementExtra,
}

/// <summary>When a fault strikes.</summary>
internal enum FaultMoment
{
    /// <summary>Nothing has been done yet; except after a hold or a delay, nothing will be.</summary>
    Before,

    /// <summary>It is done and booked; only the answer suffers.</summary>
    After,

    /// <summary>While the connection is there and nothing has been read.</summary>
    Connected,

    /// <summary>While a status query looks the operation up.</summary>
    LookedUp,

    /// <summary>When an outcome is announced.</summary>
    Announced,

    /// <summary>When the day's operations are reported.</summary>
    Settled,
}

internal enum HoldRelease
{
    Answer,
    Drop,
}

/// <summary>What is to go wrong, and where.</summary>
/// <param name="Acquirer">Null for all of them.</param>
/// <param name="Operation">As in <see cref="OperationNames"/>; null for all of them.</param>
internal sealed record Fault(FaultKind Kind, FaultMoment Moment, string? Acquirer, string? Operation)
{
    /// <summary>The last four digits of the cards that are struck; null for all of them.</summary>
    public string? Last4 { get; init; }

    public TimeSpan Delay { get; init; }

    /// <summary>Of <see cref="FaultKind.Http500"/>: 500 to 599.</summary>
    public int Status { get; init; } = 500;

    /// <summary>Of <see cref="FaultKind.QueryLag"/>: it is "still being worked on" instead of "never heard of".</summary>
    public bool IsPending { get; init; }
}

/// <summary>How often, and for how long, a fault strikes.</summary>
/// <param name="Count">Null for as often as it is met.</param>
/// <param name="For">Null for until it is cleared.</param>
/// <param name="PartsPerMillion">Of those that it could strike; 1,000,000 for every one.</param>
/// <param name="Seed">The same seed strikes the same ones again.</param>
internal sealed record FaultBounds(int? Count, TimeSpan? For, int PartsPerMillion, ulong Seed)
{
    public const int Always = 1_000_000;
}

/// <summary>A fault that is set, as it is shown.</summary>
internal sealed record FaultView(
    int Id,
    string Kind,
    string? When,
    string? Acquirer,
    string? Operation,
    string? Card,
    int? Left,
    DateTimeOffset? Until,
    long DelayMs,
    int Struck);

/// <summary>The words that a test names an operation with.</summary>
internal static class OperationNames
{
    /// <summary>Hangang's first step, which moves no money.</summary>
    public const string Ready = "ready";
    public const string Authorize = "authorize";

    /// <summary>What follows a challenge.</summary>
    public const string Confirm = "confirm";
    public const string Increment = "increment";
    public const string Capture = "capture";
    public const string Void = "void";
    public const string Refund = "refund";

    /// <summary>An authorization is undone by the merchant's key.</summary>
    public const string Reverse = "reverse";
    public const string CancelRefund = "cancel_refund";
    public const string Query = "query";
    public const string DisputeQuery = "dispute_query";
    public const string Evidence = "evidence";

    /// <summary>The merchant gives a dispute up.</summary>
    public const string Accept = "accept";

    public static IReadOnlyList<string> All { get; } =
        [Ready, Authorize, Confirm, Increment, Capture, Void, Refund, Reverse, CancelRefund, Query, DisputeQuery, Evidence, Accept];
}
