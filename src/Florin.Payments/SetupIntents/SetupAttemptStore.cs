using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.PaymentMethods;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.SetupIntents;

/// <summary>The rows of verifications.</summary>
internal static class SetupAttemptStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, setup_intent_id, connector_account_id, connector, payment_method_id, amount_minor, currency, state, gateway_reference,
        challenge_url, return_token, error, explanation, queries, release_id, release_state, release_queries, release_sent_at_ms, sent_at_ms,
        deadline_at_ms, settled_at_ms
        """);

    private static readonly SqlFragment CardColumns = new("brand, country, funding, last4");

    // The card's columns under names of their own, so that the attempt's need no prefix.
    private static readonly SqlFragment From = new(
        """
        setup_attempts
          JOIN (SELECT shard AS card_shard, id AS card_method_id, brand, country, funding, last4 FROM payment_methods) m
            ON m.card_shard = shard AND m.card_method_id = payment_method_id
        """);

    public static ValueTask InsertAsync(ITransaction tx, SetupAttempt attempt) => tx.EnqueueAsync(
        $"""
         INSERT INTO setup_attempts (shard, {Columns})
         VALUES ({attempt.Id.Shard()}, {attempt.Id}, {attempt.SetupIntent}, {attempt.ConnectorAccount}, {attempt.Connector},
                 {attempt.PaymentMethod}, {attempt.Amount.Minor}, {attempt.Amount.Currency}, {Words<AttemptState>.Of(attempt.State)},
                 {attempt.GatewayReference}, {attempt.ChallengeUrl?.AbsoluteUri}, {attempt.ReturnToken},
                 {Documents.Write(PaymentErrorDocument.Of(attempt.Error))}, {attempt.Explanation}, {(long)attempt.Queries}, {attempt.Release?.Id},
                 {Words<OperationState>.Of(attempt.Release?.State)}, {(long)(attempt.Release?.Queries ?? 0)}, {attempt.Release?.SentAt},
                 {attempt.SentAt}, {attempt.DeadlineAt}, {attempt.SettledAt})
         """,
        expectedRows: 1);

    /// <summary>Moves an attempt on, if it still is where it is moved from.</summary>
    /// <returns>False when another answer came first; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, SetupAttempt from, SetupAttempt to)
    {
        var sameRelease = from.Release?.Id.Value ?? Guid.Empty;
        var sameReleaseState = Words<OperationState>.Of(from.Release?.State) ?? "";
        return await tx.ExecuteAsync(
            $"""
             UPDATE setup_attempts
                SET state = {Words<AttemptState>.Of(to.State)}, gateway_reference = {to.GatewayReference},
                    challenge_url = {to.ChallengeUrl?.AbsoluteUri}, error = {Documents.Write(PaymentErrorDocument.Of(to.Error))},
                    explanation = {to.Explanation}, queries = {(long)to.Queries}, release_id = {to.Release?.Id},
                    release_state = {Words<OperationState>.Of(to.Release?.State)}, release_queries = {(long)(to.Release?.Queries ?? 0)},
                    release_sent_at_ms = {to.Release?.SentAt}, sent_at_ms = {to.SentAt}, deadline_at_ms = {to.DeadlineAt},
                    settled_at_ms = {to.SettledAt}
              WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND state = {Words<AttemptState>.Of(from.State)} AND sent_at_ms = {from.SentAt}
                AND COALESCE(release_id, {Guid.Empty}) = {sameRelease} AND COALESCE(release_state, '') = {sameReleaseState}
             """) == 1;
    }

    public static ValueTask<SetupAttempt?> FindAsync(ISqlReader reader, SetupAttemptId id) => reader.FirstAsync(
        $"SELECT {Columns}, {CardColumns} FROM {From} WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    public static ValueTask<long> CountAsync(ISqlReader reader, SetupIntentId intent) => reader.CountAsync(
        $"SELECT COUNT(*) FROM setup_attempts WHERE shard = {intent.Shard()} AND setup_intent_id = {intent}");

    public static ValueTask<Page<SetupAttempt>> ListAsync(ISqlReader reader, SetupIntentId intent, PageRequest<SetupAttemptId> page)
    {
        Sql sql = $"SELECT {Columns}, {CardColumns} FROM {From} WHERE shard = {intent.Shard()} AND setup_intent_id = {intent}";
        return reader.PageAsync(sql, page, Read);
    }

    /// <summary>Attempts whose answer is overdue: the process that waited for it is gone.</summary>
    public static ValueTask<List<SetupAttempt>> OverdueAsync(ISqlReader reader, DateTimeOffset now, int limit) => reader.QueryAsync(
        $"SELECT {Columns}, {CardColumns} FROM {From} WHERE state = 'sent' AND deadline_at_ms < {now} ORDER BY deadline_at_ms LIMIT {(long)limit}",
        Read);

    private static SetupAttempt Read(ISqlRow row) => new(
        row.Id<SetupAttemptId>(0),
        row.Id<SetupIntentId>(1),
        row.Id<ConnectorAccountId>(2),
        row.Text(3),
        row.Id<PaymentMethodId>(4),
        row.Money(5, 6),
        Words<AttemptState>.Parse(row.Text(7)),
        row.TextOrNull(8),
        row.TextOrNull(9) is { } challenge ? new Uri(challenge) : null,
        row.Text(10),
        Documents.ReadError(row.TextOrNull(11))?.ToError(),
        row.TextOrNull(12),
        row.Int32(13),
        row.IdOrNull<ChargeOperationId>(14) is { } release
            ? new HoldRelease(release, Words<OperationState>.Parse(row.Text(15)), row.Int32(16), row.Instant(17))
            : null,
        row.Instant(18),
        row.Instant(19),
        row.InstantOrNull(20))
    {
        Card = new CardFace(
            Words<CardBrand>.Parse(row.Text(21)), row.TextOrNull(22), PaymentMethodStore.FundingOf(row.TextOrNull(23)), row.Text(24)),
    };
}
