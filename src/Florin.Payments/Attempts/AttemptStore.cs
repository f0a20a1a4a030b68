using Florin.Connectors;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Attempts;

/// <summary>The rows of payment attempts.</summary>
internal static class AttemptStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, payment_intent_id, charge_id, connector_account_id, connector, payment_method_id, amount_minor, currency, capture, state,
        gateway_reference, challenge_url, return_token, decline_code, gateway_code, explanation, queries, sent_at_ms, deadline_at_ms, settled_at_ms,
        off_session, follows_id, challenge_passed
        """);

    public static ValueTask InsertAsync(ITransaction tx, PaymentAttempt attempt) => tx.EnqueueAsync(
        $"""
         INSERT INTO payment_attempts (shard, {Columns})
         VALUES ({attempt.Id.Shard()}, {attempt.Id}, {attempt.PaymentIntent}, {attempt.Charge}, {attempt.ConnectorAccount}, {attempt.Connector},
                 {attempt.PaymentMethod}, {attempt.Amount.Minor}, {attempt.Amount.Currency}, {attempt.Capture},
                 {Words<AttemptState>.Of(attempt.State)}, {attempt.GatewayReference}, {attempt.ChallengeUrl?.AbsoluteUri}, {attempt.ReturnToken},
                 {Words<DeclineCode>.Of(attempt.DeclineCode)}, {attempt.GatewayCode}, {attempt.Explanation}, {(long)attempt.Queries},
                 {attempt.SentAt}, {attempt.DeadlineAt}, {attempt.SettledAt}, {attempt.OffSession}, {attempt.Follows}, {attempt.ChallengePassed})
         """,
        expectedRows: 1);

    /// <summary>Moves an attempt on, if it still is where it is moved from.</summary>
    /// <returns>False when another answer came first; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, PaymentAttempt from, PaymentAttempt to) => await tx.ExecuteAsync(
        $"""
         UPDATE payment_attempts
            SET state = {Words<AttemptState>.Of(to.State)}, gateway_reference = {to.GatewayReference},
                challenge_url = {to.ChallengeUrl?.AbsoluteUri}, decline_code = {Words<DeclineCode>.Of(to.DeclineCode)},
                gateway_code = {to.GatewayCode}, explanation = {to.Explanation}, queries = {(long)to.Queries}, sent_at_ms = {to.SentAt},
                deadline_at_ms = {to.DeadlineAt}, settled_at_ms = {to.SettledAt}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND state = {Words<AttemptState>.Of(from.State)} AND sent_at_ms = {from.SentAt}
         """) == 1;

    public static ValueTask<PaymentAttempt?> FindAsync(ISqlReader reader, PaymentAttemptId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM payment_attempts WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    public static ValueTask<List<PaymentAttempt>> OfIntentAsync(ISqlReader reader, PaymentIntentId intent) => reader.QueryAsync(
        $"SELECT {Columns} FROM payment_attempts WHERE shard = {intent.Shard()} AND payment_intent_id = {intent} ORDER BY id",
        Read);

    /// <summary>Attempts whose answer is overdue: the process that waited for it is gone.</summary>
    public static ValueTask<List<PaymentAttempt>> OverdueAsync(ISqlReader reader, DateTimeOffset now, int limit) => reader.QueryAsync(
        $"SELECT {Columns} FROM payment_attempts WHERE state = 'sent' AND deadline_at_ms < {now} ORDER BY deadline_at_ms LIMIT {(long)limit}",
        Read);

    private static PaymentAttempt Read(ISqlRow row)
    {
        var id = row.Id<PaymentAttemptId>(0);
        return new PaymentAttempt(
            id,
            row.Id<PaymentIntentId>(1),
            row.Id<ChargeId>(2),
            row.Id<ConnectorAccountId>(3),
            row.Text(4),
            row.Id<PaymentMethodId>(5),
            row.Money(6, 7),
            row.Bool(8),
            Words<AttemptState>.Parse(row.Text(9)),
            id.ToString(),
            row.TextOrNull(10),
            row.TextOrNull(11) is { } challenge ? new Uri(challenge) : null,
            row.Text(12),
            Words<DeclineCode>.ParseOrNull(row.TextOrNull(13)),
            row.TextOrNull(14),
            row.TextOrNull(15),
            row.Int32(16),
            row.Instant(17),
            row.Instant(18),
            row.InstantOrNull(19))
        {
            OffSession = row.Bool(20),
            Follows = row.IdOrNull<PaymentAttemptId>(21),
            ChallengePassed = row.Bool(22),
        };
    }
}
