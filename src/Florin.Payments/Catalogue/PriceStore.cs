using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Catalogue;

/// <summary>The rows of prices.</summary>
internal static class PriceStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, product_id, active, unit_minor, currency, nickname, lookup_key, tax_behavior, recurring_interval,
        recurring_count, trial_days, metadata, created_at_ms
        """);

    public static ValueTask InsertAsync(ITransaction tx, Price price) => tx.EnqueueAsync(
        $"""
         INSERT INTO prices (shard, {Columns})
         VALUES ({price.Id.Shard()}, {price.Id}, {price.Scope.Merchant}, {price.Scope.IsLive}, {price.Product}, {price.IsActive},
                 {price.UnitAmount.Minor}, {price.UnitAmount.Currency}, {price.Nickname}, {price.LookupKey},
                 {Words<TaxBehavior>.Of(price.TaxBehavior)}, {Words<PriceInterval>.Of(price.Recurrence?.Interval)},
                 {(long?)price.Recurrence?.Count}, {(long?)price.Recurrence?.TrialDays}, {Documents.Write(price.Metadata)}, {price.CreatedAt})
         """,
        expectedRows: 1);

    /// <summary>Writes what may change of a price that the caller has locked.</summary>
    public static ValueTask UpdateAsync(ITransaction tx, Price price) => tx.EnqueueAsync(
        $"""
         UPDATE prices
            SET active = {price.IsActive}, nickname = {price.Nickname}, lookup_key = {price.LookupKey},
                tax_behavior = {Words<TaxBehavior>.Of(price.TaxBehavior)}, metadata = {Documents.Write(price.Metadata)}
          WHERE shard = {price.Id.Shard()} AND id = {price.Id}
         """,
        expectedRows: 1);

    public static ValueTask<Price?> FindAsync(ISqlReader reader, MerchantScope scope, PriceId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM prices WHERE {Rows.Of(scope)} AND id = {id}",
        Read);

    public static ValueTask<List<Price>> FindManyAsync(ISqlReader reader, MerchantScope scope, IReadOnlyCollection<PriceId> ids) => reader.QueryAsync(
        $"SELECT {Columns} FROM prices WHERE {Rows.Of(scope)} AND id IN ({ids})",
        Read);

    /// <summary>Reads a price and keeps others from changing it until the transaction ends.</summary>
    public static ValueTask<Price?> LockAsync(ITransaction tx, MerchantScope scope, PriceId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM prices WHERE {Rows.Of(scope)} AND id = {id} {Rows.ForUpdate(tx)}",
        Read);

    /// <summary>Reads the price that a lookup key leads to, under a lock.</summary>
    public static ValueTask<Price?> LockByKeyAsync(ITransaction tx, MerchantScope scope, string lookupKey) => tx.FirstAsync(
        $"SELECT {Columns} FROM prices WHERE {Rows.Of(scope)} AND lookup_key = {lookupKey} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<Page<Price>> ListAsync(ISqlReader reader, MerchantScope scope, PriceFilter filter, PageRequest<PriceId> page)
    {
        Sql sql = $"SELECT {Columns} FROM prices WHERE {Rows.Of(scope)}";
        if (filter.LookupKeys.Count > 0) sql.Append($" AND lookup_key IN ({filter.LookupKeys})");
        if (filter.Product is { } product) sql.Append($" AND product_id = {product}");
        if (filter.IsActive is { } active) sql.Append($" AND active = {active}");
        if (filter.Currency is { } currency) sql.Append($" AND currency = {currency}");
        if (filter.IsRecurring is { } recurring) sql.Append($" AND (recurring_interval IS NOT NULL) = {recurring}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    private static Price Read(ISqlRow row) => new(
        row.Id<PriceId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        row.Id<ProductId>(3),
        row.Bool(4),
        row.Money(5, 6),
        row.TextOrNull(7),
        row.TextOrNull(8),
        Words<TaxBehavior>.Parse(row.Text(9)),
        Words<PriceInterval>.ParseOrNull(row.TextOrNull(10)) is { } interval
            ? new PriceRecurrence(interval, row.Int32(11), (int?)row.Int64OrNull(12))
            : null,
        Documents.ReadMetadata(row.Text(13)),
        row.Instant(14));
}
