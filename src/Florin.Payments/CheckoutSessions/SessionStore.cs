using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.CheckoutSessions;

/// <summary>The rows of checkout sessions.</summary>
internal static class SessionStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, url_token, status, payment_status, total_minor, currency, lines, capture_method, success_url, cancel_url,
        client_reference_id, customer_email, locale, connector, payment_intent_id, metadata, expires_at_ms, completed_at_ms, created_at_ms,
        customer_id, setup_future_usage, mode, setup_intent_id, makes_customer
        """);

    public static ValueTask InsertAsync(ITransaction tx, CheckoutSession session, string? description) => tx.EnqueueAsync(
        $"""
         INSERT INTO checkout_sessions (shard, {Columns}, description)
         VALUES ({session.Scope.Shard}, {session.Id}, {session.Scope.Merchant}, {session.Scope.IsLive}, {session.UrlToken},
                 {Words<CheckoutStatus>.Of(session.Status)}, {Words<CheckoutPaymentStatus>.Of(session.PaymentStatus)}, {session.Total.Minor},
                 {session.Total.Currency}, {Documents.Write(LinesOf(session))}, {Words<CaptureMethod>.Of(session.CaptureMethod)},
                 {session.SuccessUrl.OriginalString}, {session.CancelUrl?.OriginalString}, {session.ClientReferenceId}, {session.CustomerEmail},
                 {session.Locale}, {session.Connector}, {session.PaymentIntent}, {Documents.Write(session.Metadata)}, {session.ExpiresAt},
                 {session.CompletedAt}, {session.CreatedAt}, {session.Customer}, {Words<FutureUsage>.Of(session.SetupFutureUsage)},
                 {Words<CheckoutMode>.Of(session.Mode)}, {session.SetupIntent}, {session.MakesCustomer}, {description})
         """,
        expectedRows: 1);

    public static ValueTask MoveAsync(ITransaction tx, CheckoutStatus from, CheckoutSession to) => tx.EnqueueAsync(
        $"""
         UPDATE checkout_sessions
            SET status = {Words<CheckoutStatus>.Of(to.Status)}, payment_status = {Words<CheckoutPaymentStatus>.Of(to.PaymentStatus)},
                customer_email = {to.CustomerEmail}, completed_at_ms = {to.CompletedAt}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND status = {Words<CheckoutStatus>.Of(from)}
         """,
        expectedRows: 1);

    /// <summary>The captured hold of a completed session is paid at last.</summary>
    public static ValueTask SetPaidAsync(ITransaction tx, CheckoutSessionId id) => tx.EnqueueAsync(
        $"UPDATE checkout_sessions SET payment_status = 'paid' WHERE shard = {id.Shard()} AND id = {id} AND status = 'complete'");

    /// <summary>Ties a payment to an open session that has none yet.</summary>
    /// <returns>False when another submit was first.</returns>
    /// <param name="customer">Whom the session makes of its buyer; null leaves whose it is.</param>
    public static async ValueTask<bool> TrySetPaymentAsync(ITransaction tx, CheckoutSessionId id, PaymentIntentId intent, CustomerId? customer) => await tx.ExecuteAsync(
        $"""
         UPDATE checkout_sessions SET payment_intent_id = {intent}, customer_id = COALESCE({customer}, customer_id)
          WHERE shard = {id.Shard()} AND id = {id} AND status = 'open' AND payment_intent_id IS NULL
         """) == 1;

    /// <summary>Ties what saves the buyer's card to an open session that has none yet.</summary>
    /// <returns>False when another submit was first.</returns>
    /// <param name="customer">Whom the session makes of its buyer; null leaves whose it is.</param>
    public static async ValueTask<bool> TrySetSetupAsync(ITransaction tx, CheckoutSessionId id, SetupIntentId intent, CustomerId? customer) => await tx.ExecuteAsync(
        $"""
         UPDATE checkout_sessions SET setup_intent_id = {intent}, customer_id = COALESCE({customer}, customer_id)
          WHERE shard = {id.Shard()} AND id = {id} AND status = 'open' AND setup_intent_id IS NULL
         """) == 1;

    /// <summary>Keeps a session from being expired, completed or paid by others until the transaction ends.</summary>
    public static ValueTask<CheckoutSession?> LockAsync(ITransaction tx, CheckoutSessionId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM checkout_sessions WHERE shard = {id.Shard()} AND id = {id} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<CheckoutSession?> FindAsync(ISqlReader reader, CheckoutSessionId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM checkout_sessions WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    public static ValueTask<string?> DescriptionAsync(ISqlReader reader, CheckoutSessionId id) => reader.FirstAsync(
        $"SELECT description FROM checkout_sessions WHERE shard = {id.Shard()} AND id = {id}",
        row => row.TextOrNull(0));

    public static ValueTask<Page<CheckoutSession>> ListAsync(
        ISqlReader reader, MerchantScope scope, CheckoutSessionFilter filter, PageRequest<CheckoutSessionId> page)
    {
        Sql sql = $"SELECT {Columns} FROM checkout_sessions WHERE {Rows.Of(scope)}";
        if (filter.Customer is { } customer) sql.Append($" AND customer_id = {customer}");
        if (filter.PaymentIntent is { } payment) sql.Append($" AND payment_intent_id = {payment}");
        if (filter.Status is { } status) sql.Append($" AND status = {Words<CheckoutStatus>.Of(status)}");
        if (filter.Email is { } email) sql.Append($" AND customer_email = {email}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    /// <summary>The open sessions of a merchant whose time is over, oldest first.</summary>
    public static ValueTask<List<CheckoutSessionId>> DueAsync(
        ISqlReader reader, MerchantScope scope, DateTimeOffset now, CheckoutSessionId? after, int limit)
    {
        Sql sql =
            $"""
             SELECT id FROM checkout_sessions
              WHERE {Rows.Of(scope)} AND status = 'open' AND expires_at_ms <= {now}
             """;
        if (after is { } last) sql.Append($" AND id > {last}");
        sql.Append($" ORDER BY id LIMIT {(long)limit}");
        return reader.QueryAsync(sql, row => row.Id<CheckoutSessionId>(0));
    }

    private static List<CheckoutLineDocument> LinesOf(CheckoutSession session) =>
        [.. session.Lines.Select(line => new CheckoutLineDocument(
            line.Name, line.Description, line.Image?.OriginalString, line.UnitAmount.Minor, line.Quantity, line.Price?.Value))];

    private static CheckoutSession Read(ISqlRow row)
    {
        var currency = row.Currency(7);
        var lines = Documents.ReadLines(row.Text(8)).Select(line => new CheckoutLine(
            line.Name, line.Description, Address(line.Image), new Money(line.UnitMinor, currency), line.Quantity)
        {
            Price = line.Price is { } price ? new PriceId(price) : null,
        });
        return new CheckoutSession(
            row.Id<CheckoutSessionId>(0),
            new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
            row.Text(3),
            Words<CheckoutStatus>.Parse(row.Text(4)),
            Words<CheckoutPaymentStatus>.Parse(row.Text(5)),
            new Money(row.Int64(6), currency),
            [.. lines],
            Words<CaptureMethod>.Parse(row.Text(9)),
            new Uri(row.Text(10)),
            Address(row.TextOrNull(11)),
            row.TextOrNull(12),
            row.TextOrNull(13),
            row.TextOrNull(14),
            row.TextOrNull(15),
            row.IdOrNull<PaymentIntentId>(16),
            Documents.ReadMetadata(row.Text(17)),
            row.Instant(18),
            row.InstantOrNull(19),
            row.Instant(20))
        {
            Customer = row.IdOrNull<CustomerId>(21),
            SetupFutureUsage = Words<FutureUsage>.ParseOrNull(row.TextOrNull(22)),
            Mode = Words<CheckoutMode>.Parse(row.Text(23)),
            SetupIntent = row.IdOrNull<SetupIntentId>(24),
            MakesCustomer = row.Bool(25),
        };
    }

    private static Uri? Address(string? text) => text is null ? null : new Uri(text, UriKind.RelativeOrAbsolute);
}
