using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Routing;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.SetupIntents;

/// <summary>Asks a card's issuer whether the card is good, by holding a small amount, and writes down the answer.</summary>
/// <remarks>
/// Gateways have no common way to ask for nothing: some want an amount of zero, some refuse it. All can hold an amount
/// and free it again, which is what <see cref="ReleaseVerification"/> does as soon as the issuer has said yes.
/// </remarks>
internal sealed class Verifier(
    IDatabase database,
    IVault vault,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    SetupSettlement settlement,
    PaymentCollector collector,
    Router router,
    RandomSource random,
    TimeProvider time,
    PublicAddress address)
{
    private const int ReturnTokenBytes = 24;

    // In currencies without a minor unit, one of them is less than some issuers will look at.
    private const long LeastMinor = 100;

    /// <summary>Chooses the first gateway account, by the merchant's rules, that can hold an amount in the currency asked for, or
    /// else in its own.</summary>
    public async Task<Result<(ConnectorAccount Account, Money Amount)>> ChooseAsync(SetupIntent intent, PaymentMethod method, SetupAttemptId attempt, CancellationToken ct)
    {
        Money? amount = intent.Currency is { } wanted ? AmountIn(wanted) : null;
        foreach (var row in await router.OrderAsync(intent, method, amount, attempt.Value, ct))
        {
            var can = accounts.ConnectorOf(row.Account).Capabilities;
            if (!can.ManualCapture || CurrencyOf(row, can, intent) is not { } currency) continue;
            return (row.Account, AmountIn(currency));
        }

        return SetupRefusals.NoConnector(intent.Connector, intent.Currency);
    }

    /// <summary>A verification about to be sent; its id is the key that the gateway knows it by.</summary>
    public SetupAttempt NewAttempt(SetupIntent intent, SetupAttemptId id, PaymentMethod method, ConnectorAccount account, Money amount)
    {
        var now = time.GetUtcNow();
        return new SetupAttempt(
            id,
            intent.Id,
            account.Id,
            account.Connector,
            method.Id,
            amount,
            AttemptState.Sent,
            GatewayReference: null,
            ChallengeUrl: null,
            ReturnToken: random.Token(ReturnTokenBytes),
            Error: null,
            Explanation: null,
            Queries: 0,
            Release: null,
            SentAt: now,
            DeadlineAt: collector.Deadline(now),
            SettledAt: null)
        {
            Card = CardFace.Of(method.Card),
        };
    }

    /// <summary>Asks the gateway; T1 is committed.</summary>
    public async Task<Result<SetupIntent>> SendAsync(
        SetupIntent intent, SetupAttempt attempt, PaymentMethod method, ConnectorAccount account, EventOrigin? origin, IdempotentWrite<SetupIntent>? answer)
    {
        // From here an amount may be held: the deadline is ours, and the caller's token is left out on purpose.
        var revealed = await vault.RevealAsync(intent.Scope, method.Card.Id, CancellationToken.None);
        var said = revealed.TryGet(out var card, out var refusal)
            ? await gateways.SendAsync(account, attempt.SentAt, (connector, deadline) => connector.AuthorizeAsync(OrderOf(intent, attempt, method, card), account, deadline))
            : new GatewayAnswer.NotSent($"The card could not be opened: {refusal.Message}");
        return await SettleAsync(attempt, said, origin, answer);
    }

    /// <summary>Asks the gateway how the issuer's challenge ended.</summary>
    public async Task<Result<SetupIntent>> ResumeAsync(SetupAttempt attempt)
    {
        var account = await AccountAsync(attempt, CancellationToken.None);
        var order = new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, Capture: false);
        var said = await gateways.SendAsync(account, attempt.SentAt, (connector, deadline) => connector.ConfirmAsync(order, account, deadline));

        // The verification itself is at the gateway already, so a confirmation that was not sent settles nothing.
        said = said switch
        {
            GatewayAnswer.NotSent notSent => new GatewayAnswer.Unknown(notSent.Reason),
            GatewayAnswer.NotFound => new GatewayAnswer.Unknown("The gateway did not know what was confirmed."),
            _ => said,
        };
        return await SettleAsync(attempt, said, origin: null, answer: null);
    }

    public async Task<ConnectorAccount> AccountAsync(SetupAttempt attempt, CancellationToken ct) =>
        (await accounts.FindAsync(attempt.ConnectorAccount, ct) ?? throw new InvalidOperationException($"The gateway account {attempt.ConnectorAccount} is gone.")).Account;

    /// <summary>What to answer where somebody else was faster: the intent as it stands.</summary>
    public static async Task<Result<SetupIntent>> PresentAsync(ISqlReader reader, SetupIntentId id)
    {
        var intent = await SetupIntentStore.GetAsync(reader, id);
        return intent is { Status: SetupIntentStatus.RequiresPaymentMethod, LastError: { } error } ? SetupRefusals.Of(error, intent) : intent;
    }

    private static Money AmountIn(Currency currency) => new(Math.Max(LeastMinor, currency.MinorPerMajor), currency);

    // A merchant who names the currency means it; an account's own list is a preference of routing.
    private static Currency? CurrencyOf(AccountRow row, ConnectorCapabilities can, SetupIntent intent)
    {
        if (intent.Currency is { } wanted)
        {
            var isTaken = can.Currencies.Count == 0 || can.Currencies.Contains(wanted.Code);
            return isTaken && (intent.Connector is not null || row.Currencies.Count == 0 || row.Currencies.Contains(wanted.Code)) ? wanted : null;
        }

        // The first of its own by the alphabet, so that the same account asks in the same currency each time.
        var own = (row.Currencies.Count > 0 ? row.Currencies : can.Currencies).Order(StringComparer.Ordinal).FirstOrDefault();
        return own is null ? Currency.Usd : Currency.Get(own);
    }

    private Task<Result<SetupIntent>> SettleAsync(
        SetupAttempt attempt, GatewayAnswer said, EventOrigin? origin, IdempotentWrite<SetupIntent>? answer) => database.WriteAsync(
        async tx =>
        {
            var settled = await settlement.ApplyAsync(tx, attempt, said, origin) ?? await PresentAsync(tx, attempt.SetupIntent);
            if (answer is not null) await answer.FinishAsync(tx, settled);
            return settled;
        },
        CancellationToken.None);

    private AuthorizeOrder OrderOf(SetupIntent intent, SetupAttempt attempt, PaymentMethod method, RevealedCard card) => new(
        attempt.GatewayKey,
        attempt.Amount,
        Capture: false,
        new GatewayCard(card.Number, method.Card.ExpiryMonth, method.Card.ExpiryYear, card.Cvc, card.HolderName),
        address.To($"return/{attempt.Id}/{attempt.ReturnToken}"),
        address.To($"gateways/{attempt.ConnectorAccount}/webhook"),
        intent.Description);
}
