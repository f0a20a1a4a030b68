using System.Collections.Frozen;
using Florin.Kernel;

namespace Florin.Api.Errors;

/// <summary>What is to be told about one <c>error.code</c>; its page under <c>docs/errors/</c> is made of it.</summary>
/// <param name="Code">As it stands in <c>error.code</c>.</param>
/// <param name="Title">The same for every occurrence (RFC 9457 section 3.1.3).</param>
/// <param name="Advice">What a developer can do about it.</param>
internal sealed record ErrorCode(string Code, string Title, string Advice)
{
    /// <summary>In which cases it is answered.</summary>
    public required string When { get; init; }

    /// <summary>A message that such an error may have.</summary>
    public required string Example { get; init; }

    /// <summary>A <c>param</c> that goes with <see cref="Example"/>; null where none does.</summary>
    public string? Param { get; init; }

    /// <summary>Whether and how to repeat the request, where its status does not say it all.</summary>
    public string? Repeat { get; init; }

    /// <summary>How modules refuse with it, the usual kind first; statuses and types follow from that.</summary>
    public IReadOnlyList<RefusalKind> Kinds { get; init; } = [RefusalKind.Invalid];

    /// <summary>The status, where no module refuses but the plumbing does.</summary>
    public int? FrameworkStatus { get; init; }

    public IReadOnlyList<int> Statuses => FrameworkStatus is { } status ? [status] : [.. Kinds.Select(Problems.StatusOf).Distinct()];

    /// <summary>Stripe's class of error.</summary>
    public string Type => FrameworkStatus is { } status ? Problems.TypeOf(status) : Problems.TypeOf(Kinds[0]);
}

