using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Charges;
using Florin.Storage;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>The rows of what was asked about operations without an outcome, and of what people did about them.</summary>
internal sealed class OutcomeActs(IdSource ids, TimeProvider time)
{
    private static readonly SqlFragment Columns = new("act, said, explanation, gateway_reference, file_id, actor, at_ms");

    /// <summary>Notes what a gateway was asked and said.</summary>
    public ValueTask RecordAsync(ITransaction tx, Guid subject, OutcomeActKind kind, GatewayAnswer said) =>
        RecordAsync(tx, subject, new OutcomeAct(kind, WordOf(said), OperationSettlement.Explain(said), GatewayReference: null, File: null, Actor: null, time.GetUtcNow()));

    public ValueTask RecordAsync(ITransaction tx, Guid subject, OutcomeAct act)
    {
        // Acts have no id that anybody sees; it only keeps them in order.
        var shard = Ids.ShardOf(subject);
        return tx.EnqueueAsync(
            $"""
             INSERT INTO outcome_acts (shard, id, subject_id, {Columns})
             VALUES ({shard}, {ids.NewValue(shard)}, {subject}, {Words<OutcomeActKind>.Of(act.Kind)}, {act.Said}, {act.Explanation},
                     {act.GatewayReference}, {act.File}, {act.Actor}, {act.At})
             """,
            expectedRows: 1);
    }

    /// <summary>All that was asked and done about one operation, oldest first.</summary>
    public static async ValueTask<IReadOnlyList<OutcomeAct>> OfAsync(ISqlReader reader, ShardId shard, Guid subject) => await reader.QueryAsync(
        $"SELECT {Columns} FROM outcome_acts WHERE shard = {shard} AND subject_id = {subject} ORDER BY id",
        Read);

    /// <summary>The outcomes that people stated of these operations, oldest first.</summary>
    public static async ValueTask<IReadOnlyList<OutcomeStatement>> StatementsAsync(ISqlReader reader, ShardId shard, IReadOnlyCollection<Guid> subjects) =>
        subjects.Count == 0 ? [] : await reader.QueryAsync(
            $"""
             SELECT {Columns}, subject_id FROM outcome_acts
              WHERE shard = {shard} AND subject_id IN ({subjects}) AND act = {Words<OutcomeActKind>.Of(OutcomeActKind.Acceptance)} ORDER BY id
             """,
            row => new OutcomeStatement(new UnknownOutcomeId(row.Uuid(7)), Read(row)));

    /// <summary>Whether a person asked for an attempt to be undone at its gateway.</summary>
    public static async ValueTask<bool> WasCanceledAsync(ISqlReader reader, PaymentAttemptId id) => await reader.CountAsync(
        $"SELECT COUNT(*) FROM outcome_acts WHERE shard = {id.Shard()} AND subject_id = {id} AND act = {Words<OutcomeActKind>.Of(OutcomeActKind.Cancellation)}") > 0;

    private static OutcomeAct Read(ISqlRow row) => new(
        Words<OutcomeActKind>.Parse(row.Text(0)), row.Text(1), row.TextOrNull(2), row.TextOrNull(3), row.IdOrNull<FileId>(4), row.TextOrNull(5), row.Instant(6));

    private static string WordOf(GatewayAnswer said) => said switch
    {
        GatewayAnswer.Authorized => "authorized",
        GatewayAnswer.Captured => "captured",
        GatewayAnswer.Voided => "voided",
        GatewayAnswer.Refunded => "refunded",
        GatewayAnswer.Declined => "declined",
        GatewayAnswer.Challenge => "challenge",
        GatewayAnswer.Pending => "pending",
        GatewayAnswer.NotSent or GatewayAnswer.NotFound => "never_sent",
        _ => "no_answer",
    };
}
