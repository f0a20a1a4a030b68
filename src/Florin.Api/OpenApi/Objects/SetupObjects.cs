using Florin.Payments;
using Florin.Payments.Wire;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class SetupObjects
{
    public static WireObject SetupIntent { get; } = new("setup_intent", "A payment method on its way to being saved without a payment.",
    [
        new("id", Id<SetupIntentId>()),
        new("allowed_payment_method_types", ListOf(Word("card"))),
        new("application", Nothing),
        new("automatic_payment_methods", Object(new("allow_redirects", Word("always")), new("enabled", Truth))),
        new("cancellation_reason", Word<CancellationReason>(WireText.Of).Maybe()),
        new("client_secret", Text),
        new("created", Instant),
        new("customer", Id<CustomerId>().Maybe()),
        new("customer_account", Nothing),
        new("description", Text.Maybe()),
        new("excluded_payment_method_types", Nothing),
        new("flow_directions", Nothing),
        new("last_setup_error", SetupError.Maybe()),
        new("latest_attempt", Id<SetupAttemptId>().Maybe()),
        new("livemode", Truth),
        new("managed_payments", Nothing),
        new("mandate", Nothing),
        new("metadata", Metadata),
        new("next_action", Object(
            new("redirect_to_url", Object(new("return_url", Url.Maybe()), new("url", Url))),
            new("type", Word("redirect_to_url"))).Maybe()),
        new("on_behalf_of", Nothing),
        new("payment_method", Id<PaymentMethodId>().Maybe()),
        new("payment_method_configuration_details", Nothing),
        new("payment_method_options", Object(new WireField("card", Object(
            new("mandate_options", Nothing),
            new("network", Nothing),
            new("request_three_d_secure", Word("automatic")))))),
        new("payment_method_types", ListOf(Word("card"))),
        new("single_use_mandate", Nothing),
        new("status", Word<SetupIntentStatus>(WireText.Of)),
        new("usage", Word<FutureUsage>(WireText.Of)),
        new("florin", Object(
            new("checkout_session", Id<CheckoutSessionId>().Maybe()),
            new("connector", Text.Maybe()),
            new("currency", Currency.Maybe()))),
    ]);

    private static readonly WireType CardOfAttempt = Object(
        new("brand", CardObjects.Brand), new("checks", Nothing), new("country", Text.Maybe()), new("exp_month", Nothing), new("exp_year", Nothing),
        new("funding", CardObjects.Funding), new("last4", Text), new("network", Text.Maybe()), new("three_d_secure", Nothing), new("wallet", Nothing));

    public static WireObject SetupAttempt { get; } = new("setup_attempt", "One try to have a card verified by its issuer.",
    [
        new("id", Id<SetupAttemptId>()),
        new("application", Nothing),
        new("created", Instant),
        new("customer", Id<CustomerId>().Maybe()),
        new("customer_account", Nothing),
        new("flow_directions", Nothing),
        new("livemode", Truth),
        new("on_behalf_of", Nothing),
        new("payment_method", Id<PaymentMethodId>()),
        new("payment_method_details", Object(new("card", CardOfAttempt), new("type", Word("card")))),
        new("setup_error", SetupError.Maybe()),
        new("setup_intent", Id<SetupIntentId>()),
        new("status", Word("processing", "requires_action", "succeeded", "failed", "abandoned")),
        new("usage", Word<FutureUsage>(WireText.Of)),
        new("florin", Object(
            new("amount", Amount),
            new("connector", Text),
            new("currency", Currency),
            new("explanation", Text.Maybe()),
            new("release", Word<OperationState>(WireText.Of).Maybe()),
            new("state", Text))),
    ]);

    private static WireType SetupError => Object(
        new("code", Text),
        new("decline_code", Text, IsOptional: true),
        new("message", Text),
        new("payment_method_type", Word("card")),
        new("type", Word("card_error")),
        new("florin", Object(new WireField("payment_method", Id<PaymentMethodId>().Maybe()))));
}
