using Florin.Crash.Processes;

namespace Florin.Crash;

/// <summary>What can be done to an installation while it is paid through.</summary>
internal enum Disturbance
{
    KillNode,
    RestartDatabase,
    PauseDatabase,
    CutSandbox,
    FillDisk,
}

/// <summary>Disturbs one thing after another, in an order and at moments drawn from the seed.</summary>
internal sealed class Disturbances(CrashPlan plan, Installation place, FullDisk? disk, TimeProvider time)
{
    /// <summary>How long a process is held, or a gateway silent: what was sent before it may still be carried out after it.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LongestPeace = TimeSpan.FromMilliseconds(1_500);
    private static readonly string[] FaultKinds = ["reset", "http500", "malformed"];

    private readonly Random random = new(plan.Seed);
    private readonly Dictionary<Disturbance, int> done = [];

    public IReadOnlyDictionary<Disturbance, int> Done => done;

    public async Task RunAsync()
    {
        Disturbance[] all =
        [
            .. Enumerable.Repeat(Disturbance.KillNode, plan.Kills),
            .. Enumerable.Repeat(Disturbance.RestartDatabase, plan.DatabaseRestarts),
            .. Enumerable.Repeat(Disturbance.PauseDatabase, plan.DatabasePauses),
            .. Enumerable.Repeat(Disturbance.CutSandbox, plan.SandboxCuts),
            .. Enumerable.Repeat(Disturbance.FillDisk, disk is null ? 0 : plan.DiskFills),
        ];
        random.Shuffle(all);
        foreach (var disturbance in all)
        {
            await Task.Delay(LongestPeace * random.NextDouble(), time);
            await DisturbAsync(disturbance);
            done[disturbance] = done.GetValueOrDefault(disturbance) + 1;
            Console.WriteLine($"  {time.GetUtcNow():HH:mm:ss.fff}  {done.Values.Sum()} of {all.Length}: {disturbance}");
        }
    }

    private Task DisturbAsync(Disturbance disturbance) => disturbance switch
    {
        Disturbance.KillNode => KillNodeAsync(),
        Disturbance.RestartDatabase => place.Postgres!.RestartAsync(isCrash: done.GetValueOrDefault(Disturbance.RestartDatabase) % 2 == 0),
        Disturbance.PauseDatabase => place.Postgres!.PauseAsync(Pause(), time),
        Disturbance.CutSandbox => CutSandboxAsync(),
        Disturbance.FillDisk => disk!.FillAsync(random),
    };

    private async Task KillNodeAsync()
    {
        var node = place.Nodes[random.Next(place.Nodes.Count)];
        await node.KillAsync();
        await node.StartAsync();
    }

    private async Task CutSandboxAsync()
    {
        switch (random.Next(4))
        {
            case 0:
                await place.Sandbox.PauseAsync(Pause(), time);
                break;
            case 1:
                await place.Sandbox.KillAsync();
                await Task.Delay(Pause() / 4, time);
                await place.Sandbox.StartAsync();
                break;
            case 2:
                // Silent before it acts, or after: Florin cannot tell which.
                await place.Sandbox.ControlAsync("hold", new { when = Moment(), count = 10 });
                await Task.Delay(FlorinProgram.GatewayTimeout + TimeSpan.FromSeconds(1), time);
                await place.Sandbox.ControlAsync("release", new { mode = "drop" });
                await place.Sandbox.ControlAsync("reset", new { });
                break;
            case 3:
                await place.Sandbox.ControlAsync("fault", new { when = Moment(), kind = FaultKinds[random.Next(FaultKinds.Length)], count = 20 });
                break;
        }
    }

    private string Moment() => random.Next(2) == 0 ? "before" : "after";

    private TimeSpan Pause() => LongestPause * (0.5 + (random.NextDouble() / 2));
}
