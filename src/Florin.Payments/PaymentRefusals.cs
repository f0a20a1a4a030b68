using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Wire;

namespace Florin.Payments;

/// <summary>What payments refuse, in one place. Codes are Stripe's where Stripe has one.</summary>
internal static class PaymentRefusals
{
    public const string ChargeDisputedCode = "charge_disputed";

    public static Refusal NoSuch(string kind, string id, string param) =>
        new(RefusalKind.NotFound, "resource_missing", $"No such {kind}: '{id}'", param);

    public static Refusal UnexpectedState(PaymentIntent intent, string wanted) => new(
        RefusalKind.Conflict,
        "payment_intent_unexpected_state",
        $"This PaymentIntent's status is {Words<PaymentIntentStatus>.Of(intent.Status)}; {wanted}.",
        Subject: intent);

    public static Refusal BelongsToCheckout(PaymentIntent intent) => new(
        RefusalKind.Conflict,
        "payment_intent_in_checkout",
        $"This PaymentIntent is collected by checkout session {intent.CheckoutSession}: its amount is the session's, and expiring the session gives it up.",
        Subject: intent);

    public static Refusal RefundUnderWay(ChargeId charge) => new(
        RefusalKind.InFlight,
        "lock_timeout",
        $"Another refund of charge {charge} is being carried out, and its gateway takes one at a time. Ask again in a moment.");

    public static Refusal PaymentMethodMissing(PaymentIntent? intent) => new(
        RefusalKind.Invalid,
        "parameter_missing",
        "A payment method is needed to confirm this PaymentIntent: give payment_method or payment_method_data.",
        "payment_method",
        Subject: intent);

    public static Refusal NoConnector(string? asked, Currency currency, CaptureMethod capture) => new(
        RefusalKind.Invalid,
        "payment_method_unavailable",
        asked is null
            ? $"No gateway of this merchant takes {currency.Code} cards with {Words<CaptureMethod>.Of(capture)} capture."
            : $"The gateway '{asked}' is not set up for this merchant, or does not take {currency.Code} with {Words<CaptureMethod>.Of(capture)} capture.",
        asked is null ? "currency" : "florin[connector]");

    public static Refusal CustomerStays { get; } = new(
        RefusalKind.Invalid,
        "parameter_invalid",
        "You cannot modify `customer` on a PaymentIntent once it has been set. To be paid by another customer, cancel this one and make a new one.",
        "customer");

    public static Refusal TokenUsed(string id) => new(
        RefusalKind.Invalid, "token_already_used", $"You cannot use a token more than once: {id}.", "token");

    public static Refusal TokenExpired(string id) => new(
        RefusalKind.Invalid, "token_expired", $"The token {id} has expired: tokens live for 15 minutes.", "token");

    public static Refusal CaptureTooLarge(Money capturable) => new(
        RefusalKind.Invalid,
        "amount_too_large",
        $"At most {capturable.Minor} minor units of {capturable.Currency.Code} can be captured.",
        "amount_to_capture");

    public static Refusal PartialCaptureUnsupported(string connector) => new(
        RefusalKind.Invalid, "partial_capture_unsupported", $"The gateway '{connector}' captures the whole amount or nothing.", "amount_to_capture");

    public static Refusal RefundTooLarge(Money left) => new(
        RefusalKind.Invalid,
        "amount_too_large",
        $"Refund amount is greater than what is left of the charge: {left.Minor} minor units of {left.Currency.Code}.",
        "amount");

    public static Refusal RefundableChanged(Money left) => new(
        RefusalKind.Conflict, "refundable_amount_changed", $"Another refund came first: {left.Minor} minor units of {left.Currency.Code} are left.");

    public static Refusal TooManyAttempts(PaymentIntent intent, int most) => new(
        RefusalKind.Conflict, "payment_intent_too_many_attempts", $"This PaymentIntent was tried {most} times; make a new one.", Subject: intent);

    public static Refusal AlreadyRefunded(ChargeId charge) => new(
        RefusalKind.Conflict, "charge_already_refunded", $"Charge {charge} has already been refunded.");

    public static Refusal ChargeDisputed(ChargeId charge) => new(
        RefusalKind.Conflict, ChargeDisputedCode, $"Charge {charge} has been charged back; it cannot be refunded.", "charge");

    public static Refusal NothingCaptured(string what) => new(
        RefusalKind.Conflict, "charge_not_captured", $"{what} has no captured charge to refund.");

