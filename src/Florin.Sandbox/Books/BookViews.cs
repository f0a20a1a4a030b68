using Florin.Kernel;

namespace Florin.Sandbox.Books;

/// <param name="Next">What to give as <c>before</c> for the following page; null on the last.</param>
internal sealed record BookPage<T>(IReadOnlyList<T> Data, long? Next);

/// <summary>One operation as the book shows it.</summary>
internal sealed record OperationView(
    long Sequence,
    string Acquirer,
    string Key,
    string Operation,
    long Amount,
    string Currency,
    string State,
    string? DeclineReason,
    string Reference,
    string? ParentReference,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? AnsweredAt,
    int Requests,
    string Scenario,
    string Brand,
    string Last4)
{
    public static OperationView Of(Operation operation)
    {
        var authorization = operation.Payment.Authorization;
        return new OperationView(
            operation.Sequence,
            operation.Acquirer,
            operation.Key,
            operation.Kind.ToString().ToLowerInvariant(),
            operation.Amount.Minor,
            operation.Amount.Currency.Code,
            operation.State.ToString().ToLowerInvariant(),
            operation.DeclineReason,
            operation.Reference,
            operation == authorization ? null : authorization.Reference,
            operation.ReceivedAt,
            operation.AnsweredAt,
            operation.Requests,
            authorization.Card!.Scenario,
            authorization.Card.Brand,
            authorization.Card.Last4);
    }

    public Money Money => new(Amount, Kernel.Currency.Get(Currency));
}

/// <summary>What one payment's approved operations add up to, in minor units.</summary>
internal sealed record PaymentView(
    string Acquirer,
    string Key,
    string Reference,
    string State,
    string Currency,
    long Authorized,
    long Captured,
    long Refunded,
    long ChargedBack,
    bool Voided,
    string Scenario)
{
    public static PaymentView Of(Payment payment)
    {
        var authorization = payment.Authorization;
        return new PaymentView(
            authorization.Acquirer,
            authorization.Key,
            authorization.Reference,
            authorization.State.ToString().ToLowerInvariant(),
            authorization.Amount.Currency.Code,
            payment.Authorized,
            payment.Captured,
            payment.Refunded,
            payment.ChargedBack,
            payment.IsVoided,
            authorization.Card!.Scenario);
    }
}

/// <summary>One dispute as the book shows it.</summary>
/// <param name="Key">That of the authorization whose payment is disputed.</param>
internal sealed record DisputeView(
    string Acquirer,
    string Key,
    string Reference,
    string Stage,
    string State,
    string Reason,
    long Amount,
    string Currency,
    DateTimeOffset OpenedAt,
    DateTimeOffset DueAt,
    IReadOnlyList<DisputeResponseView> Responses)
{
    public static DisputeView Of(Operation authorization)
    {
        var dispute = authorization.Dispute!;
        return new DisputeView(
            authorization.Acquirer,
            authorization.Key,
            dispute.Reference,
            dispute.Stage.ToString().ToLowerInvariant(),
            Words(dispute.State),
            dispute.Reason,
            dispute.Amount,
            authorization.Amount.Currency.Code,
            dispute.OpenedAt,
            dispute.DueAt,
            [.. dispute.Responses.Select(response => new DisputeResponseView(
                response.Key,
                response.Kind.ToString().ToLowerInvariant(),
                response.Fields,
                [.. response.Documents.Select(document => $"{document.Field}: {document.Type}, {document.Size} bytes, sha256 {document.Sha256}")]))]);
    }

    private static string Words(DisputeState state) => state switch
    {
        DisputeState.Coming => "coming",
        DisputeState.NeedsResponse => "needs_response",
        DisputeState.UnderReview => "under_review",
        DisputeState.Won => "won",
        DisputeState.Lost => "lost",
        DisputeState.Closed => "closed",
    };
}

internal sealed record DisputeResponseView(string Key, string Kind, IReadOnlyList<string> Fields, IReadOnlyList<string> Documents);
