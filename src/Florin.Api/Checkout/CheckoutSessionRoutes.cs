using System.Text.Json;
using Florin.Api.PaymentIntents;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Checkout;

/// <summary><c>/v1/checkout/sessions</c>.</summary>
internal static class CheckoutSessionRoutes
{
    private const string Url = "/v1/checkout/sessions";
    private const int MostLines = 100;
    private const long MostPieces = 999_999;
    private static readonly AnsweredObject One = new("checkout.session");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync) { AnswerCutOff = PresentAsync },
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<CheckoutSessionId, CheckoutSession>(
            "checkout.session", id => call.Services.CheckoutSessions.FindAsync(call.Scope, id, call.Ct), Writer(call))),
        new("GET", Url + "/{id}/line_items", RouteAccess.Secret, new AnsweredObject("item", IsList: true), ListLinesAsync),
        new("POST", Url + "/{id}/expire", RouteAccess.Secret, One, ExpireAsync) { AnswerCutOff = PresentAsync },
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "adaptive_pricing", "after_expiration", "allow_promotion_codes", "automatic_tax", "billing_address_collection",
            "branding_settings", "consent_collection", "currency", "custom_fields", "custom_text", "customer_account",
            "customer_creation", "customer_update", "discounts", "excluded_payment_method_types", "invoice_creation",
            "name_collection", "optional_items", "origin_context", "payment_method_collection", "payment_method_configuration",
            "payment_method_data", "payment_method_options", "permissions", "phone_number_collection", "redirect_on_completion",
            "return_url", "saved_payment_method_options", "setup_intent_data", "shipping_address_collection", "shipping_options",
            "submit_type", "subscription_data", "tax_id_collection", "wallet_options");
        if (!parameters.Has("mode")) parameters.Missing<string>("mode");
        parameters.Only("mode", "payment");
        parameters.Choice("ui_mode", ("hosted", true), ("hosted_page", true));
        parameters.OnlyIn("payment_method_types", "card");
        parameters.OnlyIn("allowed_payment_method_types", "card");
        var lines = ReadLines(parameters);
        var payment = parameters.Map("payment_intent_data")?.Unsupported(
            "application_fee_amount", "metadata", "on_behalf_of", "receipt_email", "shipping",
            "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group");
        var successUrl = parameters.WebAddress("success_url") ?? parameters.Missing<Uri>("success_url");
        var session = new NewCheckoutSession(
            lines ?? [],
            payment is null ? CaptureMethod.Automatic : PaymentIntentRoutes.ReadCaptureMethod(payment, "capture_method"),
            successUrl!,
            parameters.WebAddress("cancel_url"),
            parameters.FilledText("client_reference_id", most: 200),
            CardParameters.NullIfEmpty(parameters.Email("customer_email")),
            ReadLocale(parameters),
            parameters.Map("florin")?.FilledText("connector", most: 100),
            CardParameters.NullIfEmpty(payment?.Text("description", most: 1000)),
            parameters.Metadata() ?? CardParameters.NoMetadata,
            parameters.Instant("expires_at"))
        {
            Customer = parameters.Id<CustomerId>("customer"),
            SetupFutureUsage = payment is null ? null : PaymentIntentRoutes.ReadFutureUsage(payment),
        };
        if (session is { Customer: not null, CustomerEmail: not null })
        {
            parameters.Refuse<string>("customer_email", "parameters_exclusive", "Give customer or customer_email, not both.");
        }

        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<CheckoutSession>(
            answer => call.Services.CheckoutSessions.CreateAsync(call.Request, session, answer, call.Ct), Writer(call));
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        call.Parameters.Unsupported("created", "customer", "customer_details", "payment_intent", "payment_link", "status", "subscription");
        return call.ListAsync<CheckoutSessionId, CheckoutSession>(
            Url, page => call.Services.CheckoutSessions.ListAsync(call.Scope, page, call.Ct), Writer(call));
    }

    private static async Task<StoredResponse> ListLinesAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("ending_before");
        var limit = (int)(parameters.Integer("limit", 1, 100) ?? 10);
        var after = parameters.FilledText("starting_after", most: 100);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<CheckoutSessionId>(out var id)
            || await call.Services.CheckoutSessions.FindAsync(call.Scope, id, call.Ct) is not { } session)
        {
            return call.NoSuch("checkout.session");
        }

        var first = after is null
            ? 0
            : session.Lines.Index().Where(line => PaymentJson.LineId(id, line.Index) == after).Select(line => line.Index + 1).FirstOrDefault();
        if (after is not null && first == 0)
        {
            return call.Refuse(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such item: '{SafeEcho.Text(after)}'.", "starting_after"));
        }

        return ApiCall.Ok((session, first, limit), static (writer, it) => PaymentJson.WriteLineItems(writer, it.session, it.first, it.limit));
    }

    private static async Task<StoredResponse> ExpireAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<CheckoutSessionId>(out var id)) return call.NoSuch("checkout.session");
        return await call.WriteAsync<CheckoutSession>(
            answer => call.Services.CheckoutSessions.ExpireAsync(call.Request, id, answer, call.Ct), Writer(call));
    }

    private static async Task<StoredResponse?> PresentAsync(ApiCall call, Guid subject) =>
        await call.Services.CheckoutSessions.FindAsync(call.Scope, CheckoutSessionId.From(subject), call.Ct) is { } session
            ? ApiCall.Ok(session, Writer(call))
            : null;

    private static List<CheckoutLine>? ReadLines(ParameterReader parameters)
    {
        if (parameters.Maps("line_items") is not { Count: > 0 } items)
        {
            return parameters.Has("line_items")
                ? parameters.Refuse<List<CheckoutLine>>("line_items", "parameter_invalid_empty", "line_items must name what is bought.")
                : parameters.Missing<List<CheckoutLine>>("line_items");
        }

        if (items.Count > MostLines)
        {
            return parameters.Refuse<List<CheckoutLine>>("line_items", "parameter_invalid", $"line_items has at most {MostLines} lines.");
        }

        var lines = new List<CheckoutLine>();
        foreach (var item in items)
        {
            if (ReadLine(item) is { } line) lines.Add(line);
        }

        if (lines.Count < items.Count) return null;
        if (lines.Any(line => line.UnitAmount.Currency != lines[0].UnitAmount.Currency))
        {
            return parameters.Refuse<List<CheckoutLine>>("line_items", "parameter_invalid", "All lines must be in one currency.");
        }

        return lines.Sum(line => (decimal)line.UnitAmount.Minor * line.Quantity) <= ParameterReader.LargestAmountMinor
            ? lines
            : parameters.Refuse<List<CheckoutLine>>("line_items", "amount_too_large", $"All lines together may be at most {ParameterReader.LargestAmountMinor}.");
    }

    private static CheckoutLine? ReadLine(ParameterReader item)
    {
        item.Unsupported("adjustable_quantity", "dynamic_tax_rates", "metadata", "price", "tax_rates");
        var quantity = item.Integer("quantity", 1, MostPieces) ?? 1;
        if (item.Map("price_data") is not { } price)
        {
            return item.Has("price_data") ? null : item.Missing<CheckoutLine>("price_data");
        }

        price.Unsupported("product", "recurring", "tax_behavior", "unit_amount_decimal");
        var unitAmount = price.RequiredMoney(amountName: "unit_amount");
        if (price.Map("product_data") is not { } product)
        {
            return price.Has("product_data") ? null : price.Missing<CheckoutLine>("product_data");
        }

        product.Unsupported("metadata", "tax_code", "tax_details", "unit_label");
        var name = product.RequiredText("name", most: 250);
        var description = CardParameters.NullIfEmpty(product.Text("description", most: 1000));
        var image = ReadImage(product);
        return unitAmount is { } amount && name is not null ? new CheckoutLine(name, description, image, amount, quantity) : null;
    }

    /// <summary><c>ko</c> or <c>en</c>; <c>auto</c>, like nothing, leaves it to the browser.</summary>
    private static string? ReadLocale(ParameterReader parameters)
    {
        var isGiven = parameters.Choice("locale", ("auto", false), ("ko", true), ("en", true));
        return isGiven == true ? parameters.Text("locale") : null;
    }

    private static Uri? ReadImage(ParameterReader product)
    {
        if (product.Texts("images") is not { Count: > 0 } images) return null;
        if (images.Count == 1 && Uri.TryCreate(images[0], UriKind.Absolute, out var image) && image.Scheme == Uri.UriSchemeHttps) return image;
        return product.Refuse<Uri>("images", "url_invalid", "One image can be shown; its address is absolute and begins with https.");
    }

    private static Action<Utf8JsonWriter, CheckoutSession> Writer(ApiCall call)
    {
        var address = call.Services.Address;
        return (writer, session) => PaymentJson.Write(writer, session, address);
    }
}
