using System.Text.Json;
using Florin.Api.Errors;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Vault;

namespace Florin.Api.Tests;

public class WireTests
{
    [Fact]
    public void Every_enum_member_has_its_own_word_in_snake_case()
    {
        AllWords<PaymentIntentStatus>(WireText.Of);
        AllWords<CaptureMethod>(WireText.Of);
        AllWords<FutureUsage>(WireText.Of);
        AllWords<CancellationReason>(WireText.Of);
        AllWords<RefundReason>(WireText.Of);
        AllWords<OperationState>(WireText.Of);
        AllWords<CheckoutStatus>(WireText.Of);
        AllWords<CheckoutPaymentStatus>(WireText.Of);
        AllWords<DeclineCode>(WireText.Of);
        Assert.Equal(Enum.GetValues<CardBrand>().Length, Enum.GetValues<CardBrand>().Select(WireText.Of).Distinct().Count());
    }

    // What Stripe's type declarations (npm stripe 23.1.0) call present in each object.
    [Theory]
    [InlineData("payment_intent", "id object allowed_payment_method_types amount amount_capturable amount_received application "
        + "application_fee_amount automatic_payment_methods canceled_at cancellation_reason capture_method "
        + "client_secret confirmation_method created currency customer customer_account description "
        + "excluded_payment_method_types last_payment_error latest_charge livemode managed_payments metadata "
        + "next_action on_behalf_of payment_method payment_method_configuration_details payment_method_options "
        + "payment_method_types payment_record processing receipt_email review setup_future_usage shipping "
        + "source statement_descriptor statement_descriptor_suffix status transfer_group")]
    [InlineData("charge", "id object amount amount_captured amount_refunded application application_fee application_fee_amount "
        + "balance_transaction billing_details calculated_statement_descriptor captured created currency "
        + "customer description disputed failure_balance_transaction failure_code failure_message fraud_details "
        + "livemode metadata on_behalf_of outcome paid payment_intent payment_method payment_method_details "
        + "receipt_email receipt_number receipt_url refunded review shipping source source_transfer "
        + "statement_descriptor statement_descriptor_suffix status transfer_data transfer_group")]
    [InlineData("refund", "id object amount balance_transaction charge created currency customer customer_account metadata "
        + "payment_intent payment_method reason receipt_number source_transfer_reversal status "
        + "transfer_reversal")]
    [InlineData("payment_method", "id object billing_details created customer customer_account livemode metadata type")]
    [InlineData("customer", "id object address balance created default_source delinquent description email invoice_settings livemode "
        + "metadata name phone preferred_locales shipping tax_exempt test_clock")]
    [InlineData("token", "id object client_ip created livemode type used")]
    [InlineData("checkout.session", "id object adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types "
        + "amount_subtotal amount_total automatic_tax billing_address_collection cancel_url client_reference_id "
        + "client_secret collected_information consent consent_collection created currency currency_conversion "
        + "custom_fields custom_text customer customer_account customer_creation customer_details "
        + "customer_email discounts expires_at integration_identifier invoice invoice_creation livemode locale "
        + "managed_payments metadata mode origin_context payment_intent payment_link payment_method_collection "
        + "payment_method_configuration_details payment_method_options payment_method_types payment_status "
        + "permissions recovered_from saved_payment_method_options setup_intent shipping_address_collection "
        + "shipping_cost shipping_options status submit_type subscription success_url total_details ui_mode url "
        + "wallet_options")]
    public void Every_field_that_the_SDKs_count_on_is_there(string name, string fields)
    {
        var shown = Shown(name);
        Assert.Equal(name, shown.GetProperty("object").GetString());
        Assert.All(fields.Split(' '), field => Assert.True(shown.TryGetProperty(field, out _), $"{name} lacks {field}"));
    }

