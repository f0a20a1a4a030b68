using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Storage;

namespace Florin.Payments.CheckoutSessions;

/// <summary>Completes the checkout session of a payment in the transaction that completes the payment.</summary>
internal sealed class SessionCompletion(IEvents events, PublicAddress address, TimeProvider time)
{
    public async Task CompleteAsync(ITransaction tx, PaymentIntent intent, EventOrigin? origin)
    {
        if (intent.CheckoutSession is not { } id) return;
        var open = await SessionStore.FindAsync(tx, id);
        if (open is null || open.Status != CheckoutStatus.Open) return;
        var complete = open with
        {
            Status = CheckoutStatus.Complete,
            PaymentStatus = intent.Status == PaymentIntentStatus.Succeeded ? CheckoutPaymentStatus.Paid : CheckoutPaymentStatus.Unpaid,
            CustomerEmail = open.CustomerEmail ?? intent.ReceiptEmail,
            CompletedAt = time.GetUtcNow(),
        };
        await SessionStore.MoveAsync(tx, CheckoutStatus.Open, complete);
        await events.RecordAsync(
            tx, new NewEvent(intent.Scope, "checkout.session.completed", id.Value, PaymentJson.Bytes(complete, address), Origin: origin));
    }
}
