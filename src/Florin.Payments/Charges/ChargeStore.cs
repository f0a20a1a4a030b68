using Florin.Kernel;
using Florin.Payments.Customers;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Search;
using Florin.Storage;

namespace Florin.Payments.Charges;

/// <summary>A charge with what only our own side of the gateway needs of it.</summary>
internal sealed record ChargeRow(Charge Charge, string? GatewayReference);

/// <summary>The rows of charges. What is captured and refunded is bounded here, in the statements and in the schema.</summary>
internal static class ChargeStore
{
    private static readonly SqlFragment Columns = new(
        """
        c.id, c.merchant_id, c.live, c.payment_intent_id, c.attempt_id, c.status, c.amount_minor, c.currency, c.captured_minor,
        c.refunded_minor, c.fee_minor, c.failure, c.connector, c.gateway_reference, c.authorization_code, c.created_at_ms,
        c.customer_id, c.description, c.receipt_email, c.metadata, c.billing, c.expiry_month, c.expiry_year,
        c.disputed_minor, c.dispute_id, c.balance_transaction_id, c.shipping, c.late_success
        """);

    private const int MethodColumn = 28;

    public static async ValueTask InsertAsync(ITransaction tx, ChargeRow row)
    {
        var charge = row.Charge;
        await tx.EnqueueAsync(
            $"""
             INSERT INTO charges (shard, id, merchant_id, live, payment_intent_id, attempt_id, status, amount_minor, currency, captured_minor,
                                  refunded_minor, fee_minor, payment_method_id, failure, connector, gateway_reference, authorization_code, created_at_ms,
                                  customer_id, description, receipt_email, metadata, billing, expiry_month, expiry_year,
                                  balance_transaction_id, shipping, late_success)
             VALUES ({charge.Id.Shard()}, {charge.Id}, {charge.Scope.Merchant}, {charge.Scope.IsLive}, {charge.PaymentIntent}, {charge.Attempt},
                     {Words<ChargeStatus>.Of(charge.Status)}, {charge.Amount.Minor}, {charge.Amount.Currency}, {charge.Captured.Minor},
                     {charge.Refunded.Minor}, {charge.Fee.Minor}, {charge.PaymentMethod.Id}, {Documents.Write(PaymentErrorDocument.Of(charge.Failure))},
                     {charge.Connector}, {row.GatewayReference}, {charge.AuthorizationCode}, {charge.CreatedAt}, {charge.Customer}, {charge.Description},
                     {charge.ReceiptEmail}, {Documents.Write(charge.Metadata)}, {Documents.Write(charge.PaymentMethod.Billing)},
                     {(long)charge.PaymentMethod.Card.ExpiryMonth}, {(long)charge.PaymentMethod.Card.ExpiryYear}, {charge.BalanceTransaction},
                     {CustomerDocuments.Write(charge.Shipping)}, {Words<LateSuccessPolicy>.Of(charge.LateSuccess)})
             """,
            expectedRows: 1);
        await MetadataTerms.AddAsync(tx, charge.Scope, SearchedKind.Charge, charge.Id.Value, charge.Metadata);
    }

    public static ValueTask SetCapturedAsync(ITransaction tx, Charge charge, string gatewayReference) => tx.EnqueueAsync(
        $"""
         UPDATE charges SET status = 'captured', captured_minor = {charge.Captured.Minor}, fee_minor = {charge.Fee.Minor},
                gateway_reference = {gatewayReference}, balance_transaction_id = {charge.BalanceTransaction}
          WHERE shard = {charge.Id.Shard()} AND id = {charge.Id} AND status = 'authorized' AND {charge.Captured.Minor} <= amount_minor
         """,
        expectedRows: 1);

    /// <summary>The hold was raised.</summary>
    public static ValueTask RaiseAsync(ITransaction tx, ChargeId id, Money amount) => tx.EnqueueAsync(
        $"""
         UPDATE charges SET amount_minor = {amount.Minor}
          WHERE shard = {id.Shard()} AND id = {id} AND currency = {amount.Currency} AND status = 'authorized' AND amount_minor < {amount.Minor}
         """,
        expectedRows: 1);

    public static ValueTask SetVoidedAsync(ITransaction tx, ChargeId id) => tx.EnqueueAsync(
        $"UPDATE charges SET status = 'voided' WHERE shard = {id.Shard()} AND id = {id} AND status = 'authorized'",
        expectedRows: 1);

    /// <summary>Sets an amount aside for a refund unless that would pass what was captured, or an issuer holds any of it.</summary>
    /// <returns>Whether it was set aside.</returns>
    public static async ValueTask<bool> TryAddRefundedAsync(ITransaction tx, ChargeId id, Money amount)
    {
        // The bound is in the WHERE clause, so that two racing refunds cannot both pass it. It is written as a
        // subtraction because SQLite turns an overflowing sum into a float without a word.
        return await tx.ExecuteAsync(
            $"""
             UPDATE charges SET refunded_minor = refunded_minor + {amount.Minor}
              WHERE shard = {id.Shard()} AND id = {id} AND currency = {amount.Currency} AND status = 'captured'
                AND disputed_minor = 0 AND {amount.Minor} <= captured_minor - refunded_minor
             """) == 1;
    }

