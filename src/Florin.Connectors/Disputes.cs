using Florin.Kernel;

namespace Florin.Connectors;

/// <summary>A claim against a payment, as its gateway tells it.</summary>
/// <param name="Reference">The gateway's name for it.</param>
/// <param name="PaymentKey">Our key for the authorization whose payment is disputed.</param>
/// <param name="Amount">What is claimed; in an inquiry nothing is taken yet.</param>
/// <param name="NetworkCode">The scheme's own code for the reason, as in <c>10.4</c>.</param>
/// <param name="Responses">Our keys of the evidence and acceptances that the gateway has taken in.</param>
public sealed record GatewayDispute(
    string Reference,
    string PaymentKey,
    GatewayDisputeStage Stage,
    GatewayDisputeState State,
    Money Amount,
    DisputeReason Reason,
    string? NetworkCode,
    DateTimeOffset OpenedAt,
    DateTimeOffset RespondBy,
    IReadOnlyList<string> Responses);

public enum GatewayDisputeStage
{
    /// <summary>The issuer asks; no money is taken yet.</summary>
    Inquiry,

    /// <summary>The money is taken back until it is decided.</summary>
    Chargeback,
}

public enum GatewayDisputeState
{
    NeedsResponse,
    UnderReview,

    /// <summary>For the merchant.</summary>
    Won,

    /// <summary>Against the merchant.</summary>
    Lost,

    /// <summary>An inquiry that ended without a chargeback.</summary>
    Closed,
}

/// <summary>Why a buyer disputes, in the words that the wire uses (snake case of the member's name).</summary>
public enum DisputeReason
{
    BankCannotProcess,
    CheckReturned,
    CreditNotProcessed,
    CustomerInitiated,
    DebitNotAuthorized,
    Duplicate,
    Fraudulent,
    General,
    IncorrectAccountDetails,
    InsufficientFunds,
    ProductNotReceived,
    ProductUnacceptable,
    SubscriptionCanceled,
    Unrecognized,
}

/// <param name="Key">Our key for this response, unique for ever.</param>
/// <param name="Reference">The gateway's name for the dispute.</param>
/// <param name="Texts">By the API's name of the field, as in <c>product_description</c>.</param>
public sealed record EvidenceOrder(
    string Key, string Reference, IReadOnlyDictionary<string, string> Texts, IReadOnlyList<EvidenceDocument> Documents);

/// <param name="Field">The API's name of the field, as in <c>receipt</c>.</param>
/// <param name="MediaType">As its first bytes say, as in <c>application/pdf</c>.</param>
public sealed record EvidenceDocument(string Field, string MediaType, ReadOnlyMemory<byte> Content);

/// <param name="Key">Our key for this response, unique for ever.</param>
/// <param name="Reference">The gateway's name for the dispute.</param>
public sealed record AcceptOrder(string Key, string Reference);