/// <summary>Every code that the API answers with. <c>docs/errors.md</c>, the files of <c>docs/errors/</c> and
/// <see cref="ErrorPages"/> are this table for people.</summary>
/// <remarks>After a change: <c>FLORIN_APPROVE=1 ./test --only Api</c> writes the files anew.</remarks>
internal static class ErrorCodes
{
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        // The request.
        new("amount_too_large", "Amount too large", "Send at most the amount named in the message.")
        {
            When = "An amount is above what can be captured or refunded, or above 999,999,999,999 minor units.",
            Example = "At most 5000 minor units of EUR can be captured.",
            Param = "amount_to_capture",
        },
        new("amount_too_small", "Amount too small", "Send at least 1, in the currency's smallest unit.")
        {
            When = "An amount is zero or negative.",
            Example = "amount must be at least 1, in the currency's smallest unit.",
            Param = "amount",
        },
        new("body_too_large", "Body too large", "Send at most 1 MiB; ledger transactions in bulk, at most 8 MiB.")
        {
            When = "The body of the request is larger than the route takes.",
            Example = "A body has at most 1048576 bytes.",
            FrameworkStatus = 413,
        },
        new("card_number_not_allowed", "Card number where none belongs", "Send card numbers to /v1/tokens or /v1/payment_methods alone, and nothing that looks like one anywhere else.")
        {
            When = "A text or a metadata entry holds 13 to 19 digits that pass the check of card numbers. It was not stored.",
            Example = "Metadata must not hold card numbers.",
            Param = "metadata[note]",
        },
        new("content_type_unsupported", "Content type not supported", "Send application/x-www-form-urlencoded or application/json.")
        {
            When = "The body is neither a form nor JSON.",
            Example = "Send application/x-www-form-urlencoded or application/json.",
            FrameworkStatus = 415,
        },
        new("currency_invalid", "Unknown currency", "Send an ISO 4217 code such as krw.")
        {
            When = "The currency is no ISO 4217 code.",
            Example = "'zzz' is no ISO 4217 currency code.",
            Param = "currency",
        },
        new("currency_not_supported", "Currency not supported", "Choose a currency that can be paid in and that a gateway of yours takes.")
        {
            When = "The currency exists but has no minor unit (gold, test codes), so nothing can be paid in it.",
            Example = "XAU has no minor unit, so nothing can be paid in it.",
            Param = "currency",
        },
        new("file_too_large", "File too large", "Send at most 5 MiB; all files of one dispute's evidence together have at most that.")
        {
            When = "An uploaded file is empty or too large, or the files of one dispute's evidence are too large together.",
            Example = "A file has 1 to 5242880 bytes; this one has 5242902.",
            Param = "file",
        },
        new("file_type_unsupported", "File type not supported", "Send a PDF, a PNG or a JPEG.")
        {
            When = "The first bytes of an uploaded file are not those of a PDF, a PNG or a JPEG, whatever its name says.",
            Example = "A file is a PDF, a PNG or a JPEG. What it is called does not count, its first bytes do.",
            Param = "file",
        },
        new("email_invalid", "Not an e-mail address", "Correct the address.")
        {
            When = "An e-mail address lacks its @, has two, or contains white space.",
            Example = "receipt_email is no e-mail address.",
            Param = "receipt_email",
        },
        new("event_type_unknown", "Unknown event type", "Use a type of the list in the documentation, or *.")
        {
            When = "A webhook endpoint asks for a type of event that does not exist.",
            Example = "There is no event type 'payment.done'.",
            Param = "enabled_events",
        },
        new("invalid_characters", "Invalid characters", "Send valid UTF-8 without zero characters.")
        {
            When = "The request is not valid UTF-8, or a text holds a zero character or half of a surrogate pair.",
            Example = "The form is not valid UTF-8.",
        },
        new("metadata_invalid", "Metadata out of bounds", "At most 50 keys of 1 to 40 characters with values of at most 500.")
        {
            When = "Metadata has too many keys, or a key or value that is too long.",
            Example = "A metadata key has 1 to 40 characters.",
            Param = "metadata[...]",
        },
        new("parameter_duplicate", "Parameter given twice", "Send each parameter once.")
        {
            When = "One name stands twice in the form, the query or the JSON object. Which of the two was meant cannot be known.",
            Example = "Parameter 'amount' is given more than once.",
            Param = "amount",
        },
        new("parameter_invalid", "Invalid parameter", "See the message for what was wanted.")
        {
            When = "A parameter has the wrong form, or a value that is not supported.",
            Example = "confirm must be true or false.",
            Param = "confirm",
        },
        new("parameter_invalid_empty", "Empty parameter", "Give a value, or leave the parameter out.")
        {
            When = "A parameter that must say something is empty.",
            Example = "payment_method must not be empty.",
            Param = "payment_method",
        },
        new("parameter_invalid_integer", "Not a whole number", "Send a whole number within the bounds of the message.")
        {
            When = "A number is no whole number, or lies outside its bounds. Amounts are minor units: 19.99 USD is 1999.",
            Example = "amount must be a whole number, not '19.99'.",
            Param = "amount",
        },
        new("parameter_missing", "Missing parameter", "Give the parameter named by param.")
        {
            When = "A parameter without which the request means nothing is absent.",
            Example = "Missing required parameter: amount.",
            Param = "amount",
        },
        new("parameter_too_long", "Parameter too long", "Shorten the value.")
        {
            When = "A text has more characters than its parameter may have.",
            Example = "statement_descriptor has 30 characters where 22 are the most.",
            Param = "statement_descriptor",
        },
        new("parameter_unknown", "Unknown or unsupported parameter", "Remove it, or correct its name; nothing is ignored silently.")
        {
            When = "The request has a parameter that this endpoint does not have, or that Stripe has and Florin does not.",
            Example = "Received unknown parameter: amout. Did you mean amount?",
            Param = "amout",
        },
        new("parameters_exclusive", "Parameters exclude each other", "Send one of them.")
        {
            When = "Two parameters that mean the same thing, or contradict each other, were both given.",
            Example = "Give starting_after or ending_before, not both.",
            Param = "ending_before",
        },
        new("parameters_too_many", "Too many parameters", "Send at most 2,000.")
        {
            When = "The request has more than 2,000 parameters.",
            Example = "A request has at most 2000 parameters.",
        },
        new("request_malformed", "Malformed request", "Check how the body or the address is encoded.")
        {
            When = "The body is no form or JSON that can be read, or a POST carries parameters in its address.",
            Example = "The body must be one JSON object.",
        },
        new("routing_document_invalid", "Routing document invalid", "Correct what stands at the place that param names; see the guide to routing for what a document may hold.")
        {
            When = "A routing document is not JSON, is too large, has a name or value that is not known, or names a gateway account that the merchant does not have.",
            Example = "rules[2].when.amount.min: This is a whole number from 1 to 999999999999.",
            Param = "rules[2].when.amount.min",
        },
        new("routing_period_invalid", "Routing period invalid", "Give created[gte] and created[lt] at most 92 days apart.")
        {
            When = "The period of a routing simulation is empty or longer than 92 days.",
            Example = "A period ends after it begins and is at most 92 days long.",
            Param = "created",
        },
        new("routing_version_changed", "Routing version changed", "Read the version again, and activate it if it still says what you want.")
        {
            When = "A draft of routing rules was changed by somebody else while it was being activated.",
            Example = "Routing version 3 was changed while it was made active. Look at it again.",
            Kinds = [RefusalKind.Conflict],
        },
        new("routing_version_not_draft", "Routing version is no draft", "Write a new draft; its document may be a copy of this one's.")
        {
            When = "A change is asked of a routing version that is or was active.",
            Example = "Routing version 3 has been active, so it stays as it is: payments were sent by it. Write a new draft.",
            Kinds = [RefusalKind.Conflict],
        },
        new("search_query_invalid", "Search query not understood", "See the message for the place, and what was wanted there.")
        {
            When = "The query of a search cannot be read, has too many clauses, or names a field or an operator that there is not.",
            Example = "The search query cannot be read. AND and OR cannot be mixed in one query. (at character 23)",
            Param = "query",
        },
        new("bulk_too_large", "Too many items", "Split the list, or narrow the filter.")
        {
            When = "A bulk action names more than 10,000 items.",
            Example = "A bulk action takes at most 10000 items.",
            Param = "ids",
        },
        new("unknown_outcome_settled", "It has an outcome by now", "Ask for the item again: it has left the queue.")
        {
            When = "Something is to be done about an unknown outcome that has become known, by the gateway or another person.",
            Example = "uo_01932f0a0b8c7d3e9f1a2b3c4d5e6001 has an outcome by now; ask for it again.",
            Kinds = [RefusalKind.Conflict],
        },
        new("unknown_outcome_does_not_fit", "That outcome is not possible", "State one of the item's own outcomes.")
        {
            When = "An outcome is stated that an operation of that kind cannot have; in bulk, also one that needs the gateway's reference.",
            Example = "A refund cannot have the outcome captured; it is one of: refunded, declined, never_sent.",
            Param = "outcome",
        },
        new("unknown_outcome_not_queryable", "There is nothing to ask", "Decide whether the money is kept or returned.")
        {
            When = "The item waits for a decision and not for the gateway.",
            Example = "uo_01932f0a0b8c7d3e9f1a2b3c4d5e6001 waits for a decision; there is nothing to ask the gateway.",
            Kinds = [RefusalKind.Conflict],
        },
        new("unknown_outcome_not_cancelable", "It cannot be undone", "Have the gateway asked, or state the outcome once you know it.")
        {
            When = "The gateway has no way to undo an operation of that kind before its outcome is known.",
            Example = "The gateway 'aurora' cannot undo a payment whose outcome is unknown; it is asked until it says what became of it.",
            Kinds = [RefusalKind.Conflict],
        },
        new("late_success_not_keepable", "The money cannot be kept", "Cancel the item: the money is returned.")
        {
            When = "Money that came too late is to be kept, and the payment was paid in another way, was changed, or was canceled for fraud or as a duplicate.",
            Example = "The payment was paid in another way, is being paid, was changed, or somebody decided against it: the money can only be returned.",
            Kinds = [RefusalKind.Conflict],
        },
        new("url_invalid", "Not an address of the web", "Send an absolute http or https address.")
        {
            When = "An address is relative, or its scheme is neither http nor https.",
            Example = "return_url must be an absolute http or https address.",
            Param = "return_url",
        },
        new("api_version_unknown", "Unknown API version", "Send a version of one of the two newest release trains, or none.")
        {
            When = "The Stripe-Version or Florin-Version header names a release train that is not spoken here.",
            Example = "Stripe-Version '2020-08-27' is not supported; send a date and one of the trains endive, dahlia.",
        },

