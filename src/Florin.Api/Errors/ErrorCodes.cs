using System.Collections.Frozen;

namespace Florin.Api.Errors;

/// <param name="Code">As it stands in <c>error.code</c>.</param>
/// <param name="Title">The same for every occurrence (RFC 9457 section 3.1.3).</param>
/// <param name="Advice">What a developer can do about it.</param>
internal sealed record ErrorCode(string Code, string Title, string Advice);

/// <summary>Every code that the API answers with. <c>docs/errors.md</c> and <see cref="ErrorPages"/> are this table for people.</summary>
internal static class ErrorCodes
{
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        // The request.
        new("amount_too_large", "Amount too large", "Send at most the amount named in the message."),
        new("amount_too_small", "Amount too small", "Send at least 1, in the currency's smallest unit."),
        new("body_too_large", "Body too large", "Send at most 1 MiB."),
        new("card_number_not_allowed", "Card number where none belongs", "Send card numbers to /v1/tokens or /v1/payment_methods alone, and nothing that looks like one anywhere else."),
        new("content_type_unsupported", "Content type not supported", "Send application/x-www-form-urlencoded or application/json."),
        new("currency_invalid", "Unknown currency", "Send an ISO 4217 code such as krw."),
        new("currency_not_supported", "Currency not supported", "Choose a currency that can be paid in and that a gateway of yours takes."),
        new("email_invalid", "Not an e-mail address", "Correct the address."),
        new("event_type_unknown", "Unknown event type", "Use a type of the list in the documentation, or *."),
        new("invalid_characters", "Invalid characters", "Send valid UTF-8 without zero characters."),
        new("metadata_invalid", "Metadata out of bounds", "At most 50 keys of 1 to 40 characters with values of at most 500."),
        new("parameter_duplicate", "Parameter given twice", "Send each parameter once."),
        new("parameter_invalid", "Invalid parameter", "See the message for what was wanted."),
        new("parameter_invalid_empty", "Empty parameter", "Give a value, or leave the parameter out."),
        new("parameter_invalid_integer", "Not a whole number", "Send a whole number within the bounds of the message."),
        new("parameter_missing", "Missing parameter", "Give the parameter named by param."),
        new("parameter_too_long", "Parameter too long", "Shorten the value."),
        new("parameter_unknown", "Unknown or unsupported parameter", "Remove it, or correct its name; nothing is ignored silently."),
        new("parameters_exclusive", "Parameters exclude each other", "Send one of them."),
        new("parameters_too_many", "Too many parameters", "Send at most 2,000."),
        new("request_malformed", "Malformed request", "Check how the body or the address is encoded."),
        new("url_invalid", "Not an address of the web", "Send an absolute http or https address."),
        new("api_version_unknown", "Unknown API version", "Send a version of one of the two newest release trains, or none."),

        // Who asks.
        new("api_key_invalid", "API key not known", "Check the key and that it belongs to this installation."),
        new("api_key_missing", "API key missing", "Send 'Authorization: Bearer KEY', or the key as the user of Basic authentication."),
        new("api_key_revoked", "API key revoked", "Use another key."),
        new("secret_key_required", "Secret key required", "Call this from a server with a secret key."),
        new("publishable_key_required", "Publishable key required", "In live mode, card numbers are sent from the buyer's browser with a publishable key, to /v1/tokens or /v1/payment_methods."),
        new("webhook_signature_invalid", "Webhook not proved", "The call is not provably the gateway's; check the signing key of its account."),
        new("webhook_unreadable", "Webhook not understood", "The call is the gateway's but names no operation; ask the gateway what it sends."),

        // What it is about.
        new("method_not_allowed", "Method not allowed", "Use a method of the Allow header."),
        new("resource_missing", "No such object", "Check the id, the mode of the key and whose key it is."),
        new("route_missing", "No such address", "Check the path."),
        new("charge_already_refunded", "Already refunded", "Nothing is left to return."),
        new("charge_not_captured", "Not captured", "Cancel the payment instead of refunding it."),
        new("checkout_session_expired", "Checkout session expired", "Make a new session."),
        new("checkout_session_unexpected_state", "Checkout session in another state", "See the session's status, and what may be done in it."),
        new("partial_capture_unsupported", "Gateway captures whole amounts only", "Capture the whole amount."),
        new("lock_timeout", "Something else is changing it", "Repeat the request in a moment, with the same idempotency key."),
        new("payment_intent_in_checkout", "Payment belongs to a checkout session", "Expire the session, or make a new one."),
        new("payment_intent_too_many_attempts", "Too many attempts", "Make a new payment, or a new checkout session."),
        new("payment_intent_unexpected_state", "Payment in another state", "See the payment's status in the error, and what may be done in it."),
        new("customer_max_payment_methods", "Customer has too many payment methods", "Detach some, or use another customer."),
        new("payment_method_customer_missing", "Payment method belongs to a customer", "Name that customer on the payment."),
        new("payment_method_unexpected_state", "Payment method cannot be used so", "See the message; a method that was used without a customer, or detached, cannot be used again."),
        new("payment_method_unavailable", "No gateway for this payment", "Set up a gateway that takes the currency and capture method, or name another."),
        new("refundable_amount_changed", "Another refund came first", "Look at what is left, and decide anew."),
        new("token_already_used", "Token used already", "Make a new token."),
        new("token_expired", "Token expired", "Make a new token; one lives for 15 minutes."),

        // The issuer or the gateway said no.
        new("authentication_required", "Authentication required", "Let the buyer prove who they are at next_action, or try another card."),
        new("capture_declined", "Capture declined", "See the message; the hold may have lapsed."),
        new("card_declined", "Card declined", "See decline_code; ask for another card."),
        new("expired_card", "Card expired", "Ask for another card."),
        new("incorrect_cvc", "Wrong security code", "Ask for the code again."),
        new("incorrect_number", "Wrong card number", "Ask for the number again."),
        new("invalid_cvc", "Invalid security code", "Ask for the code again."),
        new("invalid_expiry_month", "Invalid expiry month", "Ask for the date again."),
        new("invalid_expiry_year", "Invalid expiry year", "Ask for the date again."),
        new("payment_intent_authentication_failure", "Authentication failed", "The buyer did not pass the issuer's challenge; try again or ask for another card."),
        new("processing_error", "Gateway could not process the card", "Try again, or ask for another card."),
        new("void_declined", "Void declined", "See the message; the hold lapses by itself at its issuer."),

        // Repeating and waiting.
        new("idempotency_error", "Idempotency key used for another request", "Use a new key for a new request."),
        new("idempotency_key_in_use", "The same request is being worked on", "Repeat the request with the same key a little later."),
        new("idempotency_key_invalid", "Invalid idempotency key", "Send 1 to 255 visible ASCII characters."),
        new("rate_limit", "Too many requests", "Wait for as long as Retry-After says."),
        new("service_unavailable", "Busy", "Repeat with the same idempotency key after Retry-After."),
        new("internal_error", "Something went wrong here", "Repeat with the same idempotency key; tell the operator the request id."),
    ];

    private static readonly FrozenDictionary<string, ErrorCode> ByCode = All.ToFrozenDictionary(code => code.Code);

    /// <remarks>A module's code that the table lacks is answered all the same; a test of the module is what finds it.</remarks>
    public static string TitleOf(string code) => ByCode.TryGetValue(code, out var known) ? known.Title : "Request refused";
}
