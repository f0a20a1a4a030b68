using System.Diagnostics.CodeAnalysis;
using Florin.Kernel;

namespace Florin.Connectors;

/// <summary>What every connector does the same way.</summary>
internal static class ConnectorHelp
{
    /// <summary>A credential by name. One that is absent is empty, which every gateway refuses.</summary>
    public static string Credential(this ConnectorAccount account, string name) =>
        account.Credentials.TryGetValue(name, out var secret) ? secret.Reveal() : "";

    /// <summary>A header by name, in whatever case the caller kept it.</summary>
    public static bool TryHeader(this GatewayWebhook webhook, string name, [NotNullWhen(true)] out string? value)
    {
        value = webhook.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return value is not null;
    }

    /// <summary>Says why an answer is not about what we asked; null when it is.</summary>
    public static GatewayAnswer.Unknown? Mismatch(string? key, Money? amount, string askedKey, Money askedAmount) =>
        key != askedKey ? new GatewayAnswer.Unknown("The answer names another operation.")
        : amount is null ? new GatewayAnswer.Unknown("The answer's amount cannot be read.")
        : amount.Value.Currency != askedAmount.Currency ? new GatewayAnswer.Unknown(
            $"The answer is in {amount.Value.Currency.Code}, asked was {askedAmount.Currency.Code}.")
        : amount.Value.Minor != askedAmount.Minor ? new GatewayAnswer.Unknown(
            $"The answer is for {amount.Value.Minor} minor units, asked were {askedAmount.Minor}.")
        : null;

    /// <summary>
    /// The answer to a call that asks about an operation sent before. That this call was refused or never left says
    /// nothing about the operation.
    /// </summary>
    public static GatewayAnswer AboutEarlier(this GatewayAnswer answer) => answer switch
    {
        GatewayAnswer.NotSent(var reason) => new GatewayAnswer.Unknown(reason) { IsOurDelay = answer.IsOurDelay },
        _ => answer,
    };

    /// <summary>The gateway refused the request as such, before doing anything.</summary>
    /// <param name="earlier">Whether the call is about an operation sent before: then the refusal is no news of it.</param>
    public static GatewayAnswer RefusedBeforeActing(string gatewayCode, bool earlier) => earlier
        ? new GatewayAnswer.Unknown($"The gateway refused to tell: {gatewayCode}.")
        : new GatewayAnswer.Declined(DeclineCode.ProcessingError, gatewayCode, "The gateway refused the request; nothing was done.");

    /// <summary>The gateway does not know our account or its key: nobody's card is the reason, and another gateway may take it.</summary>
    public static DeclineRule AccountRefused { get; } = new(DeclineCode.ProcessingError, DeclineClass.GatewayFault, RetryableElsewhere: true);

    /// <summary>The gateway does not understand what we asked. What is wrong is ours to mend; it is not hidden by trying elsewhere.</summary>
    public static DeclineRule RequestRefused { get; } = new(DeclineCode.ProcessingError, DeclineClass.InvalidRequest, RetryableElsewhere: false);

    public static Refusal ForgedWebhook(string gateway) => new(
        RefusalKind.Unauthenticated, "webhook_signature_invalid", $"The call does not carry {gateway}'s signature.");

    public static Refusal UnreadableWebhook(string gateway) => new(
        RefusalKind.Invalid, "webhook_unreadable", $"The call is signed by {gateway} but names no operation.");

    /// <summary>The answer to evidence or an acceptance: what the gateway says must be about our dispute and name our key.</summary>
    public static GatewayAnswer ToResponse(this GatewayAnswer answer, string key, string reference) => answer switch
    {
        GatewayAnswer.Disputed(var dispute) when dispute.Reference != reference => new GatewayAnswer.Unknown("The answer names another dispute."),
        GatewayAnswer.Disputed(var dispute) when !dispute.Responses.Contains(key) => new GatewayAnswer.Unknown("The answer does not name our response."),
        GatewayAnswer.NotFound => DisputeRefused("The gateway knows no such dispute.", "not_found"),
        _ => answer,
    };

    /// <summary>Nothing can be said to a dispute any more.</summary>
    public static GatewayAnswer.Declined DisputeRefused(string message, string gatewayCode) =>
        new(DeclineCode.NotPermitted, gatewayCode, message);
}
