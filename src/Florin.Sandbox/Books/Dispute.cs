namespace Florin.Sandbox.Books;

internal enum DisputeStage
{
    /// <summary>The issuer asks; no money moves yet.</summary>
    Inquiry,

    /// <summary>The amount is taken back until it is decided.</summary>
    Chargeback,
}

internal enum DisputeState
{
    /// <summary>The buyer will complain in a moment; nobody has been told.</summary>
    Coming,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,

    /// <summary>An inquiry that came to nothing.</summary>
    Closed,
}

internal enum DisputeVerdict
{
    Win,
    Lose,

    /// <summary>An inquiry becomes a chargeback.</summary>
    Escalate,
}

/// <summary>A buyer's claim against a payment, as the acquirer's book holds it.</summary>
/// <param name="DueAt">Until when the merchant may answer.</param>
/// <param name="DecidedAt">When the verdict takes effect; null while there is none.</param>
internal sealed record Dispute(
    string Reference,
    DisputeStage Stage,
    DisputeState State,
    string Reason,
    long Amount,
    DateTimeOffset OpenedAt,
    DateTimeOffset DueAt,
    DateTimeOffset? DecidedAt,
    DisputeVerdict? Verdict,
    IReadOnlyList<DisputeResponse> Responses)
{
    /// <summary>How long a merchant has to answer.</summary>
    public static readonly TimeSpan TimeToRespond = TimeSpan.FromDays(10);

    /// <summary>How long evidence is read that says neither of the magic words.</summary>
    public static readonly TimeSpan TimeToReview = TimeSpan.FromDays(7);

    /// <summary>Whether nothing will change any more.</summary>
    public bool IsOver => State is DisputeState.Won or DisputeState.Lost or DisputeState.Closed;

    /// <summary>What the issuer has taken back.</summary>
    public long ChargedBack => Stage == DisputeStage.Chargeback && State is not (DisputeState.Coming or DisputeState.Won) ? Amount : 0;

    /// <summary>The scheme's word for the reason (Visa's codes, which every brand has its like of).</summary>
    public string NetworkCode => Reason == "product_not_received" ? "13.1" : "10.4";
}

/// <summary>What a merchant said to a dispute.</summary>
/// <param name="Key">The merchant's own, by which a repeat is recognized.</param>
internal sealed record DisputeResponse(
    string Key, DisputeResponseKind Kind, DateTimeOffset ReceivedAt, IReadOnlyList<string> Fields, IReadOnlyList<BookedDocument> Documents);

internal enum DisputeResponseKind
{
    Evidence,
    Acceptance,
}

/// <summary>A document that came with evidence; the book keeps what it was, not what was in it.</summary>
internal sealed record BookedDocument(string Field, string Type, long Size, string Sha256);

/// <summary>Evidence on its way into the book.</summary>
internal sealed record Evidence(IReadOnlyDictionary<string, string> Texts, IReadOnlyList<BookedDocument> Documents)
{
    public static readonly Evidence None = new(new Dictionary<string, string>(), []);

    public const string WinningWord = "winning_evidence";
    public const string LosingWord = "losing_evidence";
    public const string EscalatingWord = "escalate_inquiry_evidence";

    /// <summary>What the issuer makes of it; null where it has to think about it.</summary>
    public DisputeVerdict? VerdictIn(DisputeStage stage)
    {
        var words = Texts.GetValueOrDefault("uncategorized_text", "");
        if (words.Contains(WinningWord, StringComparison.Ordinal)) return DisputeVerdict.Win;
        var isAgainst = words.Contains(LosingWord, StringComparison.Ordinal) || words.Contains(EscalatingWord, StringComparison.Ordinal);
        return !isAgainst ? null : stage == DisputeStage.Inquiry ? DisputeVerdict.Escalate : DisputeVerdict.Lose;
    }
}
