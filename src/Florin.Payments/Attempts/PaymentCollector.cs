using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Intents;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.Attempts;

/// <summary>Sends an attempt that T1 has committed to its gateway, and writes down the answer: T2.</summary>
internal sealed class PaymentCollector(
    IDatabase database,
    IVault vault,
    GatewayCalls gateways,
    AttemptSettlement settlement,
    Failover failover,
    AttemptMaker attempts,
    TimeProvider time,
    PublicAddress address)
{
    /// <inheritdoc cref="AttemptMaker.Deadline"/>
    public DateTimeOffset Deadline(DateTimeOffset sentAt) => attempts.Deadline(sentAt);

    /// <summary>Asks the gateway for the money, and where that one has clearly turned it down perhaps another.</summary>
    public async Task<Result<PaymentIntent>> SendAsync(
        AttemptStanding standing, ConnectorAccount account, EventOrigin? origin, IdempotentWrite<PaymentIntent>? answer)
    {
        // From here money may move: the deadline is ours, and the caller's token is left out on purpose.
        var begunAt = time.GetUtcNow();
        var revealed = await vault.RevealAsync(standing.Intent.Scope, standing.Method.Card.Id, CancellationToken.None);
        if (!revealed.TryGet(out var card, out var refusal))
        {
            var notSent = new GatewayAnswer.NotSent($"The card could not be opened: {refusal.Message}");
            return (await SettleAsync(standing, notSent, origin, answer, next: null)).Settled;
        }

        return await SendAsync(standing, account, card, authentication: null, begunAt, origin, answer);
    }

    /// <summary>Asks the gateway how the issuer's challenge ended.</summary>
    public async Task<Result<PaymentIntent>> ResumeAsync(AttemptStanding standing, ConnectorAccount account)
    {
        var begunAt = time.GetUtcNow();
        var attempt = standing.Attempt;
        var order = new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, attempt.Capture);
        var said = await gateways.SendAsync(account, attempt.SentAt, (connector, deadline) => connector.ConfirmAsync(order, account, deadline));

        // The authorization itself is at the gateway already, so a confirmation that was not sent, or that named nothing
        // which the gateway knows, settles nothing: that is left to a query.
        said = said switch
        {
            GatewayAnswer.NotSent notSent => new GatewayAnswer.Unknown(notSent.Reason),
            GatewayAnswer.NotFound => new GatewayAnswer.Unknown("The gateway did not know what was confirmed."),
            _ => said,
        };
        var next = await failover.NextAsync(standing, account, said, carried: null, begunAt);

        // The security code was used for the first gateway and is gone; without the card there is no going on.
        RevealedCard? card = null;
        if (next is not null) (await vault.RevealAsync(standing.Intent.Scope, standing.Method.Card.Id, CancellationToken.None)).TryGet(out card, out _);
        if (card is null) next = null;
        var (settled, isNext) = await SettleAsync(standing, said, origin: null, answer: null, next);
        return isNext
            ? await SendAsync(Onward(standing, settled.Value, next!), next!.Account, card!, next.Authentication, begunAt, origin: null, answer: null)
            : settled;
    }

    // One gateway after another: each answer is written down together with the attempt that comes next.
    private async Task<Result<PaymentIntent>> SendAsync(
        AttemptStanding standing,
        ConnectorAccount account,
        RevealedCard card,
        GatewayAuthentication? authentication,
        DateTimeOffset begunAt,
        EventOrigin? origin,
        IdempotentWrite<PaymentIntent>? answer)
    {
        while (true)
        {
            var order = OrderOf(standing, card) with { Authentication = authentication };
            var at = account;
            var said = await gateways.SendAsync(at, standing.Attempt.SentAt, (connector, deadline) => connector.AuthorizeAsync(order, at, deadline));
            var next = await failover.NextAsync(standing, at, said, authentication, begunAt);
            var (settled, isNext) = await SettleAsync(standing, said, origin, answer, next);
            if (!isNext) return settled;
            standing = Onward(standing, settled.Value, next!);
            (account, authentication) = (next!.Account, next.Authentication);
        }
    }

    private static AttemptStanding Onward(AttemptStanding before, PaymentIntent intent, Continuation next) =>
        before with { Intent = intent, Attempt = next.Attempt };

    /// <returns>What is answered, or the payment as it goes on; and whether it does.</returns>
    private Task<(Result<PaymentIntent> Settled, bool IsNext)> SettleAsync(
        AttemptStanding standing, GatewayAnswer said, EventOrigin? origin, IdempotentWrite<PaymentIntent>? answer, Continuation? next) => database.WriteAsync<(Result<PaymentIntent>, bool)>(
        async tx =>
        {
            // Where another answer came first, nothing was written, and nothing is sent elsewhere.
            var applied = await settlement.ApplyAsync(tx, standing, said, origin, next);
            if (next is not null && applied is { IsSuccess: true } onward) return (onward, true);
            var settled = applied ?? await PresentAsync(tx, standing.Intent.Id);
            if (answer is not null) await answer.FinishAsync(tx, settled);
            return (settled, false);
        },
        CancellationToken.None);

    /// <summary>What to answer where somebody else was faster: the payment as it stands.</summary>
    public static async Task<Result<PaymentIntent>> PresentAsync(ISqlReader reader, PaymentIntentId id)
    {
        var intent = await IntentStore.GetAsync(reader, id);
        return intent is { Status: PaymentIntentStatus.RequiresPaymentMethod, LastError: { } error }
            ? PaymentRefusals.Of(error, intent)
            : intent;
    }

    // The vault knows the expiry that was typed once; a saved method's may have been corrected since.
    private AuthorizeOrder OrderOf(AttemptStanding standing, RevealedCard card)
    {
        var (intent, attempt, method, _) = standing;
        return new AuthorizeOrder(
            attempt.GatewayKey,
            attempt.Amount,
            attempt.Capture,
            new GatewayCard(card.Number, method.Card.ExpiryMonth, method.Card.ExpiryYear, card.Cvc, card.HolderName),
            address.To($"return/{attempt.Id}/{attempt.ReturnToken}"),
            address.To($"gateways/{attempt.ConnectorAccount}/webhook"),
            intent.Description);
    }
}