    /// <summary>Counts a refund that was carried out after all, beside what a dispute has taken.</summary>
    /// <returns>False where more would have gone back than was taken.</returns>
    public static async ValueTask<bool> TryAddLateRefundAsync(ITransaction tx, ChargeId id, Money amount) => await tx.ExecuteAsync(
        $"""
         UPDATE charges SET refunded_minor = refunded_minor + {amount.Minor}
          WHERE shard = {id.Shard()} AND id = {id} AND currency = {amount.Currency} AND status = 'captured'
            AND {amount.Minor} <= captured_minor - refunded_minor - disputed_minor
         """) == 1;

    /// <summary>Takes an amount for a dispute unless that would, with what was refunded, pass what was captured.</summary>
    /// <returns>Whether it was taken.</returns>
    public static async ValueTask<bool> TryAddDisputedAsync(ITransaction tx, ChargeId id, Money amount) => await tx.ExecuteAsync(
        $"""
         UPDATE charges SET disputed_minor = disputed_minor + {amount.Minor}
          WHERE shard = {id.Shard()} AND id = {id} AND currency = {amount.Currency} AND status = 'captured'
            AND {amount.Minor} <= captured_minor - refunded_minor - disputed_minor
         """) == 1;

    /// <summary>Gives back what a dispute had taken.</summary>
    public static ValueTask ReleaseDisputedAsync(ITransaction tx, ChargeId id, Money amount) => tx.EnqueueAsync(
        $"""
         UPDATE charges SET disputed_minor = disputed_minor - {amount.Minor}
          WHERE shard = {id.Shard()} AND id = {id} AND currency = {amount.Currency} AND disputed_minor >= {amount.Minor}
         """,
        expectedRows: 1);

    public static ValueTask SetDisputeAsync(ITransaction tx, ChargeId id, DisputeId dispute) => tx.EnqueueAsync(
        $"UPDATE charges SET dispute_id = {dispute} WHERE shard = {id.Shard()} AND id = {id}",
        expectedRows: 1);

    /// <summary>Gives back what was set aside for a refund that did not come to be.</summary>
    public static ValueTask ReleaseRefundedAsync(ITransaction tx, ChargeId id, Money amount) => tx.EnqueueAsync(
        $"""
         UPDATE charges SET refunded_minor = refunded_minor - {amount.Minor}
          WHERE shard = {id.Shard()} AND id = {id} AND currency = {amount.Currency} AND refunded_minor >= {amount.Minor}
         """,
        expectedRows: 1);

    /// <summary>Writes down what a person decided about money that came too late.</summary>
    /// <returns>False when somebody decided before.</returns>
    public static async ValueTask<bool> TryDecideLateAsync(ITransaction tx, ChargeId id, LateSuccessPolicy decision) => await tx.ExecuteAsync(
        $"""
         UPDATE charges SET late_success = {Words<LateSuccessPolicy>.Of(decision)}
          WHERE shard = {id.Shard()} AND id = {id} AND late_success = 'ask'
         """) == 1;

    /// <param name="why">Null where nobody must look any more.</param>
    public static ValueTask SetAttentionAsync(ITransaction tx, ChargeId id, string? why) => tx.EnqueueAsync(
        $"UPDATE charges SET attention = {why} WHERE shard = {id.Shard()} AND id = {id}",
        expectedRows: 1);

    public static async ValueTask UpdateNotesAsync(ITransaction tx, Charge charge)
    {
        await tx.EnqueueAsync(
            $"""
             UPDATE charges
                SET description = {charge.Description}, receipt_email = {charge.ReceiptEmail}, metadata = {Documents.Write(charge.Metadata)}
              WHERE shard = {charge.Id.Shard()} AND id = {charge.Id}
             """,
            expectedRows: 1);
        await MetadataTerms.ReplaceAsync(tx, charge.Scope, SearchedKind.Charge, charge.Id.Value, charge.Metadata);
    }

    public static async ValueTask<Page<Charge>> ListAsync(ISqlReader reader, MerchantScope scope, ChargeFilter filter, PageRequest<ChargeId> page)
    {
        // The page is chosen among the charges alone: their ids, and not those of their payment methods, are its cursor.
        Sql chosen = $"SELECT id FROM charges WHERE {Rows.Of(scope)}";
        if (filter.Customer is { } customer) chosen.Append($" AND customer_id = {customer}");
        if (filter.PaymentIntent is { } intent) chosen.Append($" AND payment_intent_id = {intent}");
        chosen.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return await PageAsync(reader, scope, chosen, page);
    }

