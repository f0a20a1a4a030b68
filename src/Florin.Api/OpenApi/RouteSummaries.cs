namespace Florin.Api.OpenApi;

/// <summary>What each route does, in a sentence; a route that is not here fails a test.</summary>
internal static class RouteSummaries
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["POST /v1/payment_intents"] = "Makes a payment, and collects it at once with confirm=true.",
        ["GET /v1/payment_intents"] = "Lists payments, the newest first.",
        ["GET /v1/payment_intents/{id}"] = "Shows a payment.",
        ["POST /v1/payment_intents/{id}"] = "Changes a payment that has not been collected yet.",
        ["POST /v1/payment_intents/{id}/confirm"] = "Collects a payment.",
        ["POST /v1/payment_intents/{id}/capture"] = "Takes all or a part of the amount that is held.",
        ["POST /v1/payment_intents/{id}/cancel"] = "Gives a payment up, and frees what is held.",
        ["GET /v1/charges"] = "Lists charges, the newest first.",
        ["POST /v1/charges/{id}"] = "Notes something on a charge.",
        ["GET /v1/charges/{id}"] = "Shows a charge.",
        ["POST /v1/refunds"] = "Returns all or a part of what was taken.",
        ["GET /v1/refunds"] = "Lists refunds, the newest first.",
        ["POST /v1/refunds/{id}"] = "Notes something on a refund.",
        ["GET /v1/refunds/{id}"] = "Shows a refund.",
        ["POST /v1/tokens"] = "Turns a card number into a token, from the buyer's side.",
        ["GET /v1/tokens/{id}"] = "Shows a token.",
        ["POST /v1/payment_methods"] = "Makes a payment method of a card number or a token.",
        ["GET /v1/payment_methods"] = "Lists payment methods, the newest first.",
        ["GET /v1/payment_methods/{id}"] = "Shows a payment method.",
        ["POST /v1/payment_methods/{id}"] = "Changes a saved payment method.",
        ["POST /v1/payment_methods/{id}/attach"] = "Saves a payment method for a customer.",
        ["POST /v1/payment_methods/{id}/detach"] = "Takes a payment method from its customer, for good.",
        ["POST /v1/customers"] = "Makes a customer.",
        ["GET /v1/customers"] = "Lists customers, the newest first.",
        ["GET /v1/customers/{id}"] = "Shows a customer.",
        ["POST /v1/customers/{id}"] = "Changes a customer.",
        ["DELETE /v1/customers/{id}"] = "Deletes a customer, and detaches what was saved.",
        ["GET /v1/customers/{id}/payment_methods"] = "Lists what is saved for a customer.",
        ["POST /v1/checkout/sessions"] = "Opens a hosted payment page.",
        ["GET /v1/checkout/sessions"] = "Lists checkout sessions, the newest first.",
        ["GET /v1/checkout/sessions/{id}"] = "Shows a checkout session.",
        ["GET /v1/checkout/sessions/{id}/line_items"] = "Lists what is bought in a checkout session.",
        ["POST /v1/checkout/sessions/{id}/expire"] = "Closes an open checkout session.",
        ["GET /v1/events"] = "Lists events, the newest first.",
        ["GET /v1/events/{id}"] = "Shows an event.",
        ["POST /v1/webhook_endpoints"] = "Has events sent to an address; the answer alone shows the signing secret.",
        ["GET /v1/webhook_endpoints"] = "Lists webhook endpoints, the newest first.",
        ["GET /v1/webhook_endpoints/{id}"] = "Shows a webhook endpoint.",
        ["POST /v1/webhook_endpoints/{id}"] = "Changes, disables or enables a webhook endpoint.",
        ["DELETE /v1/webhook_endpoints/{id}"] = "Removes a webhook endpoint.",
    };
}
