using Florin.Kernel;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>What the work queue refuses.</summary>
internal static class OutcomeRefusals
{
    public const string SettledCode = "unknown_outcome_settled";

    public static Refusal NoSuch(UnknownOutcomeId id) =>
        new(RefusalKind.NotFound, "resource_missing", $"No such unknown outcome: '{id}'", "id");

    public static Refusal Settled(UnknownOutcomeId id) => new(
        RefusalKind.Conflict, SettledCode, $"{id} has an outcome by now; ask for it again.");

    public static Refusal DoesNotFit(UnknownOutcome item, AcceptedOutcome outcome) => new(
        RefusalKind.Invalid,
        "unknown_outcome_does_not_fit",
        $"A {Words<UnknownOutcomeKind>.Of(item.Kind)} cannot have the outcome {Words<AcceptedOutcome>.Of(outcome)}; it is one of: {string.Join(", ", item.Outcomes.Select(Words<AcceptedOutcome>.Of))}.",
        "outcome");

    public static Refusal ReferenceMissing { get; } = new(
        RefusalKind.Invalid, "parameter_missing", "Where money moved, the gateway's own reference is needed: a later refund names it.", "gateway_reference");

    public static Refusal EvidenceMissing { get; } = new(
        RefusalKind.Invalid, "parameter_missing", "Say in evidence where the outcome was learned.", "evidence");

    public static Refusal TooLong(string parameter, int most) => new(
        RefusalKind.Invalid, "parameter_too_long", $"{parameter} has at most {most} characters.", parameter);

    public static Refusal NoSuchFile(FileId id) => new(RefusalKind.NotFound, "resource_missing", $"No such file upload: '{id}'", "file");

    public static Refusal NotQueried(UnknownOutcome item) => new(
        RefusalKind.Conflict, "unknown_outcome_not_queryable", $"{item.Id} waits for a decision; there is nothing to ask the gateway.");

    public static Refusal NotCanceled(UnknownOutcome item) => new(
        RefusalKind.Conflict,
        "unknown_outcome_not_cancelable",
        $"The gateway '{item.Connector}' cannot undo a {Words<UnknownOutcomeKind>.Of(item.Kind)} whose outcome is unknown; it is asked until it says what became of it.");

    public static Refusal CannotBeKept { get; } = new(
        RefusalKind.Conflict,
        "late_success_not_keepable",
        "The payment was paid in another way, is being paid, was changed, or somebody decided against it: the money can only be returned.");

    public static Refusal TooMany { get; } = new(
        RefusalKind.Invalid, "bulk_too_large", $"A bulk action takes at most {NewOutcomeBulk.MostItems} items.", "ids");

    public static Refusal NothingChosen { get; } = new(
        RefusalKind.Invalid, "parameter_missing", "Give either ids or a filter; no item was chosen.", "ids");

    public static Refusal BulkOutcome { get; } = new(
        RefusalKind.Invalid,
        "unknown_outcome_does_not_fit",
        "In bulk only outcomes that need no gateway's reference can be stated: declined, never_sent, voided, received, kept, resolved.",
        "outcome");
}
