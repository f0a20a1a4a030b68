using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Catalogue;

internal sealed class CatalogueService(IDatabase database, IEvents events, IdSource ids, TimeProvider time) : ICatalogue
{
    public Task<Result<Product>> CreateAsync(
        PaymentRequest request, NewProduct wanted, IdempotentWrite<Product>? answer, CancellationToken ct)
    {
        var product = NewProduct(request.Scope, wanted);
        return database.WriteAsync<Result<Product>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, product.Id.Value);
                var price = wanted.DefaultPrice is { } terms ? NewPrice(request.Scope, product.Id, terms) : null;
                var made = product with { DefaultPrice = price?.Id };
                await ProductStore.InsertAsync(tx, made);
                await RecordAsync(tx, request, EventTypes.ProductCreated, made);
                if (price is not null) await InsertAsync(tx, request, price);
                if (answer is not null) await answer.FinishAsync(tx, made);
                return made;
            },
            ct);
    }

    public Task<Result<Product>> UpdateAsync(
        PaymentRequest request, ProductId id, ProductChange change, IdempotentWrite<Product>? answer, CancellationToken ct) => database.WriteAsync<Result<Product>>(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            if (await ProductStore.LockAsync(tx, request.Scope, id) is not { } before) return Abandoned(tx, CatalogueRefusals.NoSuch(id));
            if (change.DefaultPrice is { } price)
            {
                var isItsOwn = await PriceStore.FindAsync(tx, request.Scope, price) is { IsActive: true } found && found.Product == id;
                if (!isItsOwn) return Abandoned(tx, CatalogueRefusals.NotItsPrice(price, id));
            }

            if (!MetadataChange.Apply(change.Metadata, before.Metadata).TryGet(out var metadata, out var tooMany)) return Abandoned(tx, tooMany);
            var changed = Changed(before, change) with { Metadata = metadata, UpdatedAt = time.GetUtcNow() };
            await ProductStore.UpdateAsync(tx, changed);
            await RecordAsync(tx, request, EventTypes.ProductUpdated, changed, before with { UpdatedAt = changed.UpdatedAt });
            if (answer is not null) await answer.FinishAsync(tx, changed);
            return changed;
        },
        ct);

    public Task<Result<Product>> DeleteAsync(
        PaymentRequest request, ProductId id, IdempotentWrite<Product>? answer, CancellationToken ct) => database.WriteAsync<Result<Product>>(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            if (await ProductStore.LockAsync(tx, request.Scope, id) is not { } product) return Abandoned(tx, CatalogueRefusals.NoSuch(id));
            if (!await ProductStore.TryDeleteAsync(tx, id)) return Abandoned(tx, CatalogueRefusals.HasPrices(id));
            await RecordAsync(tx, request, EventTypes.ProductDeleted, product);
            if (answer is not null) await answer.FinishAsync(tx, product);
            return product;
        },
        ct);

    public Task<Product?> FindProductAsync(MerchantScope scope, ProductId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await ProductStore.FindAsync(reader, scope, id), ct);

    public async Task<IReadOnlyList<Product>> FindProductsAsync(MerchantScope scope, IReadOnlyCollection<ProductId> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : await database.ReadAsync(async reader => await ProductStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<Product>> ListProductsAsync(MerchantScope scope, ProductFilter filter, PageRequest<ProductId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await ProductStore.ListAsync(reader, scope, filter, page), ct);

    public async Task<Result<Price>> CreateAsync(PaymentRequest request, NewPrice wanted, IdempotentWrite<Price>? answer, CancellationToken ct)
    {
        var id = ids.New<PriceId>(request.Scope.Shard);
        try
        {
            return await database.WriteAsync<Result<Price>>(
                async tx =>
                {
                    if (answer is not null) await answer.BeginAsync(tx, id.Value);
                    if (wanted.LookupKey is { } key && await FreeKeyAsync(tx, request, key, wanted.TakesLookupKey) is { } taken) return Abandoned(tx, taken);
                    var product = await ProductOfAsync(tx, request, wanted.Product, wanted.NewProduct);
                    if (!product.TryGet(out var owner, out var missing)) return Abandoned(tx, missing);
                    var price = NewPrice(request.Scope, owner.Id, wanted.Terms) with
                    {
                        Id = id,
                        IsActive = wanted.IsActive,
                        Nickname = wanted.Nickname,
                        LookupKey = wanted.LookupKey,
                    };
                    await InsertAsync(tx, request, price);
                    if (answer is not null) await answer.FinishAsync(tx, price);
                    return price;
                },
                ct);
        }
        catch (UniqueViolationException) when (wanted.LookupKey is not null)
        {
            // Another request took the key between our look and our write.
            return CatalogueRefusals.KeyTaken(wanted.LookupKey, owner: null);
        }
    }

    public async Task<Result<Price>> UpdateAsync(
        PaymentRequest request, PriceId id, PriceChange change, IdempotentWrite<Price>? answer, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync<Result<Price>>(
                async tx =>
                {
                    if (answer is not null) await answer.BeginAsync(tx, id.Value);
                    if (await PriceStore.LockAsync(tx, request.Scope, id) is not { } before) return Abandoned(tx, CatalogueRefusals.NoSuch(id));
                    var isNewKey = change.LookupKey is { Length: > 0 } && change.LookupKey != before.LookupKey;
                    if (isNewKey && await FreeKeyAsync(tx, request, change.LookupKey!, change.TakesLookupKey) is { } taken) return Abandoned(tx, taken);
                    if (!MetadataChange.Apply(change.Metadata, before.Metadata).TryGet(out var metadata, out var tooMany)) return Abandoned(tx, tooMany);
                    var changed = before with
                    {
                        IsActive = change.IsActive ?? before.IsActive,
                        Nickname = Texts.Changed(before.Nickname, change.Nickname),
                        LookupKey = Texts.Changed(before.LookupKey, change.LookupKey),
                        TaxBehavior = change.TaxBehavior ?? before.TaxBehavior,
                        Metadata = metadata,
                    };
                    await PriceStore.UpdateAsync(tx, changed);
                    await RecordAsync(tx, request, EventTypes.PriceUpdated, changed, before);
                    if (answer is not null) await answer.FinishAsync(tx, changed);
                    return changed;
                },
                ct);
        }
        catch (UniqueViolationException) when (change.LookupKey is not null)
        {
            // Another request took the key between our look and our write.
            return CatalogueRefusals.KeyTaken(change.LookupKey, owner: null);
        }
    }

    public Task<Price?> FindPriceAsync(MerchantScope scope, PriceId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await PriceStore.FindAsync(reader, scope, id), ct);

    public async Task<IReadOnlyList<Price>> FindPricesAsync(MerchantScope scope, IReadOnlyCollection<PriceId> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : await database.ReadAsync(async reader => await PriceStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<Price>> ListPricesAsync(MerchantScope scope, PriceFilter filter, PageRequest<PriceId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await PriceStore.ListAsync(reader, scope, filter, page), ct);

    /// <summary>Makes a price, and where needed its product, for one purchase. Both are inactive: nobody shall find them on the
    /// shelf.</summary>
    public async Task<Result<(Product Product, Price Price)>> MakeInlineAsync(ITransaction tx, PaymentRequest request, InlinePrice inline)
    {
        var made = await ProductOfAsync(tx, request, inline.Product, inline.NewProduct is { } product ? product with { IsActive = false } : null);
        if (!made.TryGet(out var owner, out var missing)) return missing;
        var price = NewPrice(request.Scope, owner.Id, new NewPriceTerms(inline.UnitAmount, inline.TaxBehavior, Recurrence: null, Documents.NoMetadata)) with
        {
            IsActive = false,
        };
        await InsertAsync(tx, request, price);
        return (owner, price);
    }

    private static Product Changed(Product before, ProductChange change) => before with
    {
        Name = change.Name ?? before.Name,
        IsActive = change.IsActive ?? before.IsActive,
        Description = Texts.Changed(before.Description, change.Description),
        Images = change.Images ?? before.Images,
        Url = Texts.Changed(before.Url, change.Url),
        UnitLabel = Texts.Changed(before.UnitLabel, change.UnitLabel),
        StatementDescriptor = Texts.Changed(before.StatementDescriptor, change.StatementDescriptor),
        IsShippable = change.IsShippable ?? before.IsShippable,
        DefaultPrice = change.DefaultPrice ?? before.DefaultPrice,
    };

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    // The product is locked, so that it is not deleted while it gets a price.
    private async Task<Result<Product>> ProductOfAsync(ITransaction tx, PaymentRequest request, ProductId? id, NewProduct? wanted)
    {
        if (id is { } known)
        {
            return await ProductStore.LockAsync(tx, request.Scope, known) is { } found ? found : CatalogueRefusals.NoSuch(known);
        }

        var product = NewProduct(request.Scope, wanted!);
        await ProductStore.InsertAsync(tx, product);
        await RecordAsync(tx, request, EventTypes.ProductCreated, product);
        return product;
    }

    private async Task<Refusal?> FreeKeyAsync(ITransaction tx, PaymentRequest request, string key, bool takes)
    {
        if (await PriceStore.LockByKeyAsync(tx, request.Scope, key) is not { } owner) return null;
        if (!takes) return CatalogueRefusals.KeyTaken(key, owner.Id);
        var stripped = owner with { LookupKey = null };
        await PriceStore.UpdateAsync(tx, stripped);
        await RecordAsync(tx, request, EventTypes.PriceUpdated, stripped, owner);
        return null;
    }

    private async Task InsertAsync(ITransaction tx, PaymentRequest request, Price price)
    {
        await PriceStore.InsertAsync(tx, price);
        await RecordAsync(tx, request, EventTypes.PriceCreated, price);
    }

    private Product NewProduct(MerchantScope scope, NewProduct wanted)
    {
        var now = time.GetUtcNow();
        return new Product(
            ids.New<ProductId>(scope.Shard),
            scope,
            wanted.Name,
            wanted.IsActive,
            wanted.Description,
            wanted.Images,
            wanted.Url,
            wanted.UnitLabel,
            wanted.StatementDescriptor,
            wanted.IsShippable,
            DefaultPrice: null,
            wanted.Metadata,
            UpdatedAt: now,
            CreatedAt: now);
    }

    private Price NewPrice(MerchantScope scope, ProductId product, NewPriceTerms terms) => new(
        ids.New<PriceId>(scope.Shard),
        scope,
        product,
        IsActive: true,
        terms.UnitAmount,
        Nickname: null,
        LookupKey: null,
        terms.TaxBehavior,
        terms.Recurrence,
        terms.Metadata,
        time.GetUtcNow());

    private async Task RecordAsync(ITransaction tx, PaymentRequest request, string type, Product product, Product? before = null)
    {
        var json = PaymentJson.Bytes(product);
        await RecordAsync(tx, request, type, product.Id.Value, json, before is null ? null : PaymentJson.Bytes(before));
    }

    private async Task RecordAsync(ITransaction tx, PaymentRequest request, string type, Price price, Price? before = null)
    {
        var json = PaymentJson.Bytes(price);
        await RecordAsync(tx, request, type, price.Id.Value, json, before is null ? null : PaymentJson.Bytes(before));
    }

    // An update that changes nothing is no event.
    private async Task RecordAsync(ITransaction tx, PaymentRequest request, string type, Guid subject, byte[] json, byte[]? before)
    {
        var previous = before is null ? null : PreviousAttributes.Of(before, json);
        if (before is not null && previous is null) return;
        await events.RecordAsync(tx, new NewEvent(request.Scope, type, subject, json, previous, request.Origin));
    }
}