        // Who asks.
        new("api_key_expired", "API key expired", "It was rolled, and its time is over; use the new key.")
        {
            When = "The key was rolled, and the time for which it went on beside the new one is over.",
            Example = "Expired API Key provided: fsk_test_****abcd. It was rolled; use the new one.",
            Kinds = [RefusalKind.Unauthenticated],
        },
        new("api_key_invalid", "API key not known", "Check the key and that it belongs to this installation.")
        {
            When = "The key is none of this installation's.",
            Example = "This API key is not known here.",
            Kinds = [RefusalKind.Unauthenticated],
        },
        new("api_key_missing", "API key missing", "Send 'Authorization: Bearer KEY', or the key as the user of Basic authentication.")
        {
            When = "The request has no Authorization header, or one that holds no key.",
            Example = "Give your API key as 'Authorization: Bearer KEY'.",
            Kinds = [RefusalKind.Unauthenticated],
        },
        new("api_key_revoked", "API key revoked", "Use another key.")
        {
            When = "The key was revoked in the back office.",
            Example = "This API key was revoked.",
            Kinds = [RefusalKind.Unauthenticated],
        },
        new("ip_address_not_allowed", "Address not allowed", "Use the key from one of its networks, or make one that is allowed from here.")
        {
            When = "The key is limited to networks, and the request came from none of them.",
            Example = "The API key fsk_live_****abcd is not allowed from 198.51.100.4.",
            Kinds = [RefusalKind.Forbidden],
        },
        new("permission_missing", "Permission missing", "Use a key that has the permission named in the message.")
        {
            When = "A restricted key was used for what it was not given, or to show an object in full that it may not read.",
            Example = "The provided key 'frk_test_****abcd' does not have the required permissions for this endpoint. "
                + "Having the 'refunds:write' permission would allow this request to continue.",
            Kinds = [RefusalKind.Forbidden],
        },
        new("secret_key_required", "Secret key required", "Call this from a server with a secret key.")
        {
            When = "A publishable key was used for what only a merchant's server may do.",
            Example = "GET /v1/refunds needs a secret key; this is a publishable one.",
            Kinds = [RefusalKind.Forbidden, RefusalKind.Invalid],
        },
        new("publishable_key_required", "Publishable key required", "In live mode, card numbers are sent from the buyer's browser with a publishable key, to /v1/tokens or /v1/payment_methods.")
        {
            When = "In live mode, a server sent a card number. A server that sees card numbers falls under all of PCI DSS.",
            Example = "In live mode card numbers are sent from the buyer's browser, with a publishable key.",
            Kinds = [RefusalKind.Forbidden, RefusalKind.Invalid],
        },
        new("webhook_signature_invalid", "Webhook not proved", "The call is not provably the gateway's; check the signing key of its account.")
        {
            When = "A call to a gateway's webhook address bears no signature, or a wrong one.",
            Example = "The call is not provably the gateway's.",
            Kinds = [RefusalKind.Unauthenticated],
        },
        new("webhook_unreadable", "Webhook not understood", "The call is the gateway's but names no operation; ask the gateway what it sends.")
        {
            When = "A signed call of a gateway could not be read.",
            Example = "The call names no operation.",
        },

