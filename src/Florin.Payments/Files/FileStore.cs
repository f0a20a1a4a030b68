using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Storage;

namespace Florin.Payments.Files;

internal static class FileStore
{
    private static readonly SqlFragment Columns = new("id, merchant_id, live, purpose, name, media_type, size_bytes, created_at_ms");

    public static async ValueTask InsertAsync(ITransaction tx, StoredFile file, byte[] content)
    {
        await tx.EnqueueAsync(
            $"""
             INSERT INTO files (shard, {Columns})
             VALUES ({file.Id.Shard()}, {file.Id}, {file.Scope.Merchant}, {file.Scope.IsLive}, {Words<FilePurpose>.Of(file.Purpose)},
                     {file.Name}, {WireText.MediaTypeOf(file.Type)}, {file.SizeBytes}, {file.CreatedAt})
             """,
            expectedRows: 1);
        await tx.EnqueueAsync(
            $"INSERT INTO file_contents (shard, id, content) VALUES ({file.Id.Shard()}, {file.Id}, {content})",
            expectedRows: 1);
    }

    public static ValueTask<List<StoredFile>> FindManyAsync(ISqlReader reader, MerchantScope scope, IReadOnlyCollection<FileId> ids) => reader.QueryAsync(
        $"""
         SELECT {Columns} FROM files
          WHERE shard = {scope.Shard} AND id IN ({ids}) AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
         """,
        Read);

    public static ValueTask<byte[]?> ContentAsync(ISqlReader reader, FileId id) => reader.FirstAsync(
        $"SELECT content FROM file_contents WHERE shard = {id.Shard()} AND id = {id}",
        row => row.Bytes(0));

    public static ValueTask<Page<StoredFile>> ListAsync(ISqlReader reader, MerchantScope scope, FileFilter filter, PageRequest<FileId> page)
    {
        Sql sql = $"SELECT {Columns} FROM files WHERE {Rows.Of(scope)}";
        if (filter.Purpose is { } purpose) sql.Append($" AND purpose = {Words<FilePurpose>.Of(purpose)}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    private static StoredFile Read(ISqlRow row) => new(
        row.Id<FileId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        Words<FilePurpose>.Parse(row.Text(3)),
        row.TextOrNull(4),
        FileTypes.OfMediaType(row.Text(5)),
        row.Int64(6),
        row.Instant(7));
}
