using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments;

/// <summary>What the stores' questions have in common.</summary>
internal static class Rows
{
    /// <summary>The rows of one merchant in one mode.</summary>
    public static Sql Of(MerchantScope scope) => $"shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}";

    /// <summary>Keeps the rows that are read from being changed by others until the transaction ends; on SQLite nobody else writes.</summary>
    public static SqlFragment ForUpdate(ISqlReader reader) => new(reader.Engine == SqlEngine.Postgres ? "FOR UPDATE" : "");

    /// <param name="from">Including it.</param>
    /// <param name="before">Not including it.</param>
    public static Sql AppendCreated(this Sql sql, DateTimeOffset? from, DateTimeOffset? before)
    {
        if (from is { } first) sql.Append($" AND created_at_ms >= {first}");
        if (before is { } end) sql.Append($" AND created_at_ms < {end}");
        return sql;
    }
}