        // What it is about.
        new("method_not_allowed", "Method not allowed", "Use a method of the Allow header.")
        {
            When = "The address exists, but not for this HTTP method.",
            Example = "PUT is not possible here; GET, POST is.",
            FrameworkStatus = 405,
        },
        new("resource_missing", "No such object", "Check the id, the mode of the key and whose key it is.")
        {
            When = "Nothing with this id belongs to the key's merchant in the key's mode. Test keys see test objects alone, live keys live ones.",
            Example = "No such payment_intent: 'pi_123'.",
            Param = "id",
            Kinds = [RefusalKind.NotFound],
        },
        new("route_missing", "No such address", "Check the path.")
        {
            When = "There is no endpoint at this address.",
            Example = "There is nothing at GET /v1/nothing.",
            FrameworkStatus = 404,
        },
        new("charge_already_refunded", "Already refunded", "Nothing is left to return.")
        {
            When = "The whole captured amount has been refunded.",
            Example = "Charge ch_018f has already been refunded.",
            Kinds = [RefusalKind.Conflict],
        },
        new("charge_disputed", "Charged back", "The issuer holds the money until the dispute is decided; answer the dispute instead.")
        {
            When = "A refund is asked for while an issuer has taken the money back, or after it was lost.",
            Example = "Charge ch_01980000000070008000000000000001 has been charged back; it cannot be refunded.",
            Param = "charge",
            Kinds = [RefusalKind.Conflict],
        },
        new("charge_not_captured", "Not captured", "Cancel the payment instead of refunding it.")
        {
            When = "A refund was asked of a payment of which nothing was captured.",
            Example = "This PaymentIntent has no captured charge to refund.",
            Kinds = [RefusalKind.Conflict],
        },
        new("checkout_session_expired", "Checkout session expired", "Make a new session.")
        {
            When = "The buyer, or the merchant, acts on a session whose time is over.",
            Example = "This checkout session has expired.",
            Kinds = [RefusalKind.Conflict],
        },
        new("checkout_session_unexpected_state", "Checkout session in another state", "See the session's status, and what may be done in it.")
        {
            When = "What was asked is not possible in the session's present status.",
            Example = "Only an open session can expire; this one is complete.",
            Kinds = [RefusalKind.Conflict],
        },
        new("partial_capture_unsupported", "Gateway captures whole amounts only", "Capture the whole amount.")
        {
            When = "A part was to be captured, and the payment's gateway cannot do that.",
            Example = "The gateway 'castellan' captures the whole amount or nothing.",
            Param = "amount_to_capture",
        },
        new("dispute_unexpected_state", "Dispute in another state", "See the dispute's status and its due_by, and what may be done in it.")
        {
            When = "A dispute is answered or given up when its issuer does not wait for that, or after its deadline.",
            Example = "This dispute's status is lost; only one that is needs_response can be closed.",
            Kinds = [RefusalKind.Conflict],
        },
        new("evidence_declined", "Evidence not taken", "See the message; the deadline at the gateway may have passed.")
        {
            When = "The gateway refuses what was said to a dispute. Nothing was submitted.",
            Example = "The gateway did not take it: no reason was given.",
            Kinds = [RefusalKind.Conflict],
        },
        new("evidence_not_sent", "Evidence not sent", "Nothing reached the gateway; submit again, with a new idempotency key.")
        {
            When = "The gateway could not be reached with what was said to a dispute. Nothing was submitted.",
            Example = "The gateway could not be reached, so nothing was submitted. Submit again, with a new idempotency key.",
            Kinds = [RefusalKind.Conflict],
        },
        new("lock_timeout", "Something else is changing it", "Repeat the request in a moment, with the same idempotency key.")
        {
            When = "Another refund of the same charge is at the gateway, which takes one at a time.",
            Example = "Another refund of charge ch_018f is being carried out. Ask again in a moment.",
            Kinds = [RefusalKind.InFlight],
        },
        new("payment_intent_in_checkout", "Payment belongs to a checkout session", "Expire the session, or make a new one.")
        {
            When = "A payment that a checkout session collects was to be changed, confirmed or cancelled by itself.",
            Example = "This PaymentIntent is collected by checkout session cs_018f.",
            Kinds = [RefusalKind.Conflict],
        },
        new("payment_intent_incompatible_payment_method", "Gateway cannot do that with this payment", "See the message for what can be done instead.")
        {
            When = "A hold is to be raised at a gateway that does not raise holds.",
            Example = "The gateway 'castellan' does not raise what it holds: cancel this PaymentIntent and make a new one of the larger amount.",
        },
        new("payment_intent_too_many_attempts", "Too many attempts", "Make a new payment, or a new checkout session.")
        {
            When = "The payment was tried as often as one may be.",
            Example = "This PaymentIntent was tried 20 times; make a new one.",
            Kinds = [RefusalKind.Conflict],
        },
        new("payment_intent_unexpected_state", "Payment in another state", "See the payment's status in the error, and what may be done in it.")
        {
            When = "What was asked is not possible in the payment's present status. The error holds the payment as it is.",
            Example = "This PaymentIntent's status is succeeded; only one that requires_capture can be captured.",
            Kinds = [RefusalKind.Conflict],
        },
        new("customer_max_payment_methods", "Customer has too many payment methods", "Detach some, or use another customer.")
        {
            When = "A payment method is to be attached to a customer who has the most that one may have.",
            Example = "Customer cus_123 has 500 payment methods, which is the most; detach some first.",
            Param = "customer",
            Kinds = [RefusalKind.Conflict],
        },
        new("payment_method_customer_missing", "Payment method belongs to a customer", "Name that customer on the payment.")
        {
            When = "A payment names a payment method that is attached to a customer, and does not name the customer.",
            Example = "The `payment_method` parameter supplied pm_123 belongs to the Customer cus_123. Please include the Customer in the `customer` parameter on the PaymentIntent.",
            Param = "payment_method",
        },
        new("payment_method_unexpected_state", "Payment method cannot be used so", "See the message; a method that was used without a customer, or detached, cannot be used again.")
        {
            When = "A payment method that paid without being attached, or was detached, is used again; or one is attached twice, or detached or updated without being attached.",
            Example = "The payment method you provided is not attached to a customer, so it cannot be detached.",
            Param = "payment_method",
            Kinds = [RefusalKind.Conflict],
        },
        new("payment_method_unavailable", "No gateway for this payment", "Set up a gateway that takes the currency and capture method, or name another.")
        {
            When = "No gateway of the merchant takes the currency with the capture method, or the one named in florin[connector] does not.",
            Example = "No gateway of this merchant takes USD cards with manual capture.",
            Param = "currency",
        },
        new("refund_not_cancelable", "Refund cannot be canceled", "See the refund's status; what is done or failed cannot be called back.")
        {
            When = "A refund is to be canceled that its gateway is no longer working on, or whose gateway does not call refunds back.",
            Example = "Refund re_01998f5be0f17a4c8b3d5e6f7a8b9001 is succeeded; only one that its gateway is still working on can be canceled.",
            Kinds = [RefusalKind.Conflict, RefusalKind.Invalid],
        },
        new("refundable_amount_changed", "Another refund came first", "Look at what is left, and decide anew.")
        {
            When = "Between the form and its sending, another refund took from the same charge.",
            Example = "Another refund came first: 500 minor units of EUR are left.",
            Kinds = [RefusalKind.Conflict],
        },
        new("test_clock_advancing", "Test clock is advancing", "Wait until the clock's status is ready.")
        {
            When = "A test clock is to be moved while what its last step has brought due is still being done.",
            Example = "The test clock clock_0192 is still advancing; wait until it is ready.",
            Kinds = [RefusalKind.Conflict],
        },
        new("test_clock_exists", "There is a test clock already", "Advance that one, or delete it first; a merchant has one.")
        {
            When = "A second test clock is to be made for the same merchant.",
            Example = "This merchant has a test clock already, and all of its test mode goes by that one.",
        },
        new("test_mode_only", "In test mode alone", "Use a test key.")
        {
            When = "Something that exists in test mode alone is asked for with a live key.",
            Example = "There are test clocks in test mode alone: in live mode time is what it is.",
        },
        new("webhook_endpoint_disabled", "Webhook endpoint disabled", "Enable the endpoint, then send again.")
        {
            When = "Events are to be sent again to an endpoint that is disabled.",
            Example = "The webhook endpoint we_0192 is disabled; enable it first.",
            Param = "webhook_endpoint",
        },
        new("product_has_prices", "Product has prices", "Set its active to false instead of deleting it.")
        {
            When = "A product that has prices is to be deleted.",
            Example = "Product prod_01998f5be0f17a4c8b3d5e6f7a8b9001 has prices, so it cannot be deleted; set active to false instead.",
            Param = "id",
            Kinds = [RefusalKind.Conflict],
        },
        new("resource_already_exists", "Taken already", "Use another key, or take it over as the message says.")
        {
            When = "A lookup key leads to another price.",
            Example = "Another price uses the lookup key 'tea'; give transfer_lookup_key=true to take it over.",
            Param = "lookup_key",
            Kinds = [RefusalKind.Conflict],
        },
        new("setup_intent_in_checkout", "Setup belongs to a checkout session", "Expire the session, or make a new one.")
        {
            When = "A setup intent that a checkout session made is to be canceled by itself.",
            Example = "This SetupIntent belongs to checkout session cs_01998f5be0f17a4c8b3d5e6f7a8b9001; expiring the session gives it up.",
            Kinds = [RefusalKind.Conflict],
        },
        new("setup_intent_too_many_attempts", "Too many attempts", "Make a new setup intent, or a new checkout session.")
        {
            When = "A setup intent was tried ten times.",
            Example = "This SetupIntent was tried 10 times; make a new one.",
            Kinds = [RefusalKind.Conflict],
        },
        new("setup_intent_unexpected_state", "Setup in another state", "See the setup intent's status in the error, and what may be done in it.")
        {
            When = "What is asked cannot be done with a setup intent in its present state.",
            Example = "This SetupIntent's status is succeeded; it can no longer be confirmed.",
            Kinds = [RefusalKind.Conflict],
        },
        new("token_already_used", "Token used already", "Make a new token.")
        {
            When = "A token was used a second time. One token stands for one use of a card.",
            Example = "You cannot use a token more than once: tok_018f.",
            Param = "token",
        },
        new("token_expired", "Token expired", "Make a new token; one lives for 15 minutes.")
        {
            When = "A token was used later than 15 minutes after it was made.",
            Example = "The token tok_018f has expired: tokens live for 15 minutes.",
            Param = "token",
        },

