using System.Collections.Frozen;

namespace Florin.Events;

/// <summary>The types of events that Florin sends; endpoints may ask for these, or for <see cref="All"/>.</summary>
public static class EventTypes
{
    public const string PaymentIntentCreated = "payment_intent.created";
    public const string PaymentIntentRequiresAction = "payment_intent.requires_action";
    public const string PaymentIntentProcessing = "payment_intent.processing";
    public const string PaymentIntentAmountCapturableUpdated = "payment_intent.amount_capturable_updated";
    public const string PaymentIntentSucceeded = "payment_intent.succeeded";
    public const string PaymentIntentPaymentFailed = "payment_intent.payment_failed";
    public const string PaymentIntentCanceled = "payment_intent.canceled";
    public const string ChargeSucceeded = "charge.succeeded";
    public const string ChargeFailed = "charge.failed";
    public const string ChargeCaptured = "charge.captured";
    public const string ChargeRefunded = "charge.refunded";
    public const string ChargeUpdated = "charge.updated";
    public const string ChargeDisputeCreated = "charge.dispute.created";
    public const string ChargeDisputeUpdated = "charge.dispute.updated";
    public const string ChargeDisputeClosed = "charge.dispute.closed";
    public const string ChargeDisputeFundsWithdrawn = "charge.dispute.funds_withdrawn";
    public const string ChargeDisputeFundsReinstated = "charge.dispute.funds_reinstated";
    public const string RefundCreated = "refund.created";
    public const string RefundUpdated = "refund.updated";
    public const string RefundFailed = "refund.failed";
    public const string CheckoutSessionCompleted = "checkout.session.completed";
    public const string CheckoutSessionExpired = "checkout.session.expired";
    public const string CustomerCreated = "customer.created";
    public const string CustomerUpdated = "customer.updated";
    public const string CustomerDeleted = "customer.deleted";
    public const string PaymentMethodAttached = "payment_method.attached";
    public const string PaymentMethodDetached = "payment_method.detached";
    public const string PaymentMethodUpdated = "payment_method.updated";
    public const string SetupIntentCreated = "setup_intent.created";
    public const string SetupIntentRequiresAction = "setup_intent.requires_action";
    public const string SetupIntentSucceeded = "setup_intent.succeeded";
    public const string SetupIntentSetupFailed = "setup_intent.setup_failed";
    public const string SetupIntentCanceled = "setup_intent.canceled";
    public const string ProductCreated = "product.created";
    public const string ProductUpdated = "product.updated";
    public const string ProductDeleted = "product.deleted";
    public const string PriceCreated = "price.created";
    public const string PriceUpdated = "price.updated";

    public const string TestClockCreated = "test_helpers.test_clock.created";
    public const string TestClockAdvancing = "test_helpers.test_clock.advancing";
    public const string TestClockReady = "test_helpers.test_clock.ready";
    public const string TestClockDeleted = "test_helpers.test_clock.deleted";

    /// <summary>A gateway did not answer, so nobody knows yet whether the customer paid.</summary>
    public const string PaymentAttemptUnknown = "florin.payment_attempt.unknown";

    /// <summary>Every event, also of types that are added later.</summary>
    public const string All = "*";

    public static IReadOnlySet<string> Known { get; } = new[]
    {
        PaymentIntentCreated, PaymentIntentRequiresAction, PaymentIntentProcessing, PaymentIntentAmountCapturableUpdated,
        PaymentIntentSucceeded, PaymentIntentPaymentFailed, PaymentIntentCanceled,
        ChargeSucceeded, ChargeFailed, ChargeCaptured, ChargeRefunded, ChargeUpdated,
        ChargeDisputeCreated, ChargeDisputeUpdated, ChargeDisputeClosed, ChargeDisputeFundsWithdrawn, ChargeDisputeFundsReinstated,
        RefundCreated, RefundUpdated, RefundFailed,
        CheckoutSessionCompleted, CheckoutSessionExpired,
        CustomerCreated, CustomerUpdated, CustomerDeleted,
        PaymentMethodAttached, PaymentMethodDetached, PaymentMethodUpdated,
        TestClockCreated, TestClockAdvancing, TestClockReady, TestClockDeleted,
        SetupIntentCreated, SetupIntentRequiresAction, SetupIntentSucceeded, SetupIntentSetupFailed, SetupIntentCanceled,
        ProductCreated, ProductUpdated, ProductDeleted, PriceCreated, PriceUpdated,
        PaymentAttemptUnknown,
    }.ToFrozenSet(StringComparer.Ordinal);
}
