using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Customers;
using Florin.Payments.Wire;
using Florin.Storage;

namespace Florin.Payments.PaymentMethods;

/// <summary>Saves methods for customers and takes them away again, each in the transaction that decides it.</summary>
internal sealed class SavedMethods(IEvents events)
{
    /// <summary>The most that one customer may have; deleting a customer detaches them all in one transaction.</summary>
    public const int MostPerCustomer = 500;

    /// <summary>Saves a method for a customer whom the caller has locked.</summary>
    /// <returns>The method, or a refusal; then the caller abandons the transaction.</returns>
    public async Task<Result<PaymentMethod>> AttachAsync(ITransaction tx, MerchantScope scope, PaymentMethodId id, CustomerId customer, EventOrigin? origin)
    {
        var method = await PaymentMethodStore.LockAsync(tx, scope, id);
        if (method is null) return PaymentRefusals.NoSuch("PaymentMethod", id.ToString(), "payment_method");
        if (method.IsConsumed || method.IsDetached) return PaymentMethodRefusals.NotAgain;
        if (method.Customer is not null) return PaymentMethodRefusals.AttachedAlready;
        if (await PaymentMethodStore.CountOfCustomerAsync(tx, customer) >= MostPerCustomer) return PaymentMethodRefusals.TooMany(customer);
        return await AttachAsync(tx, method, customer, origin);
    }

    /// <summary>Takes a method from its customer for good; the caller has locked both.</summary>
    public async Task<PaymentMethod> DetachAsync(ITransaction tx, PaymentMethod method, EventOrigin? origin)
    {
        var detached = method with { Customer = null, IsDetached = true };
        await PaymentMethodStore.UpdateAsync(tx, detached);
        await RecordAsync(tx, EventTypes.PaymentMethodDetached, method, detached, origin);
        return detached;
    }

    /// <summary>What becomes of a method whose payment went through: it is saved where that was asked for.</summary>
    public Task PaidAsync(ITransaction tx, PaymentIntent intent, PaymentMethodId id, EventOrigin? origin) =>
        intent.SetupFutureUsage is null ? Task.CompletedTask : KeepAsync(tx, intent.Scope, intent.Customer, id, origin);

    /// <summary>Saves a method that its issuer said yes to, for its customer or until it is attached to one.</summary>
    public async Task KeepAsync(ITransaction tx, MerchantScope scope, CustomerId? owner, PaymentMethodId id, EventOrigin? origin)
    {
        // Whoever locks both locks the customer first.
        var customer = owner is { } known ? await CustomerStore.LockAsync(tx, scope, known) : null;
        var method = (await PaymentMethodStore.LockAsync(tx, scope, id))!;
        if (method.Customer is not null || method.IsDetached) return;

        // Without a customer it waits to be attached to one.
        if (customer is null) await PaymentMethodStore.UpdateAsync(tx, method with { IsConsumed = false });
        else await AttachAsync(tx, method, customer.Id, origin);
    }

    /// <summary>What becomes of a method whose payment was declined or never sent: the buyer may try it again.</summary>
    public static ValueTask NotPaidAsync(ITransaction tx, PaymentMethodId id) => PaymentMethodStore.ReleaseAsync(tx, id);

    public ValueTask<EventId> RecordAsync(ITransaction tx, string type, PaymentMethod before, PaymentMethod after, EventOrigin? origin)
    {
        var json = PaymentJson.Bytes(after);
        return events.RecordAsync(
            tx, new NewEvent(after.Scope, type, after.Id.Value, json, PreviousAttributes.Of(PaymentJson.Bytes(before), json), origin));
    }

    private async Task<PaymentMethod> AttachAsync(ITransaction tx, PaymentMethod method, CustomerId customer, EventOrigin? origin)
    {
        var attached = method with { Customer = customer, IsConsumed = false };
        await PaymentMethodStore.UpdateAsync(tx, attached);
        await events.RecordAsync(
            tx, new NewEvent(attached.Scope, EventTypes.PaymentMethodAttached, attached.Id.Value, PaymentJson.Bytes(attached), Origin: origin));
        return attached;
    }
}
