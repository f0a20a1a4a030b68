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
    IdSource ids,
    RandomSource random,
    TimeProvider time,
    PaymentsOptions options,
    PublicAddress address)
{
    private const int ReturnTokenBytes = 24;

    /// <summary>An attempt about to be sent; its id is the key that the gateway knows it by.</summary>
    public PaymentAttempt NewAttempt(PaymentIntent intent, PaymentMethodId method, ConnectorAccount account)
    {
        var shard = intent.Scope.Shard;
        var now = time.GetUtcNow();
        var id = ids.New<PaymentAttemptId>(shard);
        return new PaymentAttempt(
            id,
            intent.Id,
            ids.New<ChargeId>(shard),
            account.Id,
            account.Connector,
            method,
            intent.Amount,
            Capture: intent.CaptureMethod == CaptureMethod.Automatic,
            AttemptState.Sent,
            GatewayKey: id.ToString(),
            GatewayReference: null,
            ChallengeUrl: null,
            ReturnToken: random.Token(ReturnTokenBytes),
            DeclineCode: null,
            GatewayCode: null,
            Explanation: null,
            Queries: 0,
            SentAt: now,
            DeadlineAt: Deadline(now),
            SettledAt: null);
    }

    /// <summary>When an attempt that is still "sent" must have lost its process: our deadline and time to write it down.</summary>
    public DateTimeOffset Deadline(DateTimeOffset sentAt) => sentAt + (options.GatewayDeadline * 1.5);

    /// <summary>Asks the gateway for the money.</summary>
    public async Task<Result<PaymentIntent>> SendAsync(
        AttemptStanding standing, ConnectorAccount account, EventOrigin? origin, IdempotentWrite<PaymentIntent>? answer)
    {
        // From here money may move: the deadline is ours, and the caller's token is left out on purpose.
        var (intent, attempt, method, _) = standing;
        var revealed = await vault.RevealAsync(intent.Scope, method.Card.Id, CancellationToken.None);
        var said = revealed.TryGet(out var card, out var refusal)
            ? await gateways.AskAsync(account, (connector, deadline) => connector.AuthorizeAsync(OrderOf(standing, card), account, deadline))
            : new GatewayAnswer.NotSent($"The card could not be opened: {refusal.Message}");
        return await SettleAsync(standing, said, origin, answer);
    }

    /// <summary>Asks the gateway how the issuer's challenge ended.</summary>
    public async Task<Result<PaymentIntent>> ResumeAsync(AttemptStanding standing, ConnectorAccount account)
    {
        var attempt = standing.Attempt;
        var order = new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, attempt.Capture);
        var said = await gateways.AskAsync(account, (connector, deadline) => connector.ConfirmAsync(order, account, deadline));

        // The authorization itself is at the gateway already, so a confirmation that was not sent, or that named nothing
        // which the gateway knows, settles nothing: that is left to a query.
        said = said switch
        {
            GatewayAnswer.NotSent notSent => new GatewayAnswer.Unknown(notSent.Reason),
            GatewayAnswer.NotFound => new GatewayAnswer.Unknown("The gateway did not know what was confirmed."),
            _ => said,
        };
        return await SettleAsync(standing, said, origin: null, answer: null);
    }

    private Task<Result<PaymentIntent>> SettleAsync(
        AttemptStanding standing, GatewayAnswer said, EventOrigin? origin, IdempotentWrite<PaymentIntent>? answer) => database.WriteAsync(
        async tx =>
        {
            var settled = await settlement.ApplyAsync(tx, standing, said, origin) ?? await PresentAsync(tx, standing.Intent.Id);
            if (answer is not null) await answer.FinishAsync(tx, settled);
            return settled;
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
