using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Payments.Routing;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.Attempts;

/// <summary>Calls gateways: our deadline, nobody else's cancellation, and never with a transaction open.</summary>
internal sealed class GatewayCalls(
    ConnectorAccounts accounts, IGatewayHealth health, PaymentsOptions options, TimeProvider time, ILogger<GatewayCalls> log)
{
    /// <summary>Asks something that may be asked at any time.</summary>
    public Task<GatewayAnswer> AskAsync(ConnectorAccount account, Func<IGatewayQuestions, CancellationToken, Task<GatewayAnswer>> ask) => CallAsync(account, ask);

    /// <summary>Whether so many questions to this account wait already that one more would only take its place among them.</summary>
    public bool HasQuestionsWaiting(ConnectorAccount account) => !health.HasRoomForQuestions(account.Id, GatewayMethods.Card);

    /// <summary>Takes room for one operation before T1, so that what finds none leaves nothing behind and may simply be asked for again.</summary>
    /// <remarks>For what belongs to a payment that the gateway has already. A new payment takes none: it may go to another gateway,
    /// and that is decided after T1.</remarks>
    /// <returns>Null where there is none.</returns>
    public ValueTask<GatewayPlace?> PlaceToSendAsync(ConnectorAccount account) => health.PlaceToSendAsync(account, GatewayMethods.Card);

    /// <summary>Takes room for one question that somebody waits for.</summary>
    /// <returns>Null where there is none.</returns>
    public ValueTask<GatewayPlace?> PlaceToAskAsync(ConnectorAccount account) => health.PlaceToAskAsync(account, GatewayMethods.Card);

    /// <summary>Sends an operation that T1 has committed, or carries one on.</summary>
    /// <remarks>A process may have stood still since then, for longer than a "never heard of it" takes to become final: the
    /// operation may be closed as never sent by now, so it must not be sent any more. That is looked at here, before there is any
    /// waiting, and again as each request leaves.</remarks>
    /// <param name="sentAt">When it was written down as sent, from which "final" is counted; or when its state was last looked at.</param>
    public async Task<GatewayAnswer> SendAsync(
        ConnectorAccount account, DateTimeOffset sentAt, Func<IConnector, CancellationToken, Task<GatewayAnswer>> send)
    {
        var limit = sentAt + options.GatewayDeadline;
        return time.GetUtcNow() >= limit
            ? new GatewayAnswer.NotSent("It could not be sent in time, and was not sent any more.") { IsOurDelay = true }
            : await SendLimit.UnderAsync(limit, () => CallAsync(account, send));
    }

    /// <summary>Asks what became of an operation; a "never heard of it" that may still be overtaken by the request itself
    /// counts as no answer.</summary>
    public async Task<GatewayAnswer> QueryAsync(ConnectorAccount account, QueryOrder order, DateTimeOffset sentAt)
    {
        var askedAt = time.GetUtcNow();
        var answer = await AskAsync(account, (connector, deadline) => connector.QueryAsync(order, account, deadline));
        return answer is GatewayAnswer.NotFound && !IsFinal(account, sentAt, askedAt)
            ? new GatewayAnswer.Unknown("The gateway has not heard of it yet.")
            : answer;
    }

    /// <summary>Whether a "never heard of it" means that it never will.</summary>
    /// <param name="askedAt">When the question left, and not when its answer was read: the gateway spoke of some moment between
    /// the two, and a process may have stood still since.</param>
    public bool IsFinal(ConnectorAccount account, DateTimeOffset sentAt, DateTimeOffset askedAt) =>
        askedAt >= sentAt + options.GatewayDeadline + accounts.ConnectorOf(account).Capabilities.NotFoundIsFinalAfter;

    private async Task<GatewayAnswer> CallAsync(ConnectorAccount account, Func<IConnector, CancellationToken, Task<GatewayAnswer>> call)
    {
        using var deadline = new CancellationTokenSource(options.GatewayDeadline, time);
        try
        {
            return await call(accounts.ConnectorOf(account), deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return new GatewayAnswer.Unknown("The gateway did not answer in time.");
        }
        catch (Exception failure)
        {
            // A fault of the connector's own: whether the request had left by then, nobody can say.
            Log.ConnectorFailed(log, account.Connector, failure);
            return new GatewayAnswer.Unknown($"The connector failed: {failure.GetType().Name}.");
        }
    }
}
