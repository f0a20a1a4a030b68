using Florin.Connectors;
using Florin.Payments;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class UnknownOutcomeObjects
{
    public static WireObject Item { get; } = new("florin.unknown_outcome", "Something whose outcome nobody knows, or that waits for a person.",
    [
        new("id", Id<UnknownOutcomeId>()),
        new("acts", ListOf(Object(
            new("act", Words<OutcomeActKind>()),
            new("actor", Text.Maybe()),
            new("created", Instant),
            new("explanation", Text.Maybe()),
            new("file", Id<FileId>().Maybe()),
            new("gateway_reference", Text.Maybe()),
            new("said", Text)))),
        new("amount", Amount),
        new("cancelable", Truth),
        new("charge", Id<ChargeId>().Maybe()),
        new("connector", Text),
        new("connector_account", Id<ConnectorAccountId>()),
        new("currency", Currency),
        new("dispute", Id<DisputeId>().Maybe()),
        new("explanation", Text.Maybe()),
        new("gateway_reference", Text.Maybe()),
        new("kind", Words<UnknownOutcomeKind>()),
        new("livemode", Truth),
        new("operation", Text),
        new("outcomes", ListOf(Words<AcceptedOutcome>())),
        new("payment_intent", Id<PaymentIntentId>().Maybe()),
        new("queries", Number),
        new("queryable", Truth),
        new("reason", Words<UnknownOutcomeReason>()),
        new("setup_intent", Id<SetupIntentId>().Maybe()),
        new("since", Instant),
    ]);

    public static WireObject Count { get; } = new("florin.unknown_outcome_count", "How much is in the work queue.",
    [
        new("by_kind", Object([.. UnknownOutcomes.UnknownOutcomeRoutes.Words<UnknownOutcomeKind>().Select(kind => new WireField(kind.Word, Number))])),
        new("livemode", Truth),
        new("total", Number),
        new("waits_for_person", Number),
    ]);

    public static WireObject Bulk { get; } = new("florin.unknown_outcome_bulk", "The same act on many items, and how far it has come.",
    [
        new("id", Id<OutcomeBulkId>()),
        new("act", Words<OutcomeBulkAct>()),
        new("actor", Text),
        new("created", Instant),
        new("done", Number),
        new("evidence", Text.Maybe()),
        new("failed", Number),
        new("livemode", Truth),
        new("outcome", Words<AcceptedOutcome>().Maybe()),
        new("status", Word("running", "complete")),
        new("total", Number),
    ]);

    public static WireObject BulkItem { get; } = new("florin.unknown_outcome_bulk_item", "What became of one item of a bulk action.",
    [
        new("id", Id<UnknownOutcomeId>()),
        new("code", Text.Maybe()),
        new("message", Text.Maybe()),
        new("status", Words<OutcomeBulkItemState>()),
    ]);

    public static WireObject Policies { get; } = new("florin.payment_policies", "What a merchant decided once for all payments of a mode.",
    [
        new("late_success", Words<LateSuccessPolicy>()),
        new("livemode", Truth),
    ]);

    private static WireType Words<T>() where T : struct, Enum => Word([.. UnknownOutcomes.UnknownOutcomeRoutes.Words<T>().Select(choice => choice.Word)]);
}