        // The issuer or the gateway said no.
        new("authentication_required", "Authentication required", "Let the buyer prove who they are at next_action, or try another card.")
        {
            When = "The issuer takes this payment only after the buyer proved who they are.",
            Example = "The card's issuer wants the customer to be authenticated.",
            Kinds = [RefusalKind.Declined],
        },
        new("capture_declined", "Capture declined", "See the message; the hold may have lapsed.")
        {
            When = "The gateway refused to take the amount that was held.",
            Example = "The gateway refused the capture: the authorization has expired.",
            Kinds = [RefusalKind.Declined],
        },
        new("card_declined", "Card declined", "See decline_code; ask for another card.")
        {
            When = "The issuer refused the payment. decline_code says why, as far as the issuer told.",
            Example = "Your card was declined.",
            Kinds = [RefusalKind.Declined],
        },
        new("expired_card", "Card expired", "Ask for another card.")
        {
            When = "The card's expiry date is past.",
            Example = "Your card has expired.",
            Kinds = [RefusalKind.Declined],
        },
        new("incorrect_cvc", "Wrong security code", "Ask for the code again.")
        {
            When = "The issuer compared the security code and found another.",
            Example = "Your card's security code is incorrect.",
            Kinds = [RefusalKind.Declined],
        },
        new("incorrect_number", "Wrong card number", "Ask for the number again.")
        {
            When = "The card number fails its check digit, or the issuer does not know it.",
            Example = "Your card number is incorrect.",
            Param = "card[number]",
            Kinds = [RefusalKind.Declined],
        },
        new("invalid_cvc", "Invalid security code", "Ask for the code again.")
        {
            When = "The security code does not have the digits that a code of this brand has.",
            Example = "Your card's security code is invalid.",
            Param = "card[cvc]",
            Kinds = [RefusalKind.Declined],
        },
        new("invalid_expiry_month", "Invalid expiry month", "Ask for the date again.")
        {
            When = "The month is none.",
            Example = "Your card's expiration month is invalid.",
            Param = "card[exp_month]",
            Kinds = [RefusalKind.Declined],
        },
        new("invalid_expiry_year", "Invalid expiry year", "Ask for the date again.")
        {
            When = "The year is past, or too far ahead.",
            Example = "Your card's expiration year is invalid.",
            Param = "card[exp_year]",
            Kinds = [RefusalKind.Declined],
        },
        new("payment_intent_authentication_failure", "Authentication failed", "The buyer did not pass the issuer's challenge; try again or ask for another card.")
        {
            When = "The buyer failed or left the issuer's challenge (3-D Secure).",
            Example = "The customer could not be authenticated by the card's issuer. Try again, or use another payment method.",
            Kinds = [RefusalKind.Declined],
        },
        new("processing_error", "Gateway could not process the card", "Try again, or ask for another card.")
        {
            When = "The gateway or the issuer failed, or the gateway could not be reached. Nothing was charged.",
            Example = "An error occurred while processing your card. Try again in a little bit.",
            Kinds = [RefusalKind.Declined],
        },
        new("setup_intent_authentication_failure", "Authentication failed", "The buyer did not pass the issuer's challenge; try again or ask for another card.")
        {
            When = "The buyer failed or left the issuer's challenge while a card was being saved.",
            Example = "The customer could not be authenticated by the card's issuer. Try again, or use another payment method.",
            Kinds = [RefusalKind.Declined],
        },
        new("void_declined", "Void declined", "See the message; the hold lapses by itself at its issuer.")
        {
            When = "The gateway refused to free the amount that it held.",
            Example = "The gateway refused to free the amount: already captured.",
            Kinds = [RefusalKind.Declined],
        },

