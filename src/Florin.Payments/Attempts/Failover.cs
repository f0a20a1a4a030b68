using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Routing;
using Florin.Storage;

namespace Florin.Payments.Attempts;

/// <summary>Says whether a payment may be sent to another gateway after what one has just answered.</summary>
internal interface IFailoverPolicy
{
    bool MayGoElsewhere(PaymentAttempt attempt, GatewayAnswer said, DeclineTable declines);
}

/// <summary>Only after a clear no that says nothing of the card, or where nothing ever left; never where money may have moved.</summary>
internal sealed class FailoverPolicy : IFailoverPolicy
{
    public bool MayGoElsewhere(PaymentAttempt attempt, GatewayAnswer said, DeclineTable declines)
    {
        // What once had to be asked about was unknown, and may be so again: its no came late, and is left as it is.
        if (attempt.Queries > 0) return false;
        return said switch
        {
            GatewayAnswer.NotSent => !attempt.WasChallenged,

            // A buyer who passed a challenge is not asked again, so the proof of it must go along.
            GatewayAnswer.Declined declined => declines.Judge(declined).RetryableElsewhere && (!attempt.WasChallenged || declined.Authentication is not null),
            _ => false,
        };
    }
}

/// <summary>Finds the next gateway for a payment that was turned down, within the bounds of attempts and of time.</summary>
internal sealed class Failover(
    IDatabase database, IFailoverPolicy policy, ConnectorAccounts accounts, Router router, AttemptMaker attempts, IdSource ids, PaymentsOptions options, TimeProvider time)
{
    /// <param name="carried">What the buyer proved before this attempt.</param>
    /// <param name="begunAt">When the buyer pressed the button, or came back from the issuer.</param>
    public async Task<Continuation?> NextAsync(
        AttemptStanding standing, ConnectorAccount account, GatewayAnswer said, GatewayAuthentication? carried, DateTimeOffset begunAt)
    {
        var (intent, attempt, method, _) = standing;
        if (!policy.MayGoElsewhere(attempt, said, accounts.ConnectorOf(account).Declines)) return null;
        if (intent.Connector is not null || time.GetUtcNow() - begunAt > options.FailoverWithin) return null;
        var tried = await ChainAsync(attempt);
        var authentication = (said as GatewayAnswer.Declined)?.Authentication ?? carried;
        var isAuthenticated = tried.Any(each => each.WasChallenged);
        if (isAuthenticated && authentication is null) return null;
        var chain = new AttemptChain(
            ids.New<PaymentAttemptId>(intent.Scope.Shard), tried[0].Id, attempt.Id, tried.Select(each => each.ConnectorAccount).ToHashSet(), isAuthenticated);
        if (await router.ElsewhereAsync(intent, method, chain, CancellationToken.None) is not { } route) return null;
        var next = attempts.New(intent, method.Id, route) with
        {
            OffSession = attempt.OffSession,
            Follows = attempt.Id,
            ChallengePassed = isAuthenticated,
        };
        return new Continuation(next, route.Account, route.Decision, isAuthenticated ? authentication : null);
    }

    /// <summary>The attempt and those that it follows, oldest first.</summary>
    private async Task<IReadOnlyList<PaymentAttempt>> ChainAsync(PaymentAttempt last)
    {
        if (last.Follows is null) return [last];
        var stored = await database.AskAsync(async reader => await AttemptStore.OfIntentAsync(reader, last.PaymentIntent), CancellationToken.None);
        var byId = stored.ToDictionary(each => each.Id);
        var chain = new List<PaymentAttempt> { last };
        while (chain[0].Follows is { } before) chain.Insert(0, byId[before]);
        return chain;
    }
}
