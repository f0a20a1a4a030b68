using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Search;

/// <summary>Whose metadata a term is. The numbers are stored.</summary>
internal enum SearchedKind
{
    PaymentIntent = 1,
    Charge = 2,
    Customer = 3,
}

/// <summary>The index of metadata: a row for each named value of an object, written with the object.</summary>
/// <remarks>A document in a text column has no index that both engines know, and a merchant looks payments up by an order number
/// of theirs more often than by anything else.</remarks>
internal static class MetadataTerms
{
    /// <summary>Adds the terms of a new object.</summary>
    public static async ValueTask AddAsync(
        ITransaction tx, MerchantScope scope, SearchedKind kind, Guid id, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO metadata_terms (shard, object_id, term_key, merchant_id, live, kind, term_value)
                 VALUES ({scope.Shard}, {id}, {key}, {scope.Merchant}, {scope.IsLive}, {(long)kind}, lower({value}))
                 """);
        }
    }

    /// <summary>Puts other terms in the place of those that are there.</summary>
    public static async ValueTask ReplaceAsync(
        ITransaction tx, MerchantScope scope, SearchedKind kind, Guid id, IReadOnlyDictionary<string, string> metadata)
    {
        await tx.EnqueueAsync($"DELETE FROM metadata_terms WHERE shard = {scope.Shard} AND object_id = {id}");
        await AddAsync(tx, scope, kind, id, metadata);
    }

    /// <summary>That an object has a value by a name; or, where the value is null, that it has none by that name.</summary>
    public static Sql Condition(MerchantScope scope, SearchedKind kind, SqlFragment idColumn, string key, string? value)
    {
        Sql named =
            $"""
             SELECT object_id FROM metadata_terms
              WHERE {Rows.Of(scope)} AND kind = {(long)kind} AND term_key = {key}
             """;
        if (value is null) return $"{idColumn} NOT IN ({named})";
        return $"{idColumn} IN ({named.Append($" AND term_value = lower({value})")})";
    }
}