    public static Refusal CaptureRefused(string explanation, PaymentIntent intent) => new(
        RefusalKind.Declined, "capture_declined", $"The gateway refused the capture: {explanation}", Subject: intent);

    public static Refusal VoidRefused(string explanation, PaymentIntent intent) => new(
        RefusalKind.Declined, "void_declined", $"The gateway refused to free the amount: {explanation}", Subject: intent);

    public static Refusal IncrementRefused(string explanation, PaymentIntent intent) => new(
        RefusalKind.Declined, "card_declined", $"The amount held was not raised, and stands as before: {explanation}", Subject: intent);

    /// <summary>It never reached the gateway, which therefore refused nothing.</summary>
    public static Refusal GatewayNotReached(ChargeOperationKind kind, string explanation, PaymentIntent intent) => new(
        RefusalKind.Unavailable,
        "gateway_not_reached",
        $"The {Words<ChargeOperationKind>.Of(kind)} never reached the gateway, and nothing changed: {explanation} Repeat the request with the same idempotency key.",
        Subject: intent);

    public static Refusal IncrementUnsupported(string connector) => new(
        RefusalKind.Invalid,
        "payment_intent_incompatible_payment_method",
        $"The gateway '{connector}' does not raise what it holds: cancel this PaymentIntent and make a new one of the larger amount.");

    public static Refusal IncrementTooSmall(Money held) => new(
        RefusalKind.Invalid,
        "amount_too_small",
        $"amount is what is to be held in all, and must be more than the {held.Minor} minor units of {held.Currency.Code} that are held now.",
        "amount");

    public static Refusal TooManyIncrements(PaymentIntent intent, int most) => new(
        RefusalKind.Conflict, "payment_intent_too_many_attempts", $"This PaymentIntent was raised {most} times, which is the most.", Subject: intent);

    public static Refusal RefundNotCancelable(Refund refund) => new(
        RefusalKind.Conflict,
        "refund_not_cancelable",
        $"Refund {refund.Id} is {Wire.WireText.RefundStatus(refund.State)}; only one that its gateway is still working on can be canceled.",
        Subject: refund);

    public static Refusal RefundCancelUnsupported(Refund refund, string connector) => new(
        RefusalKind.Invalid, "refund_not_cancelable", $"The gateway '{connector}' does not call refunds back.", Subject: refund);

    public static Refusal AmountTooLarge(long most) => new(
        RefusalKind.Invalid, "amount_too_large", $"The amount must be at most {most} minor units.", "amount");

    /// <summary>What a person may do about a decline, in the words that go with its code.</summary>
    public static PaymentError Decline(DeclineCode code, PaymentMethodId paymentMethod, ChargeId? charge)
    {
        var (error, message) = DeclineText.Of(code);
        return new PaymentError(error, Words<DeclineCode>.Of(code), message, paymentMethod, charge);
    }

    /// <summary>The gateway was never reached, so nothing was charged and anything may be tried again.</summary>
    public static PaymentError NotSent(PaymentMethodId paymentMethod) => new(
        "processing_error", null, "The payment gateway could not be reached; nothing was charged. Try again.", paymentMethod, null);

    /// <summary>The gateway undid it before it was known whether anything had been charged; nothing is.</summary>
    public static PaymentError Reversed(PaymentMethodId paymentMethod) => new(
        "processing_error", null, "The payment gateway reversed the payment; nothing was charged. Try again.", paymentMethod, null);

    /// <summary>We did not even try the gateway, since it is failing or has too much to do, so nothing was charged.</summary>
    public static PaymentError GatewayBusy(PaymentMethodId paymentMethod) => new(
        "gateway_busy", null, "The payment gateway takes no payments at the moment; nothing was sent and nothing charged. Try again.", paymentMethod, null);

    /// <summary>There is no room at the gateway for something about a payment that it has already; nothing was written down.</summary>
    /// <param name="subject">What stands as before.</param>
    public static Refusal GatewayFull(string connector, object? subject) => new(
        RefusalKind.Unavailable,
        "gateway_full",
        $"Too many calls to the gateway '{connector}' are waiting already; nothing was sent and nothing changed. Repeat the request with the same idempotency key.",
        Subject: subject);

    public static Refusal Of(PaymentError error, PaymentIntent intent) => error.Code == "gateway_busy"
        ? new(RefusalKind.Unavailable, "gateway_busy", error.Message, Subject: intent)
        : new(RefusalKind.Declined, error.Code, error.Message, DeclineCode: error.DeclineCode, Subject: intent);
}
