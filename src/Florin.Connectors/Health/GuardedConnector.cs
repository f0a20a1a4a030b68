using Florin.Kernel;

namespace Florin.Connectors.Health;

/// <summary>A connector behind each account's circuit and its room; every call to a gateway passes here.</summary>
/// <remarks>
/// New authorizations stop at an open circuit: they may go to another gateway. What belongs to a payment that the gateway
/// has already does not, since it can go nowhere else; questions do not either, since they are how outcomes are found.
/// </remarks>
internal sealed class GuardedConnector(IConnector inner, GatewayHealth health, TimeProvider time) : IConnector
{
    private const string CircuitIsOpen = "The gateway has been failing; the circuit breaker is open.";
    private const string TooMany = "Too many calls to this gateway are waiting already.";

    private enum CallKind
    {
        Authorization,

        /// <summary>Captures, voids and the like: sent anew, for a payment that the gateway has.</summary>
        FollowUp,

        /// <summary>Carries on what was sent before, so a call that does not leave settles nothing.</summary>
        Continuation,
    }

    public string Name => inner.Name;

    public ConnectorCapabilities Capabilities => inner.Capabilities;

    public DeclineTable Declines => inner.Declines;

    public IReadOnlyList<string> CredentialNames => inner.CredentialNames;

    public Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.Authorization, account, order, static (to, order, account, deadline) => to.AuthorizeAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.Continuation, account, order, static (to, order, account, deadline) => to.ConfirmAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.FollowUp, account, order, static (to, order, account, deadline) => to.CaptureAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.FollowUp, account, order, static (to, order, account, deadline) => to.VoidAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> IncrementAsync(IncrementOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.FollowUp, account, order, static (to, order, account, deadline) => to.IncrementAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.FollowUp, account, order, static (to, order, account, deadline) => to.RefundAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> CancelRefundAsync(CancelRefundOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.Continuation, account, order, static (to, order, account, deadline) => to.CancelRefundAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.FollowUp, account, order, static (to, order, account, deadline) => to.SubmitEvidenceAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline) => CallAsync(
        CallKind.FollowUp, account, order, static (to, order, account, deadline) => to.AcceptDisputeAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline) => AskAsync(
        account, order, static (to, order, account, deadline) => to.QueryAsync(order, account, deadline), deadline);

    // Goes the way of questions: it is how an outcome is made certain, and may be repeated.
    public Task<GatewayAnswer> ReverseAsync(ReverseOrder order, ConnectorAccount account, CancellationToken deadline) => AskAsync(
        account, order, static (to, order, account, deadline) => to.ReverseAsync(order, account, deadline), deadline);

    public Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline) => AskAsync(
        account, reference, static (to, reference, account, deadline) => to.QueryDisputeAsync(reference, account, deadline), deadline);

    public Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline) => AskAsync(
        account, openedSince, static (to, since, account, deadline) => to.ListDisputesAsync(since, account, deadline), deadline);

    public Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account) => inner.ReadWebhook(webhook, account);

    private async Task<GatewayAnswer> CallAsync<TOrder>(
        CallKind kind,
        ConnectorAccount account,
        TOrder order,
        Func<IConnector, TOrder, ConnectorAccount, CancellationToken, Task<GatewayAnswer>> call,
        CancellationToken deadline)
    {
        var line = health.LineOf(account, GatewayMethods.Card);

        // Looked at before the room, so that nobody queues for a gateway that is known to be ill.
        if (kind == CallKind.Authorization && !line.MayPass()) return TurnedAway(line);
        if (!await EnterAsync(line.Payments))
        {
            health.CountShed(account.Connector, "full");
            return kind == CallKind.Continuation ? new GatewayAnswer.Unknown(TooMany) : new GatewayAnswer.NotSent(TooMany) { IsShed = true };
        }

        try
        {
            if (kind != CallKind.Authorization) return await PassAsync(line, line.Begin(), account, order, call, deadline);
            return line.TryBegin(out var pass) ? await PassAsync(line, pass, account, order, call, deadline) : TurnedAway(line);
        }
        finally
        {
            line.Payments.Leave();
        }
    }

    private async Task<GatewayAnswer> PassAsync<TOrder>(
        GatewayLine line,
        CircuitPass pass,
        ConnectorAccount account,
        TOrder order,
        Func<IConnector, TOrder, ConnectorAccount, CancellationToken, Task<GatewayAnswer>> call,
        CancellationToken deadline)
    {
        var began = time.GetTimestamp();
        var (outcome, problem) = ((CallOutcome?)CallOutcome.Unanswered, (string?)"The connector failed.");
        try
        {
            var answer = await call(inner, order, account, deadline);
            (outcome, problem) = Judge(answer);
            return answer;
        }
        finally
        {
            if (outcome is { } known) line.End(pass, known, time.GetElapsedTime(began), problem);
            else line.Forget(pass);
        }
    }

    // Questions have a lane of their own and no say about the circuit: a gateway that still answers them may well fail to
    // take payments, and one that does not know an operation yet has answered.
    private async Task<GatewayAnswer> AskAsync<TOrder>(
        ConnectorAccount account,
        TOrder order,
        Func<IConnector, TOrder, ConnectorAccount, CancellationToken, Task<GatewayAnswer>> ask,
        CancellationToken deadline)
    {
        var line = health.LineOf(account, GatewayMethods.Card);
        if (!await EnterAsync(line.Questions))
        {
            health.CountShed(account.Connector, "full");
            return new GatewayAnswer.Unknown(TooMany);
        }

        try
        {
            return await ask(inner, order, account, deadline);
        }
        finally
        {
            line.Questions.Leave();
        }
    }

    private static ValueTask<bool> EnterAsync(Lane lane) => GatewayPlace.TryHandOver(lane) ? new ValueTask<bool>(true) : lane.EnterAsync();

    private GatewayAnswer.NotSent TurnedAway(GatewayLine line)
    {
        health.CountShed(line.Connector, "circuit_open");
        return new GatewayAnswer.NotSent(CircuitIsOpen) { IsShed = true };
    }

    /// <returns>No outcome where the call says nothing about the gateway.</returns>
    private static (CallOutcome? Outcome, string? Problem) Judge(GatewayAnswer answer) => answer switch
    {
        { IsOurDelay: true } => (null, null),
        GatewayAnswer.Unknown(var reason) => (CallOutcome.Unanswered, reason),
        GatewayAnswer.NotSent(var reason) => (CallOutcome.NotSent, reason),
        GatewayAnswer.Declined => (CallOutcome.Declined, null),
        _ => (CallOutcome.Answered, null),
    };
}
