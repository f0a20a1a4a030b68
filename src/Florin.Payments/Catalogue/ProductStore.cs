using Florin.Kernel;
using Florin.Payments.Customers;
using Florin.Storage;

namespace Florin.Payments.Catalogue;

/// <summary>The rows of products.</summary>
internal static class ProductStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, name, active, description, images, url, unit_label, statement_descriptor, shippable, default_price_id,
        metadata, updated_at_ms, created_at_ms
        """);

    public static ValueTask InsertAsync(ITransaction tx, Product product) => tx.EnqueueAsync(
        $"""
         INSERT INTO products (shard, {Columns})
         VALUES ({product.Id.Shard()}, {product.Id}, {product.Scope.Merchant}, {product.Scope.IsLive}, {product.Name}, {product.IsActive},
                 {product.Description}, {CustomerDocuments.Write(product.Images)}, {product.Url}, {product.UnitLabel},
                 {product.StatementDescriptor}, {product.IsShippable}, {product.DefaultPrice}, {Documents.Write(product.Metadata)},
                 {product.UpdatedAt}, {product.CreatedAt})
         """,
        expectedRows: 1);

    /// <summary>Writes a product that the caller has locked.</summary>
    public static ValueTask UpdateAsync(ITransaction tx, Product product) => tx.EnqueueAsync(
        $"""
         UPDATE products
            SET name = {product.Name}, active = {product.IsActive}, description = {product.Description},
                images = {CustomerDocuments.Write(product.Images)}, url = {product.Url}, unit_label = {product.UnitLabel},
                statement_descriptor = {product.StatementDescriptor}, shippable = {product.IsShippable},
                default_price_id = {product.DefaultPrice}, metadata = {Documents.Write(product.Metadata)}, updated_at_ms = {product.UpdatedAt}
          WHERE shard = {product.Id.Shard()} AND id = {product.Id}
         """,
        expectedRows: 1);

    /// <summary>Deletes a product that the caller has locked, unless it has prices.</summary>
    public static async ValueTask<bool> TryDeleteAsync(ITransaction tx, ProductId id) => await tx.ExecuteAsync(
        $"""
         DELETE FROM products
          WHERE shard = {id.Shard()} AND id = {id} AND NOT EXISTS (SELECT 1 FROM prices WHERE shard = {id.Shard()} AND product_id = {id})
         """) == 1;

    public static ValueTask<Product?> FindAsync(ISqlReader reader, MerchantScope scope, ProductId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM products WHERE {Rows.Of(scope)} AND id = {id}",
        Read);

    public static ValueTask<List<Product>> FindManyAsync(ISqlReader reader, MerchantScope scope, IReadOnlyCollection<ProductId> ids) => reader.QueryAsync(
        $"SELECT {Columns} FROM products WHERE {Rows.Of(scope)} AND id IN ({ids})",
        Read);

    /// <summary>Reads a product and keeps others from changing or deleting it until the transaction ends.</summary>
    public static ValueTask<Product?> LockAsync(ITransaction tx, MerchantScope scope, ProductId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM products WHERE {Rows.Of(scope)} AND id = {id} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<Page<Product>> ListAsync(ISqlReader reader, MerchantScope scope, ProductFilter filter, PageRequest<ProductId> page)
    {
        Sql sql = $"SELECT {Columns} FROM products WHERE {Rows.Of(scope)}";
        if (filter.Ids.Count > 0) sql.Append($" AND id IN ({filter.Ids})");
        if (filter.IsActive is { } active) sql.Append($" AND active = {active}");
        if (filter.IsShippable is { } shippable) sql.Append($" AND shippable = {shippable}");
        if (filter.Url is { } url) sql.Append($" AND url = {url}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    private static Product Read(ISqlRow row) => new(
        row.Id<ProductId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        row.Text(3),
        row.Bool(4),
        row.TextOrNull(5),
        CustomerDocuments.ReadTexts(row.Text(6)),
        row.TextOrNull(7),
        row.TextOrNull(8),
        row.TextOrNull(9),
        row.IsNull(10) ? null : row.Bool(10),
        row.IdOrNull<PriceId>(11),
        Documents.ReadMetadata(row.Text(12)),
        row.Instant(13),
        row.Instant(14));
}
