using Florin.Events;
using Florin.Kernel;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.Customers;

internal sealed class CustomersService(
    IDatabase database, IEvents events, IVault vault, CardChooser cards, SavedMethods saved, IdSource ids, TimeProvider time) : ICustomers
{
    private const string DefaultMethodParam = "invoice_settings[default_payment_method]";

    public async Task<Result<Customer>> CreateAsync(
        PaymentRequest request, NewCustomer wanted, IdempotentWrite<Customer>? answer, CancellationToken ct)
    {
        ChosenMethod? chosen = null;
        if (wanted.PaymentMethod is { } method)
        {
            var choice = await cards.ByIdAsync(request.Scope, method, ct);
            if (!choice.TryGet(out chosen, out var refusal)) return refusal;
        }

        // Only what is saved with the customer can be its default: nothing else is the customer's yet.
        if (wanted.DefaultPaymentMethod is { } asked && asked != wanted.PaymentMethod) return PaymentMethodRefusals.NotOfCustomer(asked, DefaultMethodParam);
        var customer = NewCustomer(request.Scope, wanted, wanted.DefaultPaymentMethod is null ? null : chosen!.Method.Id);
        return await database.WriteAsync<Result<Customer>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, customer.Id.Value);
                await CustomerStore.InsertAsync(tx, customer);
                await RecordAsync(tx, EventTypes.CustomerCreated, null, customer, request.Origin);
                if (chosen is not null)
                {
                    if (await chosen.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                    var attached = await saved.AttachAsync(tx, request.Scope, chosen.Method.Id, customer.Id, request.Origin);
                    if (attached.Refusal is { } refusal) return Abandoned(tx, refusal);
                }

                if (answer is not null) await answer.FinishAsync(tx, customer);
                return customer;
            },
            ct);
    }

    public Task<Result<Customer>> UpdateAsync(
        PaymentRequest request, CustomerId id, CustomerChange change, IdempotentWrite<Customer>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<Customer>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                if (await CustomerStore.LockAsync(tx, request.Scope, id) is not { } before) return Abandoned(tx, NoSuch(id));
                var defaultMethod = before.DefaultPaymentMethod;
                if (change.DefaultPaymentMethod is { } asked)
                {
                    var found = await DefaultMethodAsync(tx, before, asked);
                    if (!found.TryGet(out defaultMethod, out var missing)) return Abandoned(tx, missing);
                }

                if (!MetadataChange.Apply(change.Metadata, before.Metadata).TryGet(out var merged, out var tooMany)) return Abandoned(tx, tooMany);
                var changed = Changed(before, change) with { DefaultPaymentMethod = defaultMethod, Metadata = merged };
                await CustomerStore.UpdateAsync(tx, changed);
                await RecordAsync(tx, EventTypes.CustomerUpdated, before, changed, request.Origin);
                if (answer is not null) await answer.FinishAsync(tx, changed);
                return changed;
            },
            ct);

    public Task<Result<Customer>> DeleteAsync(
        PaymentRequest request, CustomerId id, IdempotentWrite<Customer>? answer, CancellationToken ct) => database.WriteAsync<Result<Customer>>(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            if (await CustomerStore.LockAsync(tx, request.Scope, id) is not { } before) return Abandoned(tx, NoSuch(id));
            foreach (var method in await PaymentMethodStore.OfCustomerAsync(tx, id)) await saved.DetachAsync(tx, method, request.Origin);
            var deleted = Erased(before);
            await CustomerStore.UpdateAsync(tx, deleted);

            // The event shows who was deleted, as Stripe's does: the receiver may need it to forget the person too.
            await events.RecordAsync(
                tx, new NewEvent(before.Scope, EventTypes.CustomerDeleted, id.Value, PaymentJson.Bytes(before), Origin: request.Origin));
            if (answer is not null) await answer.FinishAsync(tx, deleted);
            return deleted;
        },
        ct);

    public Task<Customer?> FindAsync(MerchantScope scope, CustomerId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await CustomerStore.FindAsync(reader, scope, id), ct);

    public async Task<IReadOnlyList<Customer>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<CustomerId> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : await database.ReadAsync(async reader => await CustomerStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<Customer>> ListAsync(MerchantScope scope, CustomerFilter filter, PageRequest<CustomerId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await CustomerStore.ListAsync(reader, scope, filter, page), ct);

    /// <summary>A default that is taken from its customer is nobody's default any more.</summary>
    public async Task ForgetDefaultAsync(ITransaction tx, MerchantScope scope, CustomerId id, PaymentMethodId method, EventOrigin? origin)
    {
        if (await CustomerStore.LockAsync(tx, scope, id) is not { } customer || customer.DefaultPaymentMethod != method) return;
        var changed = customer with { DefaultPaymentMethod = null };
        await CustomerStore.UpdateAsync(tx, changed);
        await RecordAsync(tx, EventTypes.CustomerUpdated, customer, changed, origin);
    }

    /// <summary>Stores a customer that comes into being with something else.</summary>
    public static async Task InsertAsync(ITransaction tx, IEvents events, Customer customer, EventOrigin? origin)
    {
        await CustomerStore.InsertAsync(tx, customer);
        await events.RecordAsync(
            tx, new NewEvent(customer.Scope, EventTypes.CustomerCreated, customer.Id.Value, PaymentJson.Bytes(customer), Origin: origin));
    }

    public static Refusal NoSuch(CustomerId id) => PaymentRefusals.NoSuch("customer", id.ToString(), "customer");

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    private static async Task<Result<PaymentMethodId?>> DefaultMethodAsync(ITransaction tx, Customer customer, string asked)
    {
        if (asked.Length == 0) return (PaymentMethodId?)null;
        var method = Ids.TryParse<PaymentMethodId>(asked, out var id) ? await PaymentMethodStore.LockAsync(tx, customer.Scope, id) : null;
        return method?.Customer == customer.Id ? method.Id : PaymentMethodRefusals.NotOfCustomer(asked, DefaultMethodParam);
    }

    private static Customer Changed(Customer before, CustomerChange change) => before with
    {
        Email = Texts.Changed(before.Email, change.Email),
        Name = Texts.Changed(before.Name, change.Name),
        Phone = Texts.Changed(before.Phone, change.Phone),
        Description = Texts.Changed(before.Description, change.Description),
        Address = BillingAddress.Changed(before.Address, change.Address),
        Shipping = change.Shipping is { } shipping ? shipping.To : before.Shipping,
        PreferredLocales = change.PreferredLocales ?? before.PreferredLocales,
    };

    private static Customer Erased(Customer customer) => new(
        customer.Id,
        customer.Scope,
        Email: null,
        Name: null,
        Phone: null,
        Description: null,
        Address: null,
        Shipping: null,
        PreferredLocales: [],
        DefaultPaymentMethod: null,
        Documents.NoMetadata,
        IsDeleted: true,
        customer.CreatedAt);

    private Customer NewCustomer(MerchantScope scope, NewCustomer wanted, PaymentMethodId? defaultMethod) => new(
        ids.New<CustomerId>(scope.Shard),
        scope,
        wanted.Email,
        wanted.Name,
        wanted.Phone,
        wanted.Description,
        wanted.Address,
        wanted.Shipping,
        wanted.PreferredLocales,
        defaultMethod,
        wanted.Metadata,
        IsDeleted: false,
        time.GetUtcNow());

    private async Task RecordAsync(ITransaction tx, string type, Customer? before, Customer after, EventOrigin? origin)
    {
        var json = PaymentJson.Bytes(after);
        var previous = before is null ? null : PreviousAttributes.Of(PaymentJson.Bytes(before), json);

        // An update that changes nothing is no event.
        if (before is not null && previous is null) return;
        await events.RecordAsync(tx, new NewEvent(after.Scope, type, after.Id.Value, json, previous, origin));
    }
}
