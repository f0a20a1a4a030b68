using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Balances;

/// <summary>The rows of what changed merchants' balances.</summary>
internal static class BalanceStore
{
    private static readonly SqlFragment Columns = new(
        "id, merchant_id, live, kind, source_id, amount_minor, currency, fee_minor, description, available_on_ms, created_at_ms");

    public static ValueTask InsertAsync(ITransaction tx, BalanceTransaction entry) => tx.EnqueueAsync(
        $"""
         INSERT INTO balance_transactions (shard, {Columns}, net_minor)
         VALUES ({entry.Id.Shard()}, {entry.Id}, {entry.Scope.Merchant}, {entry.Scope.IsLive}, {Words<BalanceTransactionKind>.Of(entry.Kind)},
                 {entry.Source}, {entry.Amount.Minor}, {entry.Amount.Currency}, {entry.Fee.Minor}, {entry.Description}, {entry.AvailableOn},
                 {entry.CreatedAt}, {entry.Net.Minor})
         """,
        expectedRows: 1);

    public static ValueTask<List<BalanceTransaction>> FindManyAsync(
        ISqlReader reader, MerchantScope scope, IReadOnlyCollection<BalanceTransactionId> ids) => reader.QueryAsync(
        $"""
         SELECT {Columns} FROM balance_transactions
          WHERE shard = {scope.Shard} AND id IN ({ids}) AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
         """,
        Read);

    /// <summary>What certain things did to the balance, oldest first.</summary>
    public static ValueTask<List<BalanceTransaction>> OfSourcesAsync(ISqlReader reader, ShardId shard, IReadOnlyCollection<Guid> sources) => reader.QueryAsync(
        $"SELECT {Columns} FROM balance_transactions WHERE shard = {shard} AND source_id IN ({sources}) ORDER BY id",
        Read);

    public static ValueTask<Page<BalanceTransaction>> ListAsync(
        ISqlReader reader, MerchantScope scope, BalanceTransactionFilter filter, PageRequest<BalanceTransactionId> page)
    {
        Sql sql = $"SELECT {Columns} FROM balance_transactions WHERE {Rows.Of(scope)}";
        if (filter.Kinds is { Count: > 0 } kinds) sql.Append($" AND kind IN ({kinds.Select(Words<BalanceTransactionKind>.Of).ToList()})");
        if (filter.Currency is { } currency) sql.Append($" AND currency = {currency}");
        if (filter.Source is { } source) sql.Append($" AND source_id = {source}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    /// <summary>What is available and what is not yet, in one snapshot.</summary>
    public static ValueTask<List<CurrencyBalance>> SumsAsync(ISqlReader reader, MerchantScope scope, DateTimeOffset now) => reader.QueryAsync(
        $"""
         SELECT currency,
                CAST(COALESCE(SUM(CASE WHEN available_on_ms <= {now} THEN net_minor ELSE 0 END), 0) AS bigint),
                CAST(COALESCE(SUM(CASE WHEN available_on_ms > {now} THEN net_minor ELSE 0 END), 0) AS bigint)
           FROM balance_transactions
          WHERE {Rows.Of(scope)}
          GROUP BY currency ORDER BY currency
         """,
        row => new CurrencyBalance(row.Money(1, 0), row.Money(2, 0)));

    private static BalanceTransaction Read(ISqlRow row) => new(
        row.Id<BalanceTransactionId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        Words<BalanceTransactionKind>.Parse(row.Text(3)),
        row.Uuid(4),
        row.Money(5, 6),
        row.Money(7, 6),
        row.TextOrNull(8),
        row.Instant(9),
        row.Instant(10));
}
