using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Kernel;
using Florin.Payments.Search;
using Florin.Storage;

namespace Florin.Payments.Customers;

/// <summary>The rows of customers.</summary>
internal static class CustomerStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, email, name, phone, description, address, shipping, preferred_locales, default_payment_method_id, metadata,
        deleted, created_at_ms
        """);

    public static async ValueTask InsertAsync(ITransaction tx, Customer customer)
    {
        await tx.EnqueueAsync(
            $"""
             INSERT INTO customers (shard, {Columns})
             VALUES ({customer.Id.Shard()}, {customer.Id}, {customer.Scope.Merchant}, {customer.Scope.IsLive}, {customer.Email}, {customer.Name},
                     {customer.Phone}, {customer.Description}, {CustomerDocuments.Write(customer.Address)}, {CustomerDocuments.Write(customer.Shipping)},
                     {CustomerDocuments.Write(customer.PreferredLocales)}, {customer.DefaultPaymentMethod}, {Documents.Write(customer.Metadata)},
                     {customer.IsDeleted}, {customer.CreatedAt})
             """,
            expectedRows: 1);
        await MetadataTerms.AddAsync(tx, customer.Scope, SearchedKind.Customer, customer.Id.Value, customer.Metadata);
    }

    public static async ValueTask UpdateAsync(ITransaction tx, Customer customer)
    {
        await tx.EnqueueAsync(
            $"""
             UPDATE customers
                SET email = {customer.Email}, name = {customer.Name}, phone = {customer.Phone}, description = {customer.Description},
                    address = {CustomerDocuments.Write(customer.Address)}, shipping = {CustomerDocuments.Write(customer.Shipping)},
                    preferred_locales = {CustomerDocuments.Write(customer.PreferredLocales)},
                    default_payment_method_id = {customer.DefaultPaymentMethod}, metadata = {Documents.Write(customer.Metadata)},
                    deleted = {customer.IsDeleted}
              WHERE shard = {customer.Id.Shard()} AND id = {customer.Id}
             """,
            expectedRows: 1);
        await MetadataTerms.ReplaceAsync(tx, customer.Scope, SearchedKind.Customer, customer.Id.Value, customer.Metadata);
    }

    public static ValueTask<Customer?> FindAsync(ISqlReader reader, MerchantScope scope, CustomerId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM customers WHERE {Rows.Of(scope)} AND id = {id}",
        Read);

    public static ValueTask<List<Customer>> FindManyAsync(ISqlReader reader, MerchantScope scope, IReadOnlyCollection<CustomerId> ids) => reader.QueryAsync(
        $"SELECT {Columns} FROM customers WHERE {Rows.Of(scope)} AND id IN ({ids})",
        Read);

    /// <summary>Reads a customer that is not deleted, and keeps others from changing it until the transaction ends.</summary>
    public static ValueTask<Customer?> LockAsync(ITransaction tx, MerchantScope scope, CustomerId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM customers WHERE {Rows.Of(scope)} AND id = {id} AND deleted = {false} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<Page<Customer>> ListAsync(
        ISqlReader reader, MerchantScope scope, CustomerFilter filter, PageRequest<CustomerId> page)
    {
        Sql sql = $"SELECT {Columns} FROM customers WHERE {Rows.Of(scope)} AND deleted = {false}";
        if (filter.Email is { } email) sql.Append($" AND email = {email}");
        sql.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        return reader.PageAsync(sql, page, Read);
    }

    /// <param name="condition">Of a search, over the columns of the table.</param>
    public static ValueTask<Page<Customer>> SearchAsync(ISqlReader reader, MerchantScope scope, Sql condition, PageRequest<CustomerId> page) =>
        reader.PageAsync($"SELECT {Columns} FROM customers WHERE {Rows.Of(scope)} AND deleted = {false} AND {condition}", page, Read);

    private static Customer Read(ISqlRow row) => new(
        row.Id<CustomerId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        row.TextOrNull(3),
        row.TextOrNull(4),
        row.TextOrNull(5),
        row.TextOrNull(6),
        CustomerDocuments.ReadAddress(row.TextOrNull(7)),
        CustomerDocuments.ReadShipping(row.TextOrNull(8)),
        CustomerDocuments.ReadTexts(row.Text(9)),
        row.IdOrNull<PaymentMethodId>(10),
        Documents.ReadMetadata(row.Text(11)),
        row.Bool(12),
        row.Instant(13));
}

/// <summary>What a customer keeps in text columns.</summary>
[JsonSerializable(typeof(BillingAddress))]
[JsonSerializable(typeof(ShippingDetails))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class CustomerDocuments : JsonSerializerContext
{
    public static string? Write(BillingAddress? address) => address is null ? null : JsonSerializer.Serialize(address, Default.BillingAddress);

    public static BillingAddress? ReadAddress(string? text) => text is null ? null : JsonSerializer.Deserialize(text, Default.BillingAddress);

    public static string? Write(ShippingDetails? shipping) => shipping is null ? null : JsonSerializer.Serialize(shipping, Default.ShippingDetails);

    public static ShippingDetails? ReadShipping(string? text) => text is null ? null : JsonSerializer.Deserialize(text, Default.ShippingDetails);

    public static string Write(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, Default.IReadOnlyListString);

    public static IReadOnlyList<string> ReadTexts(string text) => JsonSerializer.Deserialize(text, Default.IReadOnlyListString)!;
}
