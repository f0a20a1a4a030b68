using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.PaymentIntents;

/// <summary><c>/v1/payment_intents</c>.</summary>
internal static class PaymentIntentRoutes
{
    private const string Url = "/v1/payment_intents";
    private static readonly AnsweredObject One = new("payment_intent");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync) { AnswerCutOff = PresentAsync },
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.PublishableWithClientSecret, One, RetrieveAsync),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/confirm", RouteAccess.PublishableWithClientSecret, One, ConfirmAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/capture", RouteAccess.Secret, One, CaptureAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/increment_authorization", RouteAccess.Secret, One, IncrementAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/cancel", RouteAccess.Secret, One, CancelAsync) { AnswerCutOff = PresentAsync },
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "amount_details", "application_fee_amount", "confirmation_token", "customer_account",
            "error_on_requires_action", "excluded_payment_method_types", "hooks", "mandate", "mandate_data",
            "on_behalf_of", "payment_details", "payment_method_configuration", "radar_options",
            "statement_descriptor_suffix", "transfer_data", "transfer_group", "source");
        var amount = parameters.RequiredMoney();
        var intent = new NewPaymentIntent(
            amount ?? default,
            ReadCaptureMethod(parameters, "capture_method"),
            parameters.Bool("confirm") ?? false,
            parameters.FilledText("payment_method", most: 200),
            ReadMethodData(call),
            parameters.WebAddress("return_url"),
            CardParameters.NullIfEmpty(parameters.Text("description")),
            CardParameters.NullIfEmpty(parameters.Text("statement_descriptor", most: 22)),
            CardParameters.NullIfEmpty(parameters.Email("receipt_email")),
            ReadConnector(parameters),
            parameters.Metadata() ?? CardParameters.NoMetadata)
        {
            Customer = parameters.Id<CustomerId>("customer"),
            SetupFutureUsage = ReadFutureUsage(parameters),
            OffSession = ReadOffSession(call),
            Shipping = parameters.ReadShippingChange()?.To,
        };
        if (intent.OffSession && !intent.Confirm)
        {
            parameters.Refuse<string>("off_session", "parameter_invalid", "off_session can be given only with confirm=true.");
        }

        AcceptWhatIsTheCaseAnyway(parameters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<PaymentIntent>(
            answer => call.Services.Payments.CreateAsync(call.Request, intent, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        call.Parameters.Unsupported("customer_account");
        var (from, before) = call.Parameters.ReadCreated();
        var filter = new PaymentIntentFilter(CreatedFrom: from, CreatedBefore: before) { Customer = call.Parameters.Id<CustomerId>("customer") };
        return call.ListAsync<PaymentIntentId, PaymentIntent>(
            Url, page => call.Services.Payments.ListAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> RetrieveAsync(ApiCall call)
    {
        var clientSecret = call.Parameters.SecretText("client_secret", most: 255);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await FindAsync(call, clientSecret) is { } intent ? Show(call, intent) : call.NoSuch("payment_intent");
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "amount_details", "application_fee_amount", "capture_method", "payment_method_configuration",
            "payment_method_data", "statement_descriptor_suffix", "transfer_data", "transfer_group");
        var amountMinor = parameters.AmountMinor("amount");
        var currency = parameters.CurrencyCode("currency");
        var (description, descriptor) = (parameters.Text("description"), parameters.Text("statement_descriptor", most: 22));
        var (email, method) = (parameters.Email("receipt_email"), parameters.FilledText("payment_method", most: 200));
        var metadata = parameters.ReadMetadataChange();
        var shipping = parameters.ReadShippingChange();
        var customer = parameters.Id<CustomerId>("customer");
        var usage = parameters.IsCleared("setup_future_usage") ? new FutureUsageChange(null)
            : ReadFutureUsage(parameters) is { } wanted ? new FutureUsageChange(wanted)
            : null;
        parameters.OnlyIn("payment_method_types", "card");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentIntentId>(out var id)) return call.NoSuch("payment_intent");

        Money? amount = null;
        if (amountMinor is not null || currency is not null)
        {
            // Either of the two may be changed alone; the other stays what it is.
            if (await call.Services.Payments.FindAsync(call.Scope, id, call.Ct) is not { } present) return call.NoSuch("payment_intent");
            amount = new Money(amountMinor ?? present.Amount.Minor, currency ?? present.Amount.Currency);
        }

        var change = new PaymentIntentChange(amount, method, description, descriptor, email, metadata) { Customer = customer, SetupFutureUsage = usage, Shipping = shipping };
        return await call.WriteAsync<PaymentIntent>(
            answer => call.Services.Payments.UpdateAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> ConfirmAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "amount_details", "capture_method", "confirmation_token", "error_on_requires_action", "mandate", "mandate_data",
            "radar_options", "receipt_email", "shipping");
        var confirmation = new Confirmation(
            parameters.FilledText("payment_method", most: 200), ReadMethodData(call), parameters.WebAddress("return_url"))
        {
            SetupFutureUsage = ReadFutureUsage(parameters),
            OffSession = ReadOffSession(call),
        };
        var clientSecret = parameters.SecretText("client_secret", most: 255);
        AcceptWhatIsTheCaseAnyway(parameters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentIntentId>(out var id)) return call.NoSuch("payment_intent");
        var mustCompare = call.IsFromBrowser || clientSecret is not null;
        if (mustCompare && await FindAsync(call, clientSecret) is null) return call.NoSuch("payment_intent");
        return await call.WriteAsync<PaymentIntent>(
            answer => call.Services.Payments.ConfirmAsync(call.Request, id, confirmation, answer, call.Ct),
            (writer, intent) => PaymentJson.Write(writer, call.Shown(intent)));
    }

    private static async Task<StoredResponse> CaptureAsync(ApiCall call)
    {
        var amountMinor = call.Parameters.AmountMinor("amount_to_capture");
        call.Parameters.Unsupported(
            "amount_details", "application_fee_amount", "final_capture", "hooks", "metadata", "payment_details",
            "statement_descriptor", "statement_descriptor_suffix", "transfer_data");
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentIntentId>(out var id)) return call.NoSuch("payment_intent");
        return await call.WriteAsync<PaymentIntent>(
            answer => call.Services.Payments.CaptureAsync(call.Request, id, amountMinor, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> IncrementAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "amount_details", "application_fee_amount", "description", "hooks", "metadata", "payment_details", "statement_descriptor", "transfer_data");
        var amountMinor = parameters.AmountMinor("amount");
        if (!parameters.Has("amount")) parameters.Missing<string>("amount");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentIntentId>(out var id)) return call.NoSuch("payment_intent");
        return await call.WriteAsync<PaymentIntent>(
            answer => call.Services.Payments.IncrementAsync(call.Request, id, amountMinor!.Value, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> CancelAsync(ApiCall call)
    {
        // `expired` is ours to say: it is what happens to an intent whose checkout session lapsed.
        var reason = call.Parameters.Choice(
            "cancellation_reason",
            ("duplicate", CancellationReason.Duplicate),
            ("fraudulent", CancellationReason.Fraudulent),
            ("requested_by_customer", CancellationReason.RequestedByCustomer),
            ("abandoned", CancellationReason.Abandoned));
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentIntentId>(out var id)) return call.NoSuch("payment_intent");
        return await call.WriteAsync<PaymentIntent>(
            answer => call.Services.Payments.CancelAsync(call.Request, id, reason, answer, call.Ct), PaymentJson.Write);
    }

    /// <summary>What a cut-off request came to: the intent as it is now, as an error when its last attempt was declined.</summary>
    private static async Task<StoredResponse?> PresentAsync(ApiCall call, Guid subject)
    {
        if (await call.Services.Payments.FindAsync(call.Scope, PaymentIntentId.From(subject), call.Ct) is not { } intent) return null;
        return intent is { Status: PaymentIntentStatus.RequiresPaymentMethod, LastError: { } error }
            ? call.Refuse(new Refusal(RefusalKind.Declined, error.Code, error.Message, null, error.DeclineCode, intent))
            : Show(call, intent);
    }

    /// <summary>The intent of the path; from a browser, only for who holds its client secret.</summary>
    private static async Task<PaymentIntent?> FindAsync(ApiCall call, Secret<string>? clientSecret)
    {
        if (!call.TryPathId<PaymentIntentId>(out var id)) return null;
        return await call.Services.Payments.FindAsync(call.Scope, id, call.Ct) is { } intent && call.MayReach(intent.ClientSecret, clientSecret) ? intent : null;
    }

    private static StoredResponse Show(ApiCall call, PaymentIntent intent) => ApiCall.Ok(call.Shown(intent), PaymentJson.Write);

    internal static NewPaymentMethod? ReadMethodData(ApiCall call)
    {
        var parameters = call.Parameters;
        if (parameters.Map("payment_method_data") is not { } data) return null;
        if (parameters.Has("payment_method"))
        {
            return parameters.Refuse<NewPaymentMethod>(
                "payment_method_data", "parameters_exclusive", "Give payment_method or payment_method_data, not both.");
        }

        var method = data.ReadPaymentMethod();
        return method?.Card is not null && call.Scope.IsLive
            ? parameters.Refuse<NewPaymentMethod>(
                "payment_method_data][card", "publishable_key_required", "In live mode a card comes from the buyer's browser, as a token or a payment method.")
            : method;
    }

    private static string? ReadConnector(ParameterReader parameters) => parameters.Map("florin")?.FilledText("connector", most: 100);

    internal static FutureUsage? ReadFutureUsage(ParameterReader parameters) => parameters.Choice(
        "setup_future_usage", ("off_session", FutureUsage.OffSession), ("on_session", FutureUsage.OnSession));

    /// <summary>Whether the buyer is not there; a browser, at which the buyer sits, cannot say so.</summary>
    private static bool ReadOffSession(ApiCall call)
    {
        var isOffSession = call.Parameters.Bool("off_session") ?? false;
        if (isOffSession && call.IsFromBrowser)
        {
            call.Parameters.Refuse<string>("off_session", "secret_key_required", "Only a secret key can pay while the buyer is not there.");
        }

        return isOffSession;
    }

    internal static CaptureMethod ReadCaptureMethod(ParameterReader parameters, string name) =>
        parameters.Choice(
            name,
            ("automatic", CaptureMethod.Automatic),
            ("automatic_async", CaptureMethod.Automatic),
            ("manual", CaptureMethod.Manual)) ?? CaptureMethod.Automatic;

    /// <summary>Parameters that tutorials send and that have one value here, which is what Florin does.</summary>
    internal static void AcceptWhatIsTheCaseAnyway(ParameterReader parameters)
    {
        parameters.OnlyIn("payment_method_types", "card");
        parameters.OnlyIn("allowed_payment_method_types", "card");
        parameters.Only("confirmation_method", "automatic");
        parameters.Only("use_stripe_sdk", "false");
        if (parameters.Map("automatic_payment_methods") is { } automatic)
        {
            automatic.Only("enabled", "true");
            automatic.Choice("allow_redirects", ("always", true), ("never", false));
        }

        var card = parameters.Map("payment_method_options")?.Map("card");
        card?.Only("request_three_d_secure", "automatic");

        // Whether a hold can be raised is a matter of the gateway, and never of asking beforehand.
        card?.Only("request_incremental_authorization", "if_available");
    }
}
