using Florin.Kernel;

namespace Florin.Payments.Disputes;

/// <summary>What disputes refuse.</summary>
internal static class DisputeRefusals
{
    public static Refusal UnexpectedState(Dispute dispute, string wanted) => new(
        RefusalKind.Conflict, "dispute_unexpected_state", $"This dispute's status is {Words<DisputeStatus>.Of(dispute.Status)}; {wanted}.");

    public static Refusal Lapsed(Dispute dispute) => new(
        RefusalKind.Conflict, "dispute_unexpected_state", $"The deadline of this dispute was {dispute.DueBy:yyyy-MM-dd HH:mm} UTC; nothing can be said to it any more.");

    public static Refusal ResponseUnderWay(DisputeId dispute) => new(
        RefusalKind.InFlight,
        "lock_timeout",
        $"Nobody knows yet whether what was said to dispute {dispute} before has arrived; its gateway is being asked. Ask again in a moment.");

    public static Refusal NoEvidence { get; } = new(
        RefusalKind.Invalid, "parameter_missing", "There is no evidence to submit: give some in evidence.", "evidence");

    public static Refusal TooLong { get; } = new(
        RefusalKind.Invalid, "parameter_too_long", $"All texts of the evidence together have at most {EvidenceFields.MostCharacters} characters.", "evidence");

    public static Refusal TooLarge { get; } = new(
        RefusalKind.Invalid, "file_too_large", $"All files of the evidence together have at most {EvidenceFields.MostBytes} bytes.", "evidence");

    public static Refusal NoSuchFile(string field, string id) => new(
        RefusalKind.NotFound, "resource_missing", $"No such file upload: '{id}'", $"evidence[{field}]");

    public static Refusal ResponseDeclined(string? explanation) => new(
        RefusalKind.Conflict, "evidence_declined", $"The gateway did not take it: {explanation ?? "no reason was given."}");

    public static Refusal ResponseNotSent() => new(
        RefusalKind.Conflict, "evidence_not_sent", "The gateway could not be reached, so nothing was submitted. Submit again, with a new idempotency key.");
}