    /// <param name="condition">Of a search, over the columns of the table.</param>
    public static ValueTask<Page<Charge>> SearchAsync(ISqlReader reader, MerchantScope scope, Sql condition, PageRequest<ChargeId> page)
    {
        Sql chosen = $"SELECT id FROM charges WHERE {Rows.Of(scope)}";
        return PageAsync(reader, scope, chosen.Append($" AND {condition}"), page);
    }

    private static async ValueTask<Page<Charge>> PageAsync(ISqlReader reader, MerchantScope scope, Sql chosen, PageRequest<ChargeId> page)
    {
        chosen.Append(Paging.Tail(page));
        var order = new SqlFragment(page.EndingBefore is null ? "ORDER BY c.id DESC" : "ORDER BY c.id ASC");
        var rows = await reader.QueryAsync(
            $"SELECT {Columns}, {PaymentMethodStore.JoinedColumns} FROM {From} WHERE c.shard = {scope.Shard} AND c.id IN ({chosen}) {order}",
            Read);
        return Paging.PageOf(rows.ConvertAll(row => row.Charge), page);
    }

    public static ValueTask<ChargeRow?> FindAsync(ISqlReader reader, ChargeId id) => reader.FirstAsync(
        $"SELECT {Columns}, {PaymentMethodStore.JoinedColumns} FROM {From} WHERE c.shard = {id.Shard()} AND c.id = {id}",
        Read);

    /// <summary>Reads a charge and keeps others from changing it until the transaction ends.</summary>
    public static async ValueTask<ChargeRow?> LockAsync(ITransaction tx, ChargeId id)
    {
        // FOR UPDATE on the charge alone: what it needs of the payment method beside it, it keeps for itself.
        var lockClause = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE OF c" : "");
        return await tx.FirstAsync(
            $"SELECT {Columns}, {PaymentMethodStore.JoinedColumns} FROM {From} WHERE c.shard = {id.Shard()} AND c.id = {id} {lockClause}",
            Read);
    }

    public static ValueTask<List<ChargeRow>> FindManyAsync(ISqlReader reader, MerchantScope scope, IReadOnlyCollection<ChargeId> ids) => reader.QueryAsync(
        $"""
         SELECT {Columns}, {PaymentMethodStore.JoinedColumns} FROM {From}
          WHERE c.shard = {scope.Shard} AND c.id IN ({ids}) AND c.merchant_id = {scope.Merchant} AND c.live = {scope.IsLive}
         """,
        Read);

    public static ValueTask<List<ChargeRow>> OfIntentAsync(ISqlReader reader, PaymentIntentId intent) => reader.QueryAsync(
        $"""
         SELECT {Columns}, {PaymentMethodStore.JoinedColumns} FROM {From}
          WHERE c.shard = {intent.Shard()} AND c.payment_intent_id = {intent} ORDER BY c.id
         """,
        Read);

    private static readonly SqlFragment From =
        new("charges c JOIN payment_methods m ON m.shard = c.shard AND m.id = c.payment_method_id");

    private static ChargeRow Read(ISqlRow row)
    {
        var currency = row.Currency(7);
        var charge = new Charge(
            row.Id<ChargeId>(0),
            new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
            row.Id<PaymentIntentId>(3),
            row.Id<PaymentAttemptId>(4),
            Words<ChargeStatus>.Parse(row.Text(5)),
            new Money(row.Int64(6), currency),
            new Money(row.Int64(8), currency),
            new Money(row.Int64(9), currency),
            new Money(row.Int64(10), currency),
            MethodAsCharged(row),
            Documents.ReadError(row.TextOrNull(11))?.ToError(),
            row.Text(12),
            row.TextOrNull(14),
            row.Instant(15))
        {
            Customer = row.IdOrNull<CustomerId>(16),
            Description = row.TextOrNull(17),
            ReceiptEmail = row.TextOrNull(18),
            Metadata = Documents.ReadMetadata(row.Text(19)),
            Disputed = new Money(row.Int64(23), currency),
            Dispute = row.IdOrNull<DisputeId>(24),
            BalanceTransaction = row.IdOrNull<BalanceTransactionId>(25),
            Shipping = CustomerDocuments.ReadShipping(row.TextOrNull(26)),
            LateSuccess = Words<LateSuccessPolicy>.ParseOrNull(row.TextOrNull(27)),
        };
        return new ChargeRow(charge, row.TextOrNull(13));
    }

    // A saved method may be corrected after it was charged; the charge shows it as it was.
    private static PaymentMethod MethodAsCharged(ISqlRow row)
    {
        var method = PaymentMethodStore.Read(row, MethodColumn);
        return row.TextOrNull(20) is not { } billing ? method : method with
        {
            Billing = Documents.ReadBilling(billing),
            Card = method.Card with { ExpiryMonth = row.Int32(21), ExpiryYear = row.Int32(22) },
        };
    }
}
