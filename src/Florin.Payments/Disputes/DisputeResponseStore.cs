using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Disputes;

/// <summary>One thing said to a dispute, and whether it arrived.</summary>
internal sealed record DisputeResponse(
    DisputeResponseId Id,
    DisputeId Dispute,
    DisputeResponseKind Kind,
    OperationState State,
    IReadOnlyDictionary<string, string> Evidence,
    string? Explanation,
    int Queries,
    DateTimeOffset SentAt,
    DateTimeOffset DeadlineAt,
    DateTimeOffset? SettledAt)
{
    /// <summary>Our key for it at the gateway.</summary>
    public string GatewayKey => Id.ToString();
}

internal enum DisputeResponseKind
{
    Evidence,
    Acceptance,
}

internal static class DisputeResponseStore
{
    private static readonly SqlFragment Columns = new(
        "id, dispute_id, kind, state, evidence, explanation, queries, sent_at_ms, deadline_at_ms, settled_at_ms");

    public static ValueTask InsertAsync(ITransaction tx, DisputeResponse response) => tx.EnqueueAsync(
        $"""
         INSERT INTO dispute_responses (shard, {Columns})
         VALUES ({response.Id.Shard()}, {response.Id}, {response.Dispute}, {Words<DisputeResponseKind>.Of(response.Kind)},
                 {Words<OperationState>.Of(response.State)}, {Documents.Write(response.Evidence)}, {response.Explanation},
                 {(long)response.Queries}, {response.SentAt}, {response.DeadlineAt}, {response.SettledAt})
         """,
        expectedRows: 1);

    /// <returns>False when another answer came first; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, OperationState from, DisputeResponse to) => await tx.ExecuteAsync(
        $"""
         UPDATE dispute_responses
            SET state = {Words<OperationState>.Of(to.State)}, explanation = {to.Explanation}, queries = {(long)to.Queries}, settled_at_ms = {to.SettledAt}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND state = {Words<OperationState>.Of(from)}
         """) == 1;

    /// <summary>The response whose outcome is open; there is one at most.</summary>
    public static ValueTask<DisputeResponse?> OpenAsync(ISqlReader reader, DisputeId dispute) => reader.FirstAsync(
        $"SELECT {Columns} FROM dispute_responses WHERE shard = {dispute.Shard()} AND dispute_id = {dispute} AND state IN ('sent', 'unknown')",
        Read);

    public static ValueTask<DisputeResponse?> FindAsync(ISqlReader reader, DisputeResponseId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM dispute_responses WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    public static ValueTask<List<DisputeResponse>> OverdueAsync(ISqlReader reader, DateTimeOffset now, int limit) => reader.QueryAsync(
        $"SELECT {Columns} FROM dispute_responses WHERE state = 'sent' AND deadline_at_ms < {now} ORDER BY deadline_at_ms LIMIT {(long)limit}",
        Read);

    private static DisputeResponse Read(ISqlRow row) => new(
        row.Id<DisputeResponseId>(0),
        row.Id<DisputeId>(1),
        Words<DisputeResponseKind>.Parse(row.Text(2)),
        Words<OperationState>.Parse(row.Text(3)),
        Documents.ReadMetadata(row.Text(4)),
        row.TextOrNull(5),
        row.Int32(6),
        row.Instant(7),
        row.Instant(8),
        row.InstantOrNull(9));
}
