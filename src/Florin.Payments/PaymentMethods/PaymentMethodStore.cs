using Florin.Kernel;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.PaymentMethods;

/// <summary>The rows of payment methods and card tokens: what may be shown of a card, and its name in the vault.</summary>
internal static class PaymentMethodStore
{
    /// <summary>The columns of a payment method that is joined as <c>m</c>.</summary>
    public static readonly SqlFragment JoinedColumns = new(
        """
        m.id, m.merchant_id, m.live, m.card_id, m.brand, m.bin, m.last4, m.expiry_month, m.expiry_year, m.fingerprint, m.holder_name,
        m.country, m.funding, m.billing, m.metadata, m.created_at_ms, m.customer_id, m.consumed, m.detached
        """);

    private static readonly SqlFragment TokenColumns = new(
        """
        id, merchant_id, live, card_id, brand, bin, last4, expiry_month, expiry_year, fingerprint, holder_name, country, funding,
        billing, used, created_at_ms, expires_at_ms
        """);

    public static ValueTask InsertAsync(ITransaction tx, PaymentMethod method)
    {
        var card = method.Card;
        return tx.EnqueueAsync(
            $"""
             INSERT INTO payment_methods (shard, id, merchant_id, live, card_id, brand, bin, last4, expiry_month, expiry_year, fingerprint,
                                          holder_name, country, funding, billing, metadata, created_at_ms, customer_id, consumed, detached)
             VALUES ({method.Id.Shard()}, {method.Id}, {method.Scope.Merchant}, {method.Scope.IsLive}, {card.Id}, {Words<CardBrand>.Of(card.Brand)},
                     {card.Bin}, {card.Last4}, {(long)card.ExpiryMonth}, {(long)card.ExpiryYear}, {card.Fingerprint}, {card.HolderName},
                     {card.Country}, {FundingWord(card)}, {Documents.Write(method.Billing)}, {Documents.Write(method.Metadata)}, {method.CreatedAt}, {method.Customer}, {method.IsConsumed},
                     {method.IsDetached})
             """,
            expectedRows: 1);
    }

    public static ValueTask<PaymentMethod?> FindAsync(ISqlReader reader, MerchantScope scope, PaymentMethodId id) => reader.FirstAsync(
        $"""
         SELECT {JoinedColumns} FROM payment_methods m
          WHERE m.shard = {scope.Shard} AND m.id = {id} AND m.merchant_id = {scope.Merchant} AND m.live = {scope.IsLive}
         """,
        row => Read(row, 0));

    public static ValueTask<List<PaymentMethod>> FindManyAsync(
        ISqlReader reader, MerchantScope scope, IReadOnlyCollection<PaymentMethodId> ids) => reader.QueryAsync(
        $"""
         SELECT {JoinedColumns} FROM payment_methods m
          WHERE m.shard = {scope.Shard} AND m.id IN ({ids}) AND m.merchant_id = {scope.Merchant} AND m.live = {scope.IsLive}
         """,
        row => Read(row, 0));

    public static ValueTask<Page<PaymentMethod>> ListAsync(
        ISqlReader reader, MerchantScope scope, CustomerId? customer, PageRequest<PaymentMethodId> page)
    {
        Sql sql =
            $"""
             SELECT {JoinedColumns} FROM payment_methods m
              WHERE m.shard = {scope.Shard} AND m.merchant_id = {scope.Merchant} AND m.live = {scope.IsLive}
             """;
        if (customer is { } owner) sql.Append($" AND m.customer_id = {owner}");
        return reader.PageAsync(sql, page, row => Read(row, 0));
    }

    /// <summary>Every method that is saved for a customer.</summary>
    public static ValueTask<List<PaymentMethod>> OfCustomerAsync(ISqlReader reader, CustomerId customer) => reader.QueryAsync(
        $"SELECT {JoinedColumns} FROM payment_methods m WHERE m.shard = {customer.Shard()} AND m.customer_id = {customer} ORDER BY m.id",
        row => Read(row, 0));

    public static ValueTask<long> CountOfCustomerAsync(ISqlReader reader, CustomerId customer) => reader.CountAsync(
        $"SELECT COUNT(*) FROM payment_methods WHERE shard = {customer.Shard()} AND customer_id = {customer}");

    /// <summary>Reads a method and keeps others from using or changing it until the transaction ends.</summary>
    public static ValueTask<PaymentMethod?> LockAsync(ITransaction tx, MerchantScope scope, PaymentMethodId id) => tx.FirstAsync(
        $"""
         SELECT {JoinedColumns} FROM payment_methods m
          WHERE m.shard = {scope.Shard} AND m.id = {id} AND m.merchant_id = {scope.Merchant} AND m.live = {scope.IsLive} {Rows.ForUpdate(tx)}
         """,
        row => Read(row, 0));

    /// <summary>Writes what may change of a method that the caller has locked.</summary>
    public static ValueTask UpdateAsync(ITransaction tx, PaymentMethod method) => tx.EnqueueAsync(
        $"""
         UPDATE payment_methods
            SET customer_id = {method.Customer}, consumed = {method.IsConsumed}, detached = {method.IsDetached}, expiry_month = {(long)method.Card.ExpiryMonth},
                expiry_year = {(long)method.Card.ExpiryYear}, billing = {Documents.Write(method.Billing)},
                metadata = {Documents.Write(method.Metadata)}
          WHERE shard = {method.Id.Shard()} AND id = {method.Id}
         """,
        expectedRows: 1);

