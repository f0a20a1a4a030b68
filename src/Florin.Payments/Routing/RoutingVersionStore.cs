using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Routing;

/// <summary>The rows of routing versions. Whoever adds one or changes which is active holds the merchant's book.</summary>
internal static class RoutingVersionStore
{
    private static readonly SqlFragment Columns = new(
        "id, merchant_id, live, number, state, note, document, created_at_ms, updated_at_ms, activated_at_ms");

    /// <summary>Locks the book and counts one further.</summary>
    public static ValueTask<long> NextNumberAsync(ITransaction tx, MerchantScope scope) => tx.FirstAsync(
        $"""
         INSERT INTO routing_books (shard, merchant_id, live, last_number) VALUES ({scope.Shard}, {scope.Merchant}, {scope.IsLive}, 1)
         ON CONFLICT (shard, merchant_id, live) DO UPDATE SET last_number = routing_books.last_number + 1
         RETURNING last_number
         """,
        row => row.Int64(0));

    public static ValueTask InsertAsync(ITransaction tx, RoutingVersion version) => tx.EnqueueAsync(
        $"""
         INSERT INTO routing_versions (shard, {Columns})
         VALUES ({version.Scope.Shard}, {version.Id}, {version.Scope.Merchant}, {version.Scope.IsLive}, {version.Number},
                 {Words<RoutingVersionState>.Of(version.State)}, {version.Note}, {version.Document}, {version.CreatedAt}, {version.UpdatedAt},
                 {version.ActivatedAt})
         """,
        expectedRows: 1);

    /// <summary>Changes what is given of a draft, and leaves the rest to whoever else changes it at the same time.</summary>
    /// <returns>Null where it is no draft any more.</returns>
    public static ValueTask<RoutingVersion?> TryUpdateDraftAsync(
        ITransaction tx, MerchantScope scope, RoutingVersionId id, RoutingVersionChange change, DateTimeOffset now)
    {
        Sql sql = $"UPDATE routing_versions SET updated_at_ms = {now}";
        if (change.Document is { } document) sql.Append($", document = {document}");
        if (change.Note is { } note) sql.Append($", note = {(note.Length == 0 ? null : note)}");
        sql.Append(
            $"""
              WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND state = 'draft'
             RETURNING {Columns}
             """);
        return tx.FirstAsync(sql, Read);
    }

    /// <summary>Makes a version the active one in place of whichever was, if its document still is the one given.</summary>
    /// <returns>False where it was changed meanwhile; then the transaction must be abandoned.</returns>
    public static async ValueTask<bool> TryActivateAsync(ITransaction tx, RoutingVersion version)
    {
        // The book first: of two at once the second waits, or is run again, and finds the first one's version active.
        await tx.ExecuteAsync(
            $"""
             UPDATE routing_books SET active_version_id = {version.Id}
              WHERE {Rows.Of(version.Scope)}
             """);
        await tx.ExecuteAsync(
            $"""
             UPDATE routing_versions SET state = 'superseded'
              WHERE {Rows.Of(version.Scope)}
                AND state = 'active' AND id <> {version.Id}
             """);

        // A change of the draft may commit at any moment before this statement; after it the draft is none any more.
        return await tx.ExecuteAsync(
            $"""
             UPDATE routing_versions SET state = 'active', activated_at_ms = {version.ActivatedAt}
              WHERE shard = {version.Scope.Shard} AND id = {version.Id} AND document = {version.Document}
             """) == 1;
    }

    public static ValueTask<RoutingVersion?> FindAsync(ISqlReader reader, MerchantScope scope, RoutingVersionId id) => reader.FirstAsync(
        $"""
         SELECT {Columns} FROM routing_versions
          WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
         """,
        Read);

    public static ValueTask<RoutingVersion?> FindActiveAsync(ISqlReader reader, MerchantScope scope) => reader.FirstAsync(
        $"SELECT {Columns} FROM routing_versions WHERE {Rows.Of(scope)} AND state = 'active'",
        Read);

    public static ValueTask<Page<RoutingVersion>> ListAsync(ISqlReader reader, MerchantScope scope, PageRequest<RoutingVersionId> page) =>
        reader.PageAsync($"SELECT {Columns} FROM routing_versions WHERE {Rows.Of(scope)}", page, Read);

    private static RoutingVersion Read(ISqlRow row) => new(
        row.Id<RoutingVersionId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        row.Int64(3),
        Words<RoutingVersionState>.Parse(row.Text(4)),
        row.TextOrNull(5),
        row.Text(6),
        row.Instant(7),
        row.Instant(8),
        row.InstantOrNull(9));
}
