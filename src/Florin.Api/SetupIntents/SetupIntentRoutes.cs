using Florin.Api.PaymentIntents;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.SetupIntents;

/// <summary><c>/v1/setup_intents</c> and <c>/v1/setup_attempts</c>.</summary>
internal static class SetupIntentRoutes
{
    private const string Url = "/v1/setup_intents";
    private const string AttemptsUrl = "/v1/setup_attempts";
    private static readonly AnsweredObject One = new("setup_intent");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync) { AnswerCutOff = PresentAsync },
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.PublishableWithClientSecret, One, RetrieveAsync),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("POST", Url + "/{id}/confirm", RouteAccess.PublishableWithClientSecret, One, ConfirmAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/cancel", RouteAccess.Secret, One, CancelAsync),
        new("GET", AttemptsUrl, RouteAccess.Secret, new AnsweredObject("setup_attempt", IsList: true), ListAttemptsAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "attach_to_self", "confirmation_token", "customer_account", "excluded_payment_method_types", "flow_directions", "mandate_data",
            "on_behalf_of", "payment_method_configuration", "single_use");
        var florin = parameters.Map("florin");
        var intent = new NewSetupIntent(
            parameters.Bool("confirm") ?? false,
            ReadUsage(parameters),
            parameters.Id<CustomerId>("customer"),
            parameters.FilledText("payment_method", most: 200),
            PaymentIntentRoutes.ReadMethodData(call),
            parameters.WebAddress("return_url"),
            CardParameters.NullIfEmpty(parameters.Text("description")),
            florin?.CurrencyCode("currency"),
            florin?.FilledText("connector", most: 100),
            parameters.Metadata() ?? CardParameters.NoMetadata);
        PaymentIntentRoutes.AcceptWhatIsTheCaseAnyway(parameters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<SetupIntent>(
            answer => call.Services.SetupIntents.CreateAsync(call.Request, intent, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        call.Parameters.Unsupported("attach_to_self", "customer_account");
        var (from, before) = call.Parameters.ReadCreated();
        var filter = new SetupIntentFilter(
            call.Parameters.Id<CustomerId>("customer"), call.Parameters.Id<PaymentMethodId>("payment_method"), from, before);
        return call.ListAsync<SetupIntentId, SetupIntent>(
            Url, page => call.Services.SetupIntents.ListAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> RetrieveAsync(ApiCall call)
    {
        var clientSecret = call.Parameters.SecretText("client_secret", most: 255);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await FindAsync(call, clientSecret) is { } intent ? Show(call, intent) : call.NoSuch("setup_intent");
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "attach_to_self", "customer_account", "excluded_payment_method_types", "flow_directions", "payment_method_configuration");
        var change = new SetupIntentChange(
            parameters.FilledText("payment_method", most: 200),
            PaymentIntentRoutes.ReadMethodData(call),
            parameters.Id<CustomerId>("customer"),
            parameters.Text("description"),
            parameters.ReadMetadataChange());
        PaymentIntentRoutes.AcceptWhatIsTheCaseAnyway(parameters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<SetupIntentId>(out var id)) return call.NoSuch("setup_intent");
        return await call.WriteAsync<SetupIntent>(
            answer => call.Services.SetupIntents.UpdateAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> ConfirmAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("confirmation_token", "mandate_data");
        var confirmation = new SetupConfirmation(
            parameters.FilledText("payment_method", most: 200), PaymentIntentRoutes.ReadMethodData(call), parameters.WebAddress("return_url"));
        var clientSecret = parameters.SecretText("client_secret", most: 255);
        PaymentIntentRoutes.AcceptWhatIsTheCaseAnyway(parameters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<SetupIntentId>(out var id)) return call.NoSuch("setup_intent");
        var mustCompare = call.IsFromBrowser || clientSecret is not null;
        if (mustCompare && await FindAsync(call, clientSecret) is null) return call.NoSuch("setup_intent");
        return await call.WriteAsync<SetupIntent>(
            answer => call.Services.SetupIntents.ConfirmAsync(call.Request, id, confirmation, answer, call.Ct),
            (writer, intent) => PaymentJson.Write(writer, call.Shown(intent)));
    }

    private static async Task<StoredResponse> CancelAsync(ApiCall call)
    {
        var reason = call.Parameters.Choice(
            "cancellation_reason",
            ("abandoned", CancellationReason.Abandoned),
            ("requested_by_customer", CancellationReason.RequestedByCustomer),
            ("duplicate", CancellationReason.Duplicate));
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<SetupIntentId>(out var id)) return call.NoSuch("setup_intent");
        return await call.WriteAsync<SetupIntent>(
            answer => call.Services.SetupIntents.CancelAsync(call.Request, id, reason, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> ListAttemptsAsync(ApiCall call)
    {
        call.Parameters.Unsupported("created");
        var id = call.Parameters.Id<SetupIntentId>("setup_intent");
        if (!call.Parameters.Has("setup_intent")) call.Parameters.Missing<string>("setup_intent");
        SetupIntent? intent = null;
        return await call.ListAsync<SetupAttemptId, SetupAttempt>(
            AttemptsUrl,
            async page => (await call.Services.SetupIntents.ListAttemptsAsync(call.Scope, intent!.Id, page, call.Ct))!,
            (writer, attempt) => PaymentJson.Write(writer, attempt, intent!),
            refuse: async () =>
            {
                intent = await call.Services.SetupIntents.FindAsync(call.Scope, id!.Value, call.Ct);
                return intent is not null
                    ? null
                    : call.Refuse(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such setupintent: '{id}'", "setup_intent"));
            });
    }

    /// <summary>What a cut-off request came to: the intent as it is now, as an error when its last attempt was declined.</summary>
    private static async Task<StoredResponse?> PresentAsync(ApiCall call, Guid subject)
    {
        if (await call.Services.SetupIntents.FindAsync(call.Scope, SetupIntentId.From(subject), call.Ct) is not { } intent) return null;
        return intent is { Status: SetupIntentStatus.RequiresPaymentMethod, LastError: { } error }
            ? call.Refuse(new Refusal(RefusalKind.Declined, error.Code, error.Message, null, error.DeclineCode, intent))
            : Show(call, intent);
    }

    /// <summary>The intent of the path; from a browser, only for who holds its client secret.</summary>
    private static async Task<SetupIntent?> FindAsync(ApiCall call, Secret<string>? clientSecret)
    {
        if (!call.TryPathId<SetupIntentId>(out var id)) return null;
        return await call.Services.SetupIntents.FindAsync(call.Scope, id, call.Ct) is { } intent && call.MayReach(intent.ClientSecret, clientSecret) ? intent : null;
    }

    private static StoredResponse Show(ApiCall call, SetupIntent intent) => ApiCall.Ok(call.Shown(intent), PaymentJson.Write);

    private static FutureUsage ReadUsage(ParameterReader parameters) =>
        parameters.Choice("usage", ("off_session", FutureUsage.OffSession), ("on_session", FutureUsage.OnSession)) ?? FutureUsage.OffSession;
}