    /// <summary>Takes a method for a payment of a customer, or of nobody. One that is not saved is consumed by it.</summary>
    /// <returns>False where it was used, saved for somebody else, or detached meanwhile.</returns>
    public static async ValueTask<bool> TryUseAsync(ITransaction tx, PaymentMethodId id, CustomerId? customer)
    {
        // Only looked at where it is saved: a payment changes nothing of it, and one that locked it would let all others with the
        // same card wait until it is on the disk. Who detaches it right after the look detaches it right after the payment began.
        if (customer is { } owner && await IsSavedForAsync(tx, id, owner)) return true;
        return await tx.ExecuteAsync(
            $"""
             UPDATE payment_methods SET consumed = (customer_id IS NULL)
              WHERE shard = {id.Shard()} AND id = {id} AND consumed = {false} AND detached = {false} AND (customer_id IS NULL OR customer_id = {customer})
             """) == 1;
    }

    /// <summary>Nothing came of the payment that consumed a method, so it may be used once more. A saved one was not consumed.</summary>
    public static ValueTask ReleaseAsync(ITransaction tx, PaymentMethodId id) => tx.EnqueueAsync(
        $"UPDATE payment_methods SET consumed = {false} WHERE shard = {id.Shard()} AND id = {id} AND consumed = {true}");

    public static ValueTask InsertTokenAsync(ITransaction tx, CardToken token)
    {
        var card = token.Card;
        return tx.EnqueueAsync(
            $"""
             INSERT INTO card_tokens (shard, {TokenColumns})
             VALUES ({token.Id.Shard()}, {token.Id}, {token.Scope.Merchant}, {token.Scope.IsLive}, {card.Id}, {Words<CardBrand>.Of(card.Brand)},
                     {card.Bin}, {card.Last4}, {(long)card.ExpiryMonth}, {(long)card.ExpiryYear}, {card.Fingerprint}, {card.HolderName},
                     {card.Country}, {FundingWord(card)}, {Documents.Write(token.Billing)}, {token.IsUsed}, {token.CreatedAt}, {token.ExpiresAt})
             """,
            expectedRows: 1);
    }

    /// <summary>Uses a token up.</summary>
    /// <returns>False when it was used before, or came too late.</returns>
    public static async ValueTask<bool> TryUseTokenAsync(ITransaction tx, TokenId id, DateTimeOffset now) => await tx.ExecuteAsync(
        $"""
         UPDATE card_tokens SET used = {true}
          WHERE shard = {id.Shard()} AND id = {id} AND used = {false} AND expires_at_ms > {now}
         """) == 1;

    public static ValueTask<CardToken?> FindTokenAsync(ISqlReader reader, MerchantScope scope, TokenId id) => reader.FirstAsync(
        $"""
         SELECT {TokenColumns} FROM card_tokens
          WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
         """,
        row => new CardToken(
            row.Id<TokenId>(0),
            new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
            ReadCard(row, 3),
            Documents.ReadBilling(row.Text(13)),
            row.Bool(14),
            row.Instant(15),
            row.Instant(16)));

    /// <param name="first">The position of <c>m.id</c>.</param>
    public static PaymentMethod Read(ISqlRow row, int first) => new(
        row.Id<PaymentMethodId>(first),
        new MerchantScope(row.Id<MerchantId>(first + 1), row.Bool(first + 2)),
        ReadCard(row, first + 3),
        Documents.ReadBilling(row.Text(first + 13)),
        Documents.ReadMetadata(row.Text(first + 14)),
        row.Instant(first + 15))
    {
        Customer = row.IdOrNull<CustomerId>(first + 16),
        IsConsumed = row.Bool(first + 17),
        IsDetached = row.Bool(first + 18),
    };

    public static CardFunding FundingOf(string? word) => Words<CardFunding>.ParseOrNull(word) ?? CardFunding.Unknown;

    private static CardDetails ReadCard(ISqlRow row, int first) => new(
        row.Id<CardId>(first),
        Words<CardBrand>.Parse(row.Text(first + 1)),
        row.Text(first + 2),
        row.Text(first + 3),
        row.Int32(first + 4),
        row.Int32(first + 5),
        row.Text(first + 6),
        row.TextOrNull(first + 7))
    {
        Country = row.TextOrNull(first + 8),
        Funding = FundingOf(row.TextOrNull(first + 9)),
    };

    private static async ValueTask<bool> IsSavedForAsync(ISqlReader reader, PaymentMethodId id, CustomerId customer) => await reader.CountAsync(
        $"""
         SELECT COUNT(*) FROM payment_methods
          WHERE shard = {id.Shard()} AND id = {id} AND consumed = {false} AND detached = {false} AND customer_id = {customer}
         """) == 1;

    // What is not known is not written.
    private static string? FundingWord(CardDetails card) => card.Funding == CardFunding.Unknown ? null : Words<CardFunding>.Of(card.Funding);
}
