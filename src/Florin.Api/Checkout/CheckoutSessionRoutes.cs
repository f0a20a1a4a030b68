using System.Text.Json;
using Florin.Api.Catalogue;
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
            "branding_settings", "consent_collection", "custom_fields", "custom_text", "customer_account",
            "customer_update", "discounts", "excluded_payment_method_types", "invoice_creation",
            "name_collection", "optional_items", "origin_context", "payment_method_collection", "payment_method_configuration",
            "payment_method_data", "payment_method_options", "permissions", "phone_number_collection", "redirect_on_completion",
            "return_url", "saved_payment_method_options", "shipping_address_collection", "shipping_options",
            "submit_type", "subscription_data", "tax_id_collection", "wallet_options");
        if (!parameters.Has("mode")) parameters.Missing<string>("mode");
        var mode = parameters.Choice("mode", ("payment", CheckoutMode.Payment), ("setup", CheckoutMode.Setup)) ?? CheckoutMode.Payment;
        parameters.Choice("ui_mode", ("hosted", true), ("hosted_page", true));
        parameters.OnlyIn("payment_method_types", "card");
        parameters.OnlyIn("allowed_payment_method_types", "card");
        var lines = mode == CheckoutMode.Setup ? [] : ReadLines(parameters);
        if (mode == CheckoutMode.Setup) RefuseWhatIsPaid(parameters);
        else parameters.Unsupported("currency", "setup_intent_data");
        var setup = mode == CheckoutMode.Setup ? parameters.Map("setup_intent_data")?.Unsupported("metadata", "on_behalf_of") : null;
        var payment = mode == CheckoutMode.Setup ? null : parameters.Map("payment_intent_data")?.Unsupported(
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
            CardParameters.NullIfEmpty((payment ?? setup)?.Text("description", most: 1000)),
            parameters.Metadata() ?? CardParameters.NoMetadata,
            parameters.Instant("expires_at"))
        {
            Customer = parameters.Id<CustomerId>("customer"),
            SetupFutureUsage = payment is null ? null : PaymentIntentRoutes.ReadFutureUsage(payment),
            Mode = mode,
            MakesCustomer = parameters.Choice("customer_creation", ("always", true), ("if_required", false)) ?? false,
            Currency = mode == CheckoutMode.Setup ? parameters.CurrencyCode("currency") : null,
        };
        if (session is { Customer: not null, MakesCustomer: true })
        {
            parameters.Refuse<string>("customer_creation", "parameters_exclusive", "Give customer, or have one made; not both.");
        }

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
        var parameters = call.Parameters.Unsupported("customer_account", "payment_link", "subscription");
        var (from, before) = parameters.ReadCreated();
        var filter = new CheckoutSessionFilter(
            parameters.Id<CustomerId>("customer"),
            parameters.Id<PaymentIntentId>("payment_intent"),
            parameters.Choice("status", ("open", CheckoutStatus.Open), ("complete", CheckoutStatus.Complete), ("expired", CheckoutStatus.Expired)),
            parameters.Map("customer_details")?.FilledText("email", most: 254),
            from,
            before);
        return call.ListAsync<CheckoutSessionId, CheckoutSession>(
            Url, page => call.Services.CheckoutSessions.ListAsync(call.Scope, filter, page, call.Ct), Writer(call));
    }

    private static async Task<StoredResponse> ListLinesAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var limit = (int)(parameters.Integer("limit", 1, 100) ?? 10);
        var (after, before) = (parameters.FilledText("starting_after", most: 100), parameters.FilledText("ending_before", most: 100));
        if (after is not null && before is not null)
        {
            parameters.Refuse<string>("ending_before", "parameters_exclusive", "Give starting_after or ending_before, not both.");
        }

        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<CheckoutSessionId>(out var id)
            || await call.Services.CheckoutSessions.FindAsync(call.Scope, id, call.Ct) is not { } session)
        {
            return call.NoSuch("checkout.session");
        }

        var cursor = session.Lines.Index().Where(line => PaymentJson.LineId(id, line.Index) == (after ?? before)).Select(line => (int?)line.Index).FirstOrDefault();
        if ((after ?? before) is { } named && cursor is null)
        {
            var param = after is null ? "ending_before" : "starting_after";
            return call.Refuse(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such item: '{SafeEcho.Text(named)}'.", param));
        }

        var (first, count, hasMore) = Cut(session.Lines.Count, limit, after is null ? null : cursor, before is null ? null : cursor);
        var prices = await LinePrices.OfAsync(call.Services.Catalogue, session, call.Ct);
        return ApiCall.Ok(
            (session, first, count, hasMore, prices),
            static (writer, it) => PaymentJson.WriteLineItems(writer, it.session, it.first, it.count, it.hasMore, it.prices));
    }

    // Lines are shown in the merchant's order, so what comes before a line was named earlier.
    private static (int First, int Count, bool HasMore) Cut(int lines, int limit, int? after, int? before)
    {
        if (before is { } end)
        {
            var start = Math.Max(0, end - limit);
            return (start, end - start, start > 0);
        }

        var first = after is { } last ? last + 1 : 0;
        return (first, limit, first + limit < lines);
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

    private static void RefuseWhatIsPaid(ParameterReader parameters)
    {
        foreach (var name in new[] { "line_items", "payment_intent_data" })
        {
            if (parameters.Has(name)) parameters.Refuse<string>(name, "parameter_invalid", $"Nothing is paid in setup mode, so {name} cannot be given.");
        }
    }

    private static List<WantedLine>? ReadLines(ParameterReader parameters)
    {
        if (parameters.Maps("line_items") is not { Count: > 0 } items)
        {
            return parameters.Has("line_items")
                ? parameters.Refuse<List<WantedLine>>("line_items", "parameter_invalid_empty", "line_items must name what is bought.")
                : parameters.Missing<List<WantedLine>>("line_items");
        }

        if (items.Count > MostLines)
        {
            return parameters.Refuse<List<WantedLine>>("line_items", "parameter_invalid", $"line_items has at most {MostLines} lines.");
        }

        var lines = new List<WantedLine>();
        foreach (var item in items)
        {
            if (ReadLine(item) is { } line) lines.Add(line);
        }

        return lines.Count < items.Count ? null : lines;
    }

    private static WantedLine? ReadLine(ParameterReader item)
    {
        item.Unsupported("adjustable_quantity", "dynamic_tax_rates", "metadata", "tax_rates");
        var quantity = item.Integer("quantity", 1, MostPieces) ?? 1;
        var price = item.Id<PriceId>("price");
        if (item.Has("price"))
        {
            if (item.Has("price_data")) item.Refuse<string>("price_data", "parameters_exclusive", "Give price or price_data, not both.");
            return price is null ? null : new WantedLine(price, Inline: null, quantity);
        }

        if (item.Map("price_data") is not { } data) return item.Has("price_data") ? null : item.Missing<WantedLine>("price_data");
        return ReadInline(data) is { } inline ? new WantedLine(Price: null, inline, quantity) : null;
    }

    private static InlinePrice? ReadInline(ParameterReader data)
    {
        var terms = data.ReadPriceTerms(recurs: false);
        var product = data.Id<ProductId>("product");
        if (data.Has("product"))
        {
            if (data.Has("product_data")) data.Refuse<string>("product_data", "parameters_exclusive", "Give product or product_data, not both.");
            return terms is null || product is null ? null : new InlinePrice(product, NewProduct: null, terms.UnitAmount, terms.TaxBehavior);
        }

        if (data.Map("product_data") is not { } described) return data.Has("product_data") ? null : data.Missing<InlinePrice>("product_data");
        return described.ReadProductData() is { } made && terms is not null
            ? new InlinePrice(Product: null, made, terms.UnitAmount, terms.TaxBehavior)
            : null;
    }

    /// <summary><c>ko</c> or <c>en</c>; <c>auto</c>, like nothing, leaves it to the browser.</summary>
    private static string? ReadLocale(ParameterReader parameters)
    {
        var isGiven = parameters.Choice("locale", ("auto", false), ("ko", true), ("en", true));
        return isGiven == true ? parameters.Text("locale") : null;
    }

    private static Action<Utf8JsonWriter, CheckoutSession> Writer(ApiCall call)
    {
        var address = call.Services.Address;
        return (writer, session) => PaymentJson.Write(writer, session, address);
    }
}
