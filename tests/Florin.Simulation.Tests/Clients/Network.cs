using Florin.Kernel;
using Florin.Payments;
using Florin.Simulation.Tests.Gateways;
using Florin.Simulation.Tests.Scheduling;

namespace Florin.Simulation.Tests.Clients;

/// <summary>Carries calls of clients, buyers and gateways to a node, and the answers back, or not.</summary>
internal sealed class Network(World world, Actor outside, Dice dice)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How many calls from outside are not over yet.</summary>
    public int Underway { get; private set; }

    /// <summary>Sends a request to one of the nodes.</summary>
    /// <returns>The answer, or null where none came.</returns>
    public async Task<Answer?> SendAsync(string who, string what, Func<FrontDoor, CancellationToken, Task<Answer>> ask)
    {
        Underway++;
        var node = world.AnyNode();
        var answered = new TaskCompletionSource<Answer?>();
        outside.Note($"{who} asks {node.Name} to {what}");
        world.Scheduler.Enqueue(outside, Patience, () => answered.TrySetResult(null));
        Begin(node, async ct =>
        {
            var answer = await ServeAsync(node, what, ask, ct);
            if (world.Weather.Happens(world.Weather.LosesClientAnswers)) return;
            world.Scheduler.Enqueue(outside, dice.Seconds(0.001, 0.05), () => answered.TrySetResult(answer));
        });
        var heard = await answered.Task;
        outside.Note(heard is null ? $"{who} hears nothing of: {what}" : $"{who} hears {heard} of: {what}");
        Underway--;
        return heard;
    }

    /// <summary>A gateway calls us; what comes of it is no business of its.</summary>
    public void CallBack(string gateway, string key, bool isGenuine)
    {
        var node = world.AnyNode();
        outside.Note($"{gateway} calls {node.Name} about {key}{(isGenuine ? "" : ", or somebody in its name")}");
        Begin(node, async ct =>
        {
            var received = await world.ExplainedAsync(node, () => node.Payments.ReceiveWebhookAsync(
                World.AccountOf(gateway), SimulatedConnector.Webhook(key, isGenuine), ct));
            if (!isGenuine && received is { IsSuccess: true }) world.Find($"a forged call about {key} was heeded");
        });
    }

    /// <summary>The buyer's browser comes back from the issuer.</summary>
    public void ComeBack(BookedPayment payment)
    {
        if (payment.ReturnUrl is not { } address) return;
        var node = world.AnyNode();
        var parts = address.AbsolutePath.Split('/');
        outside.Note($"the buyer of {payment.Key} comes back to {node.Name}");
        Begin(node, ct => world.ExplainedAsync(node, () => node.Payments.ResumeAfterChallengeAsync(Ids.Parse<PaymentAttemptId>(parts[^2]), parts[^1], ct)));
    }

    private void Begin(Node node, Func<CancellationToken, Task> serve)
    {
        var hangUp = new CancellationTokenSource();
        if (world.Weather.Happens(world.Weather.Hangs)) world.Scheduler.Enqueue(node.Actor, dice.Seconds(0, 5), hangUp.Cancel);
        node.Actor.Start(dice.Seconds(0.001, 0.05), () => serve(hangUp.Token));
    }

    private async Task<Answer?> ServeAsync(Node node, string what, Func<FrontDoor, CancellationToken, Task<Answer>> ask, CancellationToken ct)
    {
        var answer = await world.ExplainedAsync(node, async () => (Result<Answer>)await ask(new FrontDoor(node), ct));
        if (answer is null) node.Note($"answers 500 to: {what}");
        return answer?.Value;
    }
}