    [Fact]
    public void An_intent_says_what_an_SDK_reads()
    {
        var json = Parse(PaymentJson.Bytes(Samples.Intent));
        Assert.Equal("payment_intent", json.GetProperty("object").GetString());
        Assert.Equal(Samples.Intent.Id.ToString(), json.GetProperty("id").GetString());
        Assert.Equal(12_000, json.GetProperty("amount").GetInt64());
        Assert.Equal("krw", json.GetProperty("currency").GetString());
        Assert.Equal(Samples.Noon.ToUnixTimeSeconds(), json.GetProperty("created").GetInt64());
        Assert.Equal("6735 주문", json.GetProperty("metadata").GetProperty("order").GetString());
        Assert.False(json.GetProperty("livemode").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("next_action").ValueKind);
    }

    [Fact]
    public void A_challenge_and_a_decline_are_shown()
    {
        var json = Parse(PaymentJson.Bytes(Samples.Intent with
        {
            Status = PaymentIntentStatus.RequiresAction,
            NextAction = new Uri("https://acs.example/c"),
            ReturnUrl = new Uri("https://shop.example/back"),
            LastError = Samples.Declined,
        }));
        Assert.Equal("https://acs.example/c", json.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString());
        Assert.Equal("insufficient_funds", json.GetProperty("last_payment_error").GetProperty("decline_code").GetString());
    }

    [Fact]
    public void A_freed_hold_is_a_refunded_charge_of_which_nothing_was_captured()
    {
        var json = Parse(PaymentJson.Bytes(Samples.Charge with { Status = ChargeStatus.Voided, Captured = Samples.Won(0), Refunded = Samples.Won(0) }));
        Assert.True(json.GetProperty("refunded").GetBoolean());
        Assert.False(json.GetProperty("captured").GetBoolean());
        Assert.Equal(12_000, json.GetProperty("amount_refunded").GetInt64());
    }

    [Fact]
    public void Only_an_open_session_has_a_page()
    {
        var open = Parse(PaymentJson.Bytes(Samples.Session, Samples.Address));
        Assert.Equal($"https://pay.example/c/{Samples.Session.Id}/url-token", open.GetProperty("url").GetString());
        Assert.Contains("{CHECKOUT_SESSION_ID}", open.GetProperty("success_url").GetString(), StringComparison.Ordinal);
        var expired = Parse(PaymentJson.Bytes(Samples.Session with { Status = CheckoutStatus.Expired }, Samples.Address));
        Assert.Equal(JsonValueKind.Null, expired.GetProperty("url").ValueKind);
    }

    [Fact]
    public void No_object_shows_the_vaults_own_id()
    {
        foreach (var bytes in new[] { PaymentJson.Bytes(Samples.Method), PaymentJson.Bytes(Samples.Token), PaymentJson.Bytes(Samples.Charge) })
        {
            Assert.DoesNotContain(Samples.Method.Card.Id.Value.ToString("N"), System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_kind_of_refusal_has_a_status_that_the_SDKs_read_well() =>
        Assert.All(Enum.GetValues<RefusalKind>(), kind => Assert.Contains(Problems.StatusOf(kind), new[] { 400, 401, 402, 403, 404, 409, 429, 503 }));

    private static void AllWords<T>(Func<T, string> word) where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
        {
            Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString()), word(member));
        }
    }

    private static JsonElement Shown(string name) => Parse(name switch
    {
        "payment_intent" => PaymentJson.Bytes(Samples.Intent),
        "charge" => PaymentJson.Bytes(Samples.Charge),
        "refund" => PaymentJson.Bytes(Samples.Refund),
        "payment_method" => PaymentJson.Bytes(Samples.Method),
        "customer" => PaymentJson.Bytes(Samples.Customer),
        "token" => PaymentJson.Bytes(Samples.Token),
        _ => PaymentJson.Bytes(Samples.Session, Samples.Address),
    });

    private static JsonElement Parse(byte[] bytes) => JsonDocument.Parse(bytes).RootElement;
}
