using Florin.Kernel;
using Florin.Payments.Customers;
using Florin.Payments.Search;
using Florin.Storage;

namespace Florin.Payments.Intents;

/// <summary>The rows of payment intents. Every change names the state it expects, so that racing changes cannot both pass.</summary>
internal static class IntentStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, amount_minor, currency, capturable_minor, received_minor, status, capture_method, client_secret,
        payment_method_id, latest_charge_id, latest_attempt_id, checkout_session_id, last_error, next_action_url, return_url,
        description, statement_descriptor, receipt_email, connector, metadata, canceled_at_ms, cancellation_reason, created_at_ms,
        customer_id, setup_future_usage, shipping
        """);

    public static async ValueTask InsertAsync(ITransaction tx, PaymentIntent intent)
    {
        await tx.EnqueueAsync(
            $"""
             INSERT INTO payment_intents (shard, {Columns})
             VALUES ({intent.Scope.Shard}, {intent.Id}, {intent.Scope.Merchant}, {intent.Scope.IsLive}, {intent.Amount.Minor}, {intent.Amount.Currency},
                     {intent.AmountCapturable.Minor}, {intent.AmountReceived.Minor}, {Words<PaymentIntentStatus>.Of(intent.Status)},
                     {Words<CaptureMethod>.Of(intent.CaptureMethod)}, {intent.ClientSecret}, {intent.PaymentMethod}, {intent.LatestCharge},
                     {intent.LatestAttempt}, {intent.CheckoutSession}, {Documents.Write(PaymentErrorDocument.Of(intent.LastError))},
                     {intent.NextAction?.AbsoluteUri}, {intent.ReturnUrl?.AbsoluteUri}, {intent.Description}, {intent.StatementDescriptor},
                     {intent.ReceiptEmail}, {intent.Connector}, {Documents.Write(intent.Metadata)}, {intent.CanceledAt},
                     {Words<CancellationReason>.Of(intent.CancellationReason)}, {intent.CreatedAt}, {intent.Customer},
                     {Words<FutureUsage>.Of(intent.SetupFutureUsage)}, {CustomerDocuments.Write(intent.Shipping)})
             """,
            expectedRows: 1);
        await MetadataTerms.AddAsync(tx, intent.Scope, SearchedKind.PaymentIntent, intent.Id.Value, intent.Metadata);
    }

    /// <summary>Writes what moves with a payment's state, if it still is in the state it is moved from, and for the same
    /// amount and customer: an attempt must not be sent for what the merchant has just changed.</summary>
    /// <returns>False when somebody else moved it first; nothing is changed then.</returns>
    /// <param name="from">As it was read: an attempt made and failed since must stay its latest.</param>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, PaymentIntent from, PaymentIntent to)
    {
        Sql sameAttempt = $" AND COALESCE(latest_attempt_id, {Guid.Empty}) = {from.LatestAttempt?.Value ?? Guid.Empty}";
        return await tx.ExecuteAsync(Move(from.Status, to).Append(sameAttempt)) == 1;
    }

    /// <summary>The same where the caller holds the payment already, by having moved its attempt.</summary>
    public static ValueTask MoveAsync(ITransaction tx, PaymentIntentStatus from, PaymentIntent to) =>
        tx.EnqueueAsync(Move(from, to), expectedRows: 1);

    /// <summary>The hold was raised, and with it what is owed; the caller has locked the payment.</summary>
    public static ValueTask RaiseAsync(ITransaction tx, PaymentIntent from, PaymentIntent to) => tx.EnqueueAsync(
        $"""
         UPDATE payment_intents
            SET status = {Words<PaymentIntentStatus>.Of(to.Status)}, amount_minor = {to.Amount.Minor}, capturable_minor = {to.AmountCapturable.Minor}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND status = {Words<PaymentIntentStatus>.Of(from.Status)}
            AND amount_minor = {from.Amount.Minor} AND {from.Amount.Minor} < {to.Amount.Minor}
         """,
        expectedRows: 1);

    public static async ValueTask UpdateDetailsAsync(ITransaction tx, PaymentIntent intent)
    {
        await tx.ExecuteAsync(
            $"""
             UPDATE payment_intents
                SET amount_minor = {intent.Amount.Minor}, currency = {intent.Amount.Currency}, payment_method_id = {intent.PaymentMethod},
                    description = {intent.Description}, statement_descriptor = {intent.StatementDescriptor},
                    receipt_email = {intent.ReceiptEmail}, metadata = {Documents.Write(intent.Metadata)},
                    status = {Words<PaymentIntentStatus>.Of(intent.Status)}, customer_id = {intent.Customer},
                    setup_future_usage = {Words<FutureUsage>.Of(intent.SetupFutureUsage)}, shipping = {CustomerDocuments.Write(intent.Shipping)}
              WHERE shard = {intent.Id.Shard()} AND id = {intent.Id}
             """);
        await MetadataTerms.ReplaceAsync(tx, intent.Scope, SearchedKind.PaymentIntent, intent.Id.Value, intent.Metadata);
    }

    public static ValueTask<PaymentIntent?> FindAsync(ISqlReader reader, MerchantScope scope, PaymentIntentId id) => reader.FirstAsync(
        $"""
         SELECT {Columns} FROM payment_intents
          WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
         """,
        Read);

    /// <summary>Reads a payment that must be there, by its id alone.</summary>
    public static async ValueTask<PaymentIntent> GetAsync(ISqlReader reader, PaymentIntentId id) =>
        await reader.FirstAsync($"SELECT {Columns} FROM payment_intents WHERE shard = {id.Shard()} AND id = {id}", Read)
        ?? throw new InvalidOperationException($"Payment {id} is gone, though its attempt refers to it.");

    /// <summary>Reads a payment by its id alone, and keeps others from changing it until the transaction ends.</summary>
    public static ValueTask<PaymentIntent?> LockAsync(ITransaction tx, PaymentIntentId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM payment_intents WHERE shard = {id.Shard()} AND id = {id} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<Page<PaymentIntent>> ListAsync(
        ISqlReader reader, MerchantScope scope, PaymentIntentFilter filter, PageRequest<PaymentIntentId> page)
    {
        Sql sql = $"SELECT {Columns} FROM payment_intents WHERE {Rows.Of(scope)}";
        if (filter.Status is { } status) sql.Append($" AND status = {Words<PaymentIntentStatus>.Of(status)}");
        if (filter.Customer is { } customer) sql.Append($" AND customer_id = {customer}");
        if (filter.Currency is { } currency) sql.Append($" AND currency = {currency}");
        if (filter.AmountFrom is { } least) sql.Append($" AND amount_minor >= {InEachCurrency(least)}");
        if (filter.AmountTo is { } most) sql.Append($" AND amount_minor <= {InEachCurrency(most)}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        if (filter.Refunded is { } part) sql.Append($" AND {Returned(part)}");
        if (filter.OutcomeUnknown) sql.Append(Sql.Of(Unanswered));
        if (!string.IsNullOrWhiteSpace(filter.Text)) sql.Append(Matching(filter.Text.Trim()));
        return reader.PageAsync(sql, page, Read);
    }

    /// <param name="condition">Of a search, over the columns of the table.</param>
    public static ValueTask<Page<PaymentIntent>> SearchAsync(
        ISqlReader reader, MerchantScope scope, Sql condition, PageRequest<PaymentIntentId> page) =>
        reader.PageAsync($"SELECT {Columns} FROM payment_intents WHERE {Rows.Of(scope)} AND {condition}", page, Read);

    private static readonly SqlFragment Unanswered = new(
        """
         AND (EXISTS (SELECT 1 FROM payment_attempts a
                       WHERE a.shard = payment_intents.shard AND a.payment_intent_id = payment_intents.id AND a.state = 'unknown')
              OR EXISTS (SELECT 1 FROM charge_operations o
                          WHERE o.shard = payment_intents.shard AND o.payment_intent_id = payment_intents.id AND o.state = 'unknown'))
        """);

    private static Sql Returned(RefundedPart part)
    {
        var condition = new SqlFragment(part switch
        {
            RefundedPart.None => "c.refunded_minor = 0",
            RefundedPart.Some => "c.refunded_minor > 0 AND c.refunded_minor < c.captured_minor",
            RefundedPart.All => "c.refunded_minor > 0 AND c.refunded_minor = c.captured_minor",
        });
        return $"""
            EXISTS (SELECT 1 FROM charges c
                     WHERE c.shard = payment_intents.shard AND c.id = payment_intents.latest_charge_id AND {condition})
            """;
    }

    // ISO 4217 knows minor units of 0, 2, 3 and 4 digits; most currencies have two.
    private static Sql InEachCurrency(AmountBound bound) =>
        $"""
         CASE WHEN currency IN ({CodesWith(0)}) THEN {bound.WithNoDigits} WHEN currency IN ({CodesWith(3)}) THEN {bound.WithThreeDigits}
              WHEN currency IN ({CodesWith(4)}) THEN {bound.WithFourDigits} ELSE {bound.WithTwoDigits} END
         """;

    private static SqlFragment CodesWith(int digits) => new(string.Join(
        ", ", Currency.All.Where(currency => currency.IsPayable && currency.Digits == digits).Select(currency => $"'{currency.Code}'")));

    private static Sql Move(PaymentIntentStatus from, PaymentIntent to) =>
        $"""
         UPDATE payment_intents
            SET status = {Words<PaymentIntentStatus>.Of(to.Status)}, capturable_minor = {to.AmountCapturable.Minor},
                received_minor = {to.AmountReceived.Minor}, payment_method_id = {to.PaymentMethod}, latest_charge_id = {to.LatestCharge},
                latest_attempt_id = {to.LatestAttempt}, last_error = {Documents.Write(PaymentErrorDocument.Of(to.LastError))},
                next_action_url = {to.NextAction?.AbsoluteUri}, return_url = {to.ReturnUrl?.AbsoluteUri}, canceled_at_ms = {to.CanceledAt},
                cancellation_reason = {Words<CancellationReason>.Of(to.CancellationReason)},
                setup_future_usage = {Words<FutureUsage>.Of(to.SetupFutureUsage)}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND status = {Words<PaymentIntentStatus>.Of(from)}
            AND amount_minor = {to.Amount.Minor} AND currency = {to.Amount.Currency} AND {SameCustomer(to.Customer)}
         """;

    private static Sql SameCustomer(CustomerId? customer)
    {
        if (customer is { } known) return $"customer_id = {known}";
        return $"customer_id IS NULL";
    }

    // An id is looked up as what it is; any other text is sought in what people wrote, and four digits on the card too.
    private static Sql Matching(string text)
    {
        if (Ids.TryParse<PaymentIntentId>(text, out var intent)) return $" AND id = {intent}";
        if (Ids.TryParse<ChargeId>(text, out var charge)) return $" AND latest_charge_id = {charge}";
        if (Ids.TryParse<CheckoutSessionId>(text, out var session)) return $" AND checkout_session_id = {session}";
        var pattern = "%" + text.ToLowerInvariant().Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
        return $"""
             AND (lower(description) LIKE {pattern} ESCAPE '\' OR lower(receipt_email) LIKE {pattern} ESCAPE '\'
                  OR lower(metadata) LIKE {pattern} ESCAPE '\'
                  OR EXISTS (SELECT 1 FROM charges c JOIN payment_methods m ON m.shard = c.shard AND m.id = c.payment_method_id
                              WHERE c.shard = payment_intents.shard AND c.payment_intent_id = payment_intents.id AND m.last4 = {text}))
            """;
    }

    private static PaymentIntent Read(ISqlRow row)
    {
        var currency = row.Currency(4);
        return new PaymentIntent(
            row.Id<PaymentIntentId>(0),
            new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
            new Money(row.Int64(3), currency),
            new Money(row.Int64(5), currency),
            new Money(row.Int64(6), currency),
            Words<PaymentIntentStatus>.Parse(row.Text(7)),
            Words<CaptureMethod>.Parse(row.Text(8)),
            row.Text(9),
            row.IdOrNull<PaymentMethodId>(10),
            row.IdOrNull<ChargeId>(11),
            row.IdOrNull<PaymentAttemptId>(12),
            row.IdOrNull<CheckoutSessionId>(13),
            Documents.ReadError(row.TextOrNull(14))?.ToError(),
            Address(row.TextOrNull(15)),
            Address(row.TextOrNull(16)),
            row.TextOrNull(17),
            row.TextOrNull(18),
            row.TextOrNull(19),
            row.TextOrNull(20),
            Documents.ReadMetadata(row.Text(21)),
            row.InstantOrNull(22),
            Words<CancellationReason>.ParseOrNull(row.TextOrNull(23)),
            row.Instant(24))
        {
            Customer = row.IdOrNull<CustomerId>(25),
            SetupFutureUsage = Words<FutureUsage>.ParseOrNull(row.TextOrNull(26)),
            Shipping = CustomerDocuments.ReadShipping(row.TextOrNull(27)),
        };
    }

    private static Uri? Address(string? text) => text is null ? null : new Uri(text);
}
