using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.SetupIntents;

/// <summary>The rows of setup intents. Every change names the state it expects, so that racing changes cannot both pass.</summary>
internal static class SetupIntentStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, status, usage, client_secret, customer_id, payment_method_id, latest_attempt_id, checkout_session_id,
        last_error, next_action_url, return_url, description, currency, connector, metadata, cancellation_reason, created_at_ms
        """);

    public static ValueTask InsertAsync(ITransaction tx, SetupIntent intent) => tx.EnqueueAsync(
        $"""
         INSERT INTO setup_intents (shard, {Columns})
         VALUES ({intent.Scope.Shard}, {intent.Id}, {intent.Scope.Merchant}, {intent.Scope.IsLive}, {Words<SetupIntentStatus>.Of(intent.Status)},
                 {Words<FutureUsage>.Of(intent.Usage)}, {intent.ClientSecret}, {intent.Customer}, {intent.PaymentMethod}, {intent.LatestAttempt},
                 {intent.CheckoutSession}, {Documents.Write(PaymentErrorDocument.Of(intent.LastError))}, {intent.NextAction?.AbsoluteUri},
                 {intent.ReturnUrl?.AbsoluteUri}, {intent.Description}, {intent.Currency?.Code}, {intent.Connector},
                 {Documents.Write(intent.Metadata)}, {Words<CancellationReason>.Of(intent.CancellationReason)}, {intent.CreatedAt})
         """,
        expectedRows: 1);

    /// <summary>Writes a setup intent that the caller has locked, or read and expects to find unmoved.</summary>
    /// <param name="from">As it was read: in another state, of another customer or with a newer attempt, it is not written.</param>
    /// <returns>False when somebody else changed it first; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, SetupIntent from, SetupIntent to)
    {
        var sameAttempt = from.LatestAttempt?.Value ?? Guid.Empty;
        var sameCustomer = from.Customer?.Value ?? Guid.Empty;
        return await tx.ExecuteAsync(
            $"""
             UPDATE setup_intents
                SET status = {Words<SetupIntentStatus>.Of(to.Status)}, customer_id = {to.Customer}, payment_method_id = {to.PaymentMethod},
                    latest_attempt_id = {to.LatestAttempt}, last_error = {Documents.Write(PaymentErrorDocument.Of(to.LastError))},
                    next_action_url = {to.NextAction?.AbsoluteUri}, return_url = {to.ReturnUrl?.AbsoluteUri}, description = {to.Description},
                    metadata = {Documents.Write(to.Metadata)}, cancellation_reason = {Words<CancellationReason>.Of(to.CancellationReason)}
              WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND status = {Words<SetupIntentStatus>.Of(from.Status)}
                AND COALESCE(latest_attempt_id, {Guid.Empty}) = {sameAttempt} AND COALESCE(customer_id, {Guid.Empty}) = {sameCustomer}
             """) == 1;
    }

    public static ValueTask<SetupIntent?> FindAsync(ISqlReader reader, MerchantScope scope, SetupIntentId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM setup_intents WHERE {Rows.Of(scope)} AND id = {id}",
        Read);

    public static ValueTask<List<SetupIntent>> FindManyAsync(ISqlReader reader, MerchantScope scope, IReadOnlyCollection<SetupIntentId> ids) => reader.QueryAsync(
        $"SELECT {Columns} FROM setup_intents WHERE {Rows.Of(scope)} AND id IN ({ids})",
        Read);

    /// <summary>Reads a setup intent that must be there, by its id alone.</summary>
    public static async ValueTask<SetupIntent> GetAsync(ISqlReader reader, SetupIntentId id) =>
        await reader.FirstAsync($"SELECT {Columns} FROM setup_intents WHERE shard = {id.Shard()} AND id = {id}", Read)
        ?? throw new InvalidOperationException($"Setup intent {id} is gone, though its attempt refers to it.");

    /// <summary>Reads a setup intent by its id alone, and keeps others from changing it until the transaction ends.</summary>
    public static ValueTask<SetupIntent?> LockAsync(ITransaction tx, SetupIntentId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM setup_intents WHERE shard = {id.Shard()} AND id = {id} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<Page<SetupIntent>> ListAsync(
        ISqlReader reader, MerchantScope scope, SetupIntentFilter filter, PageRequest<SetupIntentId> page)
    {
        Sql sql = $"SELECT {Columns} FROM setup_intents WHERE {Rows.Of(scope)}";
        if (filter.Customer is { } customer) sql.Append($" AND customer_id = {customer}");
        if (filter.PaymentMethod is { } method) sql.Append($" AND payment_method_id = {method}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    private static SetupIntent Read(ISqlRow row) => new(
        row.Id<SetupIntentId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        Words<SetupIntentStatus>.Parse(row.Text(3)),
        Words<FutureUsage>.Parse(row.Text(4)),
        row.Text(5),
        row.IdOrNull<CustomerId>(6),
        row.IdOrNull<PaymentMethodId>(7),
        row.IdOrNull<SetupAttemptId>(8),
        row.IdOrNull<CheckoutSessionId>(9),
        Documents.ReadError(row.TextOrNull(10))?.ToError(),
        Address(row.TextOrNull(11)),
        Address(row.TextOrNull(12)),
        row.TextOrNull(13),
        row.TextOrNull(14) is { } code ? Currency.Get(code) : null,
        row.TextOrNull(15),
        Documents.ReadMetadata(row.Text(16)),
        Words<CancellationReason>.ParseOrNull(row.TextOrNull(17)),
        row.Instant(18));

    private static Uri? Address(string? text) => text is null ? null : new Uri(text);
}
