using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static byte[] Bytes(SetupIntent intent) => WireWriter.Bytes(intent, static (writer, it) => Write(writer, it));

    public static void Write(Utf8JsonWriter writer, SetupIntent intent)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, intent.Id);
        writer.WriteString("object"u8, "setup_intent"u8);
        WriteCardTypes(writer, "allowed_payment_method_types"u8);
        writer.WriteNull("application"u8);
        writer.WriteStartObject("automatic_payment_methods"u8);
        writer.WriteString("allow_redirects"u8, "always"u8);
        writer.WriteBoolean("enabled"u8, true);
        writer.WriteEndObject();
        writer.WriteText("cancellation_reason"u8, intent.CancellationReason is { } reason ? WireText.Of(reason) : null);
        writer.WriteString("client_secret"u8, intent.ClientSecret);
        writer.WriteInstant("created"u8, intent.CreatedAt);
        writer.WriteIdOrNull("customer"u8, intent.Customer);
        writer.WriteNull("customer_account"u8);
        writer.WriteText("description"u8, intent.Description);
        writer.WriteNull("excluded_payment_method_types"u8);
        writer.WriteNull("flow_directions"u8);
        WriteSetupError(writer, "last_setup_error"u8, intent.LastError);
        writer.WriteIdOrNull("latest_attempt"u8, intent.LatestAttempt);
        writer.WriteBoolean("livemode"u8, intent.Scope.IsLive);
        writer.WriteNull("managed_payments"u8);
        writer.WriteNull("mandate"u8);
        writer.WriteMetadata(intent.Metadata);
        WriteRedirect(writer, intent.NextAction, intent.ReturnUrl);
        writer.WriteNull("on_behalf_of"u8);
        writer.WriteIdOrNull("payment_method"u8, intent.PaymentMethod);
        writer.WriteNull("payment_method_configuration_details"u8);
        writer.WriteStartObject("payment_method_options"u8);
        writer.WriteStartObject("card"u8);
        writer.WriteNull("mandate_options"u8);
        writer.WriteNull("network"u8);
        writer.WriteString("request_three_d_secure"u8, "automatic"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteCardTypes(writer, "payment_method_types"u8);
        writer.WriteNull("single_use_mandate"u8);
        writer.WriteString("status"u8, WireText.Of(intent.Status));
        writer.WriteString("usage"u8, WireText.Of(intent.Usage));
        writer.WriteStartObject("florin"u8);
        writer.WriteIdOrNull("checkout_session"u8, intent.CheckoutSession);
        writer.WriteText("connector"u8, intent.Connector);
        writer.WriteText("currency"u8, intent.Currency?.LowerCode);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <param name="intent">The one that it was made for.</param>
    public static void Write(Utf8JsonWriter writer, SetupAttempt attempt, SetupIntent intent)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, attempt.Id);
        writer.WriteString("object"u8, "setup_attempt"u8);
        writer.WriteNull("application"u8);
        writer.WriteNumber("created"u8, Kernel.Ids.CreatedAt(attempt.Id).ToUnixTimeSeconds());
        writer.WriteIdOrNull("customer"u8, intent.Customer);
        writer.WriteNull("customer_account"u8);
        writer.WriteNull("flow_directions"u8);
        writer.WriteBoolean("livemode"u8, intent.Scope.IsLive);
        writer.WriteNull("on_behalf_of"u8);
        writer.WriteId("payment_method"u8, attempt.PaymentMethod);
        writer.WriteStartObject("payment_method_details"u8);
        WriteCardOfAttempt(writer, attempt.Card);
        writer.WriteString("type"u8, "card"u8);
        writer.WriteEndObject();
        WriteSetupError(writer, "setup_error"u8, attempt.Error);
        writer.WriteId("setup_intent"u8, attempt.SetupIntent);
        writer.WriteString("status"u8, WireText.SetupAttemptStatus(attempt.State, intent.Status));
        writer.WriteString("usage"u8, WireText.Of(intent.Usage));
        writer.WriteStartObject("florin"u8);
        writer.WriteNumber("amount"u8, attempt.Amount.Minor);
        writer.WriteText("connector"u8, attempt.Connector);
        writer.WriteString("currency"u8, attempt.Amount.Currency.LowerCode);
        writer.WriteText("explanation"u8, attempt.Explanation);
        writer.WriteText("release"u8, attempt.Release is { } release ? WireText.Of(release.State) : null);
        writer.WriteString("state"u8, Words<AttemptState>.Of(attempt.State));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // What never changes of a card. Its expiry may have been changed since, and is its payment method's to tell.
    private static void WriteCardOfAttempt(Utf8JsonWriter writer, CardFace card)
    {
        writer.WriteStartObject("card"u8);
        writer.WriteString("brand"u8, WireText.Of(card.Brand));
        writer.WriteNull("checks"u8);
        writer.WriteText("country"u8, card.Country);
        writer.WriteNull("exp_month"u8);
        writer.WriteNull("exp_year"u8);
        writer.WriteString("funding"u8, WireText.Of(card.Funding));
        writer.WriteString("last4"u8, card.Last4);
        writer.WriteText("network"u8, NetworkOf(card.Brand));
        writer.WriteNull("three_d_secure"u8);
        writer.WriteNull("wallet"u8);
        writer.WriteEndObject();
    }

    private static void WriteSetupError(Utf8JsonWriter writer, ReadOnlySpan<byte> name, PaymentError? error)
    {
        if (error is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteString("code"u8, error.Code);
        if (error.DeclineCode is { } declineCode) writer.WriteString("decline_code"u8, declineCode);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("payment_method_type"u8, "card"u8);
        writer.WriteString("type"u8, "card_error"u8);
        // Stripe's word `payment_method` means the whole object here; the id alone goes where no SDK expects one.
        writer.WriteStartObject("florin"u8);
        writer.WriteIdOrNull("payment_method"u8, error.PaymentMethod);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