        // The ledger.
        new("ledger_account_closed", "Ledger account closed", "A closed account takes no postings any more; use another one.")
        {
            When = "A posting names an account that was closed, or a closed account is to be opened again.",
            Example = "Account wallet:7 in EUR is closed.",
            Param = "postings",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_account_code_invalid", "Account code out of bounds", "Send 1 to 255 characters; a code of your own is own: and parts of letters, digits and . _ - @ + / with colons between.")
        {
            When = "The code of an account is empty or too long, or has characters that codes have not.",
            Example = "The code of an account has 1 to 255 characters.",
            Param = "account",
        },
        new("ledger_account_exists", "Ledger account exists with other terms", "An account keeps its bounds and metadata; choose another code.")
        {
            When = "An account is to be opened that is there already with other bounds or metadata, or without bounds.",
            Example = "Account wallet:7 in EUR is there already, with other bounds or metadata.",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_account_frozen", "Ledger account frozen", "Thaw the account first.")
        {
            When = "A posting names an account that is frozen.",
            Example = "Account wallet:7 in EUR is frozen.",
            Param = "postings",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_account_kind_mismatch", "Ledger account of another kind", "An account keeps its kind; see the message for which it is.")
        {
            When = "A posting names an account as of another kind than it was opened with.",
            Example = "Account wallet:7 is of kind liability, not asset.",
            Param = "postings",
        },
        new("ledger_account_not_empty", "Ledger account not empty", "Move what it holds and let go of its holds first.")
        {
            When = "An account is to be closed that holds money or has open holds.",
            Example = "Account wallet:7 holds money or has open holds, and so cannot be closed.",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_account_reserved", "Ledger account kept by Florin", "Post to accounts of your own, whose codes begin with own:; what moves Florin's is a payment, a refund or a dispute.")
        {
            When = "A request would post to, open or change an account that is not the merchant's own.",
            Example = "Account fee_income is kept by Florin; codes of your own begin with own:.",
            Param = "postings[1][account]",
        },
        new("ledger_account_unknown", "No such ledger account", "Check code and currency, or open the account first.")
        {
            When = "An account that must be there is not.",
            Example = "There is no account wallet:7 in EUR.",
            Kinds = [RefusalKind.NotFound],
        },
        new("ledger_already_reversed", "Reversed already", "A transaction is reversed once; post an adjustment for what is left.")
        {
            When = "A ledger transaction was reversed before, under another reference.",
            Example = "Ledger transaction ltx_018f0000000070008000000000000001 was reversed before.",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_amount_invalid", "Amount of a posting out of bounds", "Send 1 to 1,000,000,000,000,000 minor units; the side says which way it goes.")
        {
            When = "The amount of a posting is zero, negative or too large.",
            Example = "transfer:1 posts 0.00 EUR to wallet:7; 1 to 1000000000000000 minor units are wanted.",
            Param = "postings",
        },
        new("ledger_balance_too_great", "Balance beyond 64 bits", "Move part of it to another account; the book itself is right.")
        {
            When = "An account holds more minor units than a balance can show.",
            Example = "Account wallet:7 holds 10000000000000000000 minor units, more than a balance can show.",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_bounds_invalid", "Bounds of a ledger account invalid", "The least is zero or less, the most zero or more.")
        {
            When = "An account is to be opened with bounds that it would be out of from the beginning.",
            Example = "The least that an account may hold is zero or less, and the most zero or more.",
            Param = "min_balance",
        },
        new("ledger_correction_invalid", "Correction incomplete", "Name the transaction that is corrected, and how.")
        {
            When = "A correction names no transaction, or a transaction is named without saying how it is corrected.",
            Example = "A correction names the transaction that it corrects, and nothing else does.",
            Param = "corrects",
        },
        new("ledger_currency_mismatch", "Posting in another currency than its account", "Post in the account's currency.")
        {
            When = "The amount of a posting is in another currency than its account is kept in.",
            Example = "transfer:1 posts 5.00 USD to wallet:7, which is kept in EUR.",
            Param = "postings",
        },
        new("ledger_hold_ended", "Hold ended already", "It was posted, voided or has lapsed; see the message.")
        {
            When = "A hold is to be posted or voided that has ended.",
            Example = "Hold lhd_018f0000000070008000000000000001 was lapsed before.",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_hold_exceeded", "More than is held", "Post at most what is held on each account and side.")
        {
            When = "A part of a hold is to be posted that is more than the whole.",
            Example = "More is posted to wallet:7 than is held there.",
            Param = "postings",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_hold_unknown", "No such hold", "Check the id.")
        {
            When = "There is no hold of that id.",
            Example = "There is no hold lhd_018f0000000070008000000000000001.",
            Kinds = [RefusalKind.NotFound],
        },
        new("ledger_import_invalid", "Line of an imported file invalid", "Mend the line; the message says what is wrong with it.")
        {
            When = "A file to be imported has a line that cannot be read, or is too large.",
            Example = "'1.234 EUR' is no amount of EUR, which has 2 digits after the point.",
            Param = "file",
        },
        new("ledger_kind_invalid", "Kind of a transaction out of bounds", "Send 1 to 64 characters.")
        {
            When = "The kind of a ledger transaction is empty or too long.",
            Example = "The kind of a transaction has 1 to 64 characters.",
            Param = "kind",
        },
        new("ledger_mapping_incomplete", "Accounts without a code of your own", "Add rules for the accounts that the message names, or a default.")
        {
            When = "An export for a general ledger meets accounts that the mapping leaves out.",
            Example = "The mapping leaves out 1 accounts: fee_income (income, EUR).",
            Param = "mapping",
        },
        new("ledger_mapping_invalid", "Mapping of accounts invalid", "Mend the mapping; the message says where it is wrong.")
        {
            When = "A mapping of account codes is neither JSON nor CSV of the documented form.",
            Example = "Line 3: a pattern has 1 to 255 characters.",
            Param = "mapping",
        },
        new("ledger_max_balance", "Balance would rise above its bound", "See the message for the bound; open holds count.")
        {
            When = "A posting or hold would take an account above the most it may hold.",
            Example = "Account wallet:7 may not rise above 100000 minor units; this would make 100500.",
            Param = "postings",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_metadata_invalid", "Metadata out of bounds", "Send a document of at most 16,384 characters.")
        {
            When = "The metadata of a ledger account or transaction is empty or too long.",
            Example = "Metadata of a transaction has at most 16,384 characters.",
            Param = "metadata",
        },
        new("ledger_min_balance", "Balance would fall below its bound", "See the message for the bound; open holds count.")
        {
            When = "A posting or hold would take an account below the least it may hold.",
            Example = "Account wallet:7 may not fall below 0 minor units; this would leave -500.",
            Param = "postings",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_period_closed", "Date in a closed period", "Use the next open date, which the message names, or reopen the period.")
        {
            When = "The effective date of a transaction lies in a period that was closed.",
            Example = "2026-03-31T00:00:00.0000000+00:00 lies in a closed period; the next open date is 2026-04-01T00:00:00.0000000+00:00.",
            Param = "effective_at",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_period_invalid", "Period invalid", "A period starts before it ends, and ends before it is closed.")
        {
            When = "A period is to be closed that has not ended, or ends before it starts.",
            Example = "A period starts before it ends, and ends before it is closed.",
            Param = "ends_at",
        },
        new("ledger_period_overlaps", "Period overlaps a closed one", "Begin where the closed one ends.")
        {
            When = "A period is to be closed of which a part is closed already.",
            Example = "The period from 2026-03-01T00:00:00.0000000+00:00 to 2026-04-01T00:00:00.0000000+00:00 is closed already.",
            Param = "starts_at",
            Kinds = [RefusalKind.Conflict],
        },
        new("ledger_period_unknown", "No such closed period", "Give the instant at which a closed period starts.")
        {
            When = "A period is to be reopened that is not closed.",
            Example = "No closed period starts at 2026-03-01T00:00:00.0000000+00:00.",
            Param = "starts_at",
            Kinds = [RefusalKind.NotFound],
        },
        new("ledger_postings_invalid", "Wrong number of postings", "Send 2 to 1,000.")
        {
            When = "A ledger transaction has fewer than 2 or more than 1,000 postings.",
            Example = "transfer:1 has 1 postings; 2 to 1000 are wanted.",
            Param = "postings",
        },
        new("ledger_reference_invalid", "Reference out of bounds", "Send 1 to 255 characters.")
        {
            When = "The reference of a ledger transaction is empty or too long.",
            Example = "A reference has 1 to 255 characters.",
            Param = "reference",
        },
        new("ledger_scope_mismatch", "Accounts of different books", "Post among accounts of one shard and mode.")
        {
            When = "A posting names an account in another shard or mode than its transaction.",
            Example = "transfer:1 posts to wallet:7 of acct_018f0000000070008000000000000001:live, in another shard or mode than its own.",
            Param = "postings",
        },
        new("ledger_statement_too_long", "Statement too long", "Ask for less with from and until, or page through it as JSON.")
        {
            When = "A statement as CSV has more than 32 MiB.",
            Example = "The statement has more than 33554432 bytes; ask for less with from and until.",
            Param = "from",
        },
        new("ledger_transaction_unknown", "No such ledger transaction", "Check the id.")
        {
            When = "A ledger transaction is to be corrected that is not there.",
            Example = "There is no ledger transaction ltx_018f0000000070008000000000000001.",
            Kinds = [RefusalKind.NotFound],
        },
        new("ledger_unbalanced", "Transaction out of balance", "Debits must equal credits in each currency.")
        {
            When = "The postings of a ledger transaction do not sum to zero in each currency.",
            Example = "transfer:1 is out of balance by 1 minor units of EUR.",
            Param = "postings",
        },
        new("linked_failed", "Another one of the batch was refused", "All stand or fall together; mend the one that has a code of its own.")
        {
            When = "A ledger transaction was sent in a batch of which all stand or fall together, and another one was refused.",
            Example = "Another transaction of the same batch was refused, and all stand or fall together.",
            Kinds = [RefusalKind.Conflict],
        },
        new("reference_reused", "Reference used for other content", "A reference names one transaction for ever; use a new one.")
        {
            When = "The reference names a ledger transaction or hold with other content.",
            Example = "Reference transfer:1 was used for a transaction of other content.",
            Param = "reference",
            Kinds = [RefusalKind.Conflict],
        },

        // Repeating and waiting.
        new("idempotency_error", "Idempotency key used for another request", "Use a new key for a new request.")
        {
            When = "The key was used before, with another method, path or body.",
            Example = "This idempotency key was used for another request, req_018f at 2026-11-20T12:00:00Z.",
            Kinds = [RefusalKind.IdempotencyMismatch],
        },
        new("idempotency_key_in_use", "The same request is being worked on", "Repeat the request with the same key a little later.")
        {
            When = "The first request with this key has not been answered yet.",
            Example = "A request with this idempotency key is being worked on.",
            Kinds = [RefusalKind.InFlight],
        },
        new("idempotency_key_invalid", "Invalid idempotency key", "Send 1 to 255 visible ASCII characters.")
        {
            When = "The Idempotency-Key header is empty, too long, given twice, or has other characters.",
            Example = "Idempotency-Key must be 1 to 255 visible ASCII characters.",
        },
        new("rate_limit", "Too many requests", "Wait for as long as Retry-After says.")
        {
            When = "The key made more requests in a short time than it may, or too many long ones run at once.",
            Example = "Too many requests.",
            Kinds = [RefusalKind.RateLimited],
        },
        new("gateway_busy", "Gateway takes no payments now", "Confirm the PaymentIntent again after Retry-After, with another idempotency key.")
        {
            When = "Every gateway that the payment could go to is failing, or has too many payments waiting. Nothing was sent, and nothing charged.",
            Example = "The payment gateway takes no payments at the moment; nothing was sent and nothing charged. Try again.",
            Kinds = [RefusalKind.Unavailable],
            Repeat = "Yes, with another idempotency key, after Retry-After: the attempt that was not made is what the first key stands for.",
        },
        new("gateway_full", "Gateway has no room now", "Repeat the request with the same idempotency key after Retry-After.")
        {
            When = "So much waits for the gateway already that this capture, cancellation, increment, refund, response to a dispute or question was not even begun. Nothing was sent, and nothing changed.",
            Example = "Too many calls to the gateway 'aurora' are waiting already; nothing was sent and nothing changed. Repeat the request with the same idempotency key.",
            Kinds = [RefusalKind.Unavailable],
        },
        new("gateway_not_reached", "Gateway not reached", "Repeat the request with the same idempotency key after Retry-After.")
        {
            When = "A capture, cancellation or increment never reached the gateway: the connection was refused, or it was too late to send it. Nothing changed, and the amount is held as before.",
            Example = "The capture never reached the gateway, and nothing changed: The exchange failed: ConnectionError. Repeat the request with the same idempotency key.",
            Kinds = [RefusalKind.Unavailable],
        },
        new("service_unavailable", "Busy", "Repeat with the same idempotency key after Retry-After.")
        {
            When = "The database is busy, or cannot be reached. What a request with an idempotency key may have begun before is found under that key.",
            Example = "Too much is going on; repeat the request with the same idempotency key.",
            Kinds = [RefusalKind.Unavailable],
        },
        new("internal_error", "Something went wrong here", "Repeat with the same idempotency key; tell the operator the request id.")
        {
            When = "A fault of Florin's own, which is in its log under the request id.",
            Example = "Something went wrong here; repeat with the same idempotency key.",
            FrameworkStatus = 500,
        },
    ];

    private static readonly FrozenDictionary<string, ErrorCode> ByCode = All.ToFrozenDictionary(code => code.Code);

    public static ErrorCode? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <remarks>A module's code that the table lacks is answered all the same; a test of the module is what finds it.</remarks>
    public static string TitleOf(string code) => Find(code)?.Title ?? "Request refused";
}
