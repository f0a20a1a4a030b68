using Florin.Events;
using Florin.Kernel;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Wire;
using Florin.Storage;

namespace Florin.Payments.CheckoutSessions;

/// <summary>Completes the checkout session of a payment in the transaction that completes the payment.</summary>
internal sealed class SessionCompletion(IEvents events, PublicAddress address, TimeProvider time)
{
    public Task CompleteAsync(ITransaction tx, PaymentIntent intent, EventOrigin? origin)
    {
        var status = intent.Status == PaymentIntentStatus.Succeeded ? CheckoutPaymentStatus.Paid : CheckoutPaymentStatus.Unpaid;
        return CompleteAsync(tx, intent.CheckoutSession, status, intent.ReceiptEmail, origin);
    }

    /// <summary>The same where a card was saved and nothing was to be paid.</summary>
    public async Task CompleteAsync(ITransaction tx, SetupIntent intent, EventOrigin? origin)
    {
        if (intent.CheckoutSession is null) return;
        var method = intent.PaymentMethod is { } id ? await PaymentMethodStore.FindAsync(tx, intent.Scope, id) : null;
        await CompleteAsync(tx, intent.CheckoutSession, CheckoutPaymentStatus.NoPaymentRequired, method?.Billing.Email, origin);
    }

    private async Task CompleteAsync(ITransaction tx, CheckoutSessionId? session, CheckoutPaymentStatus status, string? email, EventOrigin? origin)
    {
        if (session is not { } id) return;
        var open = await SessionStore.FindAsync(tx, id);

        // One that lapsed is completed too: its payment went through after all, and the merchant's policy is to take that.
        if (open is null || open.Status == CheckoutStatus.Complete) return;
        var complete = open with
        {
            Status = CheckoutStatus.Complete,
            PaymentStatus = status,
            CustomerEmail = open.CustomerEmail ?? email,
            CompletedAt = time.GetUtcNow(),
        };
        await SessionStore.MoveAsync(tx, open.Status, complete);
        await events.RecordAsync(
            tx, new NewEvent(open.Scope, "checkout.session.completed", id.Value, PaymentJson.Bytes(complete, address), Origin: origin));
    }
}
