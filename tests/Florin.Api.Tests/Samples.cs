using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Vault;

namespace Florin.Api.Tests;

/// <summary>One of each thing, for tests to show and change.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    public static readonly MerchantScope Test = new(MerchantId.From(Value(1)), IsLive: false);
    public static readonly MerchantScope Live = Test with { IsLive = true };
    public static readonly PublicAddress Address = new(new Uri("https://pay.example/"));
    public static readonly IReadOnlyDictionary<string, string> Metadata = new Dictionary<string, string> { ["order"] = "6735 주문" };

    public static readonly PaymentMethod Method = new(
        PaymentMethodId.From(Value(4)),
        Test,
        new CardDetails(CardId.From(Value(5)), CardBrand.Visa, "424242", "4242", 12, 2030, "fp_1", "Jenny"),
        new BillingDetails("Jenny", "jenny@example.com", null, null),
        Metadata,
        Noon);

    public static readonly PaymentIntent Intent = new(
        PaymentIntentId.From(Value(2)), Test, Won(12_000), Won(0), Won(12_000), PaymentIntentStatus.Succeeded, CaptureMethod.Automatic,
        "pi_2_secret_abc", Method.Id, ChargeId.From(Value(3)), PaymentAttemptId.From(Value(6)), null, null, null, null, "Two cups",
        null, "jenny@example.com", "aurora", Metadata, null, null, Noon);

    public static readonly PaymentError Declined = new("card_declined", "insufficient_funds", "Your card has insufficient funds.", Method.Id, Intent.LatestCharge);

    public static readonly Charge Charge = new(
        Intent.LatestCharge!.Value, Test, Intent.Id, Intent.LatestAttempt!.Value, ChargeStatus.Captured, Won(12_000), Won(12_000), Won(2_000),
        Won(348), Method, null, "aurora", "A1", Noon);

    public static readonly Refund Refund = new(
        RefundId.From(Value(7)), Test, Charge.Id, Intent.Id, Won(2_000), OperationState.Succeeded, RefundReason.RequestedByCustomer,
        "key", "ref", null, 0, Metadata, Noon, Noon, Noon);

    public static readonly CardToken Token = new(TokenId.From(Value(8)), Test, Method.Card, Method.Billing, false, Noon, Noon.AddMinutes(15));

    public static readonly CheckoutSession Session = new(
        CheckoutSessionId.From(Value(9)), Test, "url-token", CheckoutStatus.Open, CheckoutPaymentStatus.Unpaid, Won(12_000),
        [new CheckoutLine("Cup", null, null, Won(6_000), 2) { Price = PriceId.From(Value(15)) }], CaptureMethod.Automatic, new Uri("https://shop.example/done?s={CHECKOUT_SESSION_ID}"),
        null, "order-1", "jenny@example.com", "ko", null, Intent.Id, Metadata, Noon.AddHours(24), null, Noon);

    public static readonly Customer Customer = new(
        CustomerId.From(Value(12)), Test, "jenny@example.com", "Jenny", "010-1234-5678", null, new BillingAddress("1 Street", null, "Seoul", null, "04524", "KR"),
        new ShippingDetails("Jenny", null, new BillingAddress("1 Street", null, "Seoul", null, "04524", "KR")), ["ko"], Method.Id, Metadata, false, Noon);

    public static readonly SetupIntent Setup = new(
        SetupIntentId.From(Value(13)), Test, SetupIntentStatus.Succeeded, FutureUsage.OffSession, "seti_13_secret_abc", null, Method.Id, null, null,
        null, null, null, null, null, null, Metadata, null, Noon);

    public static readonly Product Product = new(
        ProductId.From(Value(14)), Test, "Cup", true, null, [], null, null, null, null, null, Metadata, Noon, Noon);

    public static readonly Price Price = new(
        PriceId.From(Value(15)), Test, Product.Id, true, Won(6_000), null, null, TaxBehavior.Unspecified, null, Metadata, Noon);

    public static readonly WebhookEndpoint Endpoint = new(
        WebhookEndpointId.From(Value(10)), "https://shop.example/hook", ["*"], null, null, true, false, Metadata, Noon);

    public static readonly StoredEvent Event = new(
        EventId.From(Value(11)), "payment_intent.succeeded", Intent.Id.Value, "{\"id\":\"pi_x\"}"u8.ToArray(), null, ApiVersions.Current, false, null, 0, Noon);

    public static Money Won(long amount) => new(amount, Currency.Krw);

    public static Guid Value(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);
}
