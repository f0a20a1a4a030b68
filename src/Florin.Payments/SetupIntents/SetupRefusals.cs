using Florin.Kernel;

namespace Florin.Payments.SetupIntents;

/// <summary>What setup intents refuse. Codes are Stripe's where Stripe has one.</summary>
internal static class SetupRefusals
{
    public static Refusal NoSuch(SetupIntentId id) => PaymentRefusals.NoSuch("setupintent", id.ToString(), "intent");

    public static Refusal UnexpectedState(SetupIntent intent, string wanted) => new(
        RefusalKind.Conflict,
        "setup_intent_unexpected_state",
        $"This SetupIntent's status is {Words<SetupIntentStatus>.Of(intent.Status)}; {wanted}.",
        Subject: intent);

    public static Refusal BelongsToCheckout(SetupIntent intent) => new(
        RefusalKind.Conflict,
        "setup_intent_in_checkout",
        $"This SetupIntent belongs to checkout session {intent.CheckoutSession}; expiring the session gives it up.",
        Subject: intent);

    public static Refusal PaymentMethodMissing(SetupIntent? intent) => new(
        RefusalKind.Invalid,
        "parameter_missing",
        "A payment method is needed to confirm this SetupIntent: give payment_method or payment_method_data.",
        "payment_method",
        Subject: intent);

    public static Refusal TooManyAttempts(SetupIntent intent, int most) => new(
        RefusalKind.Conflict, "setup_intent_too_many_attempts", $"This SetupIntent was tried {most} times; make a new one.", Subject: intent);

    public static Refusal CustomerStays { get; } = new(
        RefusalKind.Invalid,
        "parameter_invalid",
        "You cannot modify `customer` on a SetupIntent once it has been set. To save for another customer, cancel this one and make a new one.",
        "customer");

    public static Refusal NoConnector(string? asked, Currency? currency) => new(
        RefusalKind.Invalid,
        "payment_method_unavailable",
        asked is null
            ? $"No gateway of this merchant can verify cards{In(currency)}."
            : $"The gateway '{asked}' is not set up for this merchant, or cannot verify cards{In(currency)}.",
        asked is null ? "currency" : "florin[connector]");

    /// <summary>The gateway was never reached, so nothing was held and anything may be tried again.</summary>
    public static PaymentError NotSent(PaymentMethodId paymentMethod) => new(
        "processing_error", null, "The payment gateway could not be reached; the card was not verified. Try again.", paymentMethod, null);

    public static Refusal Of(PaymentError error, SetupIntent intent) => new(
        RefusalKind.Declined, error.Code, error.Message, DeclineCode: error.DeclineCode, Subject: intent);

    private static string In(Currency? currency) => currency is null ? "" : $" in {currency.Code}";
}
