using Florin.Payments.Policies;
using Florin.Storage;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Says what becomes of money that comes after its payment was given up. The rule is in the decision records.</summary>
internal static class LateDecisions
{
    /// <returns>Null where the payment waits for this very attempt; <see cref="LateSuccessPolicy.Accept"/> only where it can
    /// still succeed.</returns>
    public static async Task<LateSuccessPolicy?> DecideAsync(ISqlReader reader, PaymentIntent intent, PaymentAttempt attempt)
    {
        if (!IsLate(intent, attempt)) return null;

        // Somebody had it undone at the gateway: no policy brings the payment back.
        if (await OutcomeActs.WasCanceledAsync(reader, attempt.Id)) return LateSuccessPolicy.Refund;
        var policy = await PolicyStore.LateSuccessAsync(reader, intent.Scope);
        return policy switch
        {
            LateSuccessPolicy.Accept when !CanStillSucceed(intent, attempt) => LateSuccessPolicy.Refund,

            // Nobody is asked about what could not be kept.
            LateSuccessPolicy.Ask when !CanBeKept(intent, attempt) => LateSuccessPolicy.Refund,
            LateSuccessPolicy.Accept or LateSuccessPolicy.Ask or LateSuccessPolicy.Refund => policy,
        };
    }

    // The payment does not wait for this attempt any more: it was given up, or the attempt was closed as never sent and
    // the buyer may have paid with another one since.
    public static bool IsLate(PaymentIntent intent, PaymentAttempt attempt) =>
        intent.Status is not (PaymentIntentStatus.Processing or PaymentIntentStatus.RequiresAction) || intent.LatestAttempt != attempt.Id;

    /// <summary>Whether a payment may succeed by an attempt that came too late.</summary>
    /// <remarks>Not where somebody decided against it: only what lapsed by time is brought back. And not while, or after, it is
    /// paid in another way: nobody is charged twice.</remarks>
    public static bool CanStillSucceed(PaymentIntent intent, PaymentAttempt attempt) => intent.Amount == attempt.Amount && intent.Status switch
    {
        PaymentIntentStatus.Canceled =>
            intent.LatestAttempt == attempt.Id && intent.CancellationReason is CancellationReason.Expired or CancellationReason.Abandoned,
        PaymentIntentStatus.RequiresPaymentMethod or PaymentIntentStatus.RequiresConfirmation => true,
        PaymentIntentStatus.RequiresAction or PaymentIntentStatus.Processing or PaymentIntentStatus.RequiresCapture
            or PaymentIntentStatus.Succeeded => false,
    };

    /// <summary>Whether a person may have the payment succeed by it: also where it was canceled, which the person may have done.</summary>
    /// <remarks>A cancellation for fraud, or as a duplicate, stands.</remarks>
    public static bool CanBeKept(PaymentIntent intent, PaymentAttempt attempt) => CanStillSucceed(intent, attempt)
        || (intent is { Status: PaymentIntentStatus.Canceled, CancellationReason: null or CancellationReason.RequestedByCustomer }
            && intent.LatestAttempt == attempt.Id && intent.Amount == attempt.Amount);

    /// <summary>Whether the payment goes without this money, for now or for ever.</summary>
    public static bool IsKeptBack(LateSuccessPolicy? late) => late is LateSuccessPolicy.Refund or LateSuccessPolicy.Ask;

    /// <summary>The payment once a charge of it counts.</summary>
    public static PaymentIntent Paid(PaymentIntent intent, Charge charge)
    {
        var paid = intent with
        {
            PaymentMethod = charge.PaymentMethod.Id,
            LatestCharge = charge.Id,
            LatestAttempt = charge.Attempt,
            LastError = null,
            NextAction = null,
            CanceledAt = null,
            CancellationReason = null,
        };
        return charge.Status == ChargeStatus.Captured
            ? paid with { Status = PaymentIntentStatus.Succeeded, AmountReceived = charge.Captured }
            : paid with { Status = PaymentIntentStatus.RequiresCapture, AmountCapturable = charge.Amount };
    }
}
