using System.Text;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;

namespace Florin.Simulation.Tests.Gateways;

/// <summary>The three gateways as one node reaches them, behind the circuit breakers that all connectors are behind.</summary>
internal sealed class SimulatedConnectors(Node node, GatewayModel model, PlantedBug bug, GatewayHealth health, TimeProvider time) : IConnectors
{
    public IReadOnlyList<IConnector> All { get; } =
        [.. SimulatedConnector.Names.Select(name => new GuardedConnector(new SimulatedConnector(name, node, model, bug), health, time))];

    public IConnector Get(string name) => All.FirstOrDefault(connector => connector.Name == name)
        ?? throw new ArgumentException($"There is no connector named '{name}'.", nameof(name));
}

/// <summary>One gateway's connector: keeps the contract of <see cref="IConnector"/> on a network that keeps none.</summary>
internal sealed class SimulatedConnector(string name, Node node, GatewayModel model, PlantedBug bug) : IConnector
{
    private const string Signature = "signature";
    private const string Genuine = "genuine";

    /// <summary>What a chargeback costs the merchant.</summary>
    public const long DisputeFeeMinor = 1_500;

    public static readonly IReadOnlyList<string> Names = ["aurora", "castellan", "hangang"];

    public string Name => name;

    public ConnectorCapabilities Capabilities { get; } = new(
        new HashSet<string>(),
        ManualCapture: true,
        PartialCapture: true,
        PartialRefund: true,
        GatewayModel.NotFoundIsFinalAfter,
        RefundsOneAtATime: name == "hangang",
        IncrementalAuthorization: name != "hangang",
        ReversalByKey: name != "aurora");

    public IReadOnlyList<string> CredentialNames => [];

    public static GatewayWebhook Webhook(string key, bool isGenuine) => new(
        new Dictionary<string, string> { [Signature] = isGenuine ? Genuine : "forged" }, Encoding.UTF8.GetBytes(key));

    public async Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var answer = await OperateAsync($"authorize {order.Key} of {order.Amount.Minor}", () => model.Authorize(name, order), deadline);
        return bug.Twist(answer);
    }

    public Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline) =>
        AskAsync($"confirm {order.Key}", () => model.Confirm(order), deadline);

    public Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline) => OperateAsync(
        $"capture {order.Key} of {order.Amount.Minor}",
        () => model.Operate(GatewayOperation.Capture, order.Key, order.AuthorizationReference, order.Amount),
        deadline);

    public Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline) => OperateAsync(
        $"void {order.Key}",
        () => model.Operate(GatewayOperation.Void, order.Key, order.AuthorizationReference, order.Authorized),
        deadline);

    public Task<GatewayAnswer> IncrementAsync(IncrementOrder order, ConnectorAccount account, CancellationToken deadline) => OperateAsync(
        $"hold {order.Amount.Minor} by {order.Key}",
        () => model.Operate(GatewayOperation.Increment, order.Key, order.AuthorizationReference, order.Amount),
        deadline);

    public Task<GatewayAnswer> ReverseAsync(ReverseOrder order, ConnectorAccount account, CancellationToken deadline) =>
        AskAsync($"reverse {order.Key}", () => model.Reverse(name, order), deadline);

    public Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline) => OperateAsync(
        $"refund {order.Key} of {order.Amount.Minor}",
        () => model.Operate(GatewayOperation.Refund, order.Key, order.CaptureReference, order.Amount),
        deadline);

    public Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline) =>
        AskAsync($"query {order.Key}", () => model.Query(order), deadline);

    public Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline) =>
        AskAsync($"query {reference}", () => model.QueryDispute(reference), deadline);

    public Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline) =>
        AskAsync("list disputes", () => model.ListDisputes(name, openedSince), deadline);

    public Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline) => OperateAsync(
        $"take evidence {order.Key} on {order.Reference}", () => model.Respond(order.Reference, order.Key, givesUp: false), deadline);

    public Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline) => OperateAsync(
        $"accept {order.Reference}, {order.Key}", () => model.Respond(order.Reference, order.Key, givesUp: true), deadline);

    public Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account) => webhook.Headers[Signature] == Genuine
        ? NoticeOf(Encoding.UTF8.GetString(webhook.Body.Span))
        : new Refusal(RefusalKind.Unauthenticated, "webhook_signature_invalid", $"The call does not carry {name}'s signature.");

    private GatewayNotice NoticeOf(string what) =>
        model.Disputes.Any(dispute => dispute.Reference == what) ? GatewayNotice.OfDispute(what) : GatewayNotice.OfOperation(what);

    private async Task<GatewayAnswer> OperateAsync(string what, Func<GatewayAnswer> act, CancellationToken deadline)
    {
        if (!model.RefusesConnection()) return await CallAsync(what, act, deadline);
        node.Note($"{name} refuses the connection: {what}");
        return new GatewayAnswer.NotSent("The gateway refused the connection.");
    }

    // Of an operation sent before: that this call did not get through says nothing about it.
    private async Task<GatewayAnswer> AskAsync(string what, Func<GatewayAnswer> act, CancellationToken deadline) => model.RefusesConnection()
        ? new GatewayAnswer.Unknown("The gateway refused the connection.")
        : await CallAsync(what, act, deadline);

    private async Task<GatewayAnswer> CallAsync(string what, Func<GatewayAnswer> act, CancellationToken deadline)
    {
        node.Note($"asks {name} to {what}");
        var answered = new TaskCompletionSource<GatewayAnswer>();
        using var overdue = deadline.Register(() => answered.TrySetResult(new GatewayAnswer.Unknown("The gateway did not answer in time.")));
        model.Send($"{name}: {what}", act, answer => answered.TrySetResult(answer));
        var answer = await answered.Task;
        await node.StepAsync(TimeSpan.Zero);
        return answer;
    }
}
