using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Policies;
using Florin.Simulation.Tests.Checks;
using Florin.Simulation.Tests.Clients;
using Florin.Simulation.Tests.Database;
using Florin.Simulation.Tests.Gateways;
using Florin.Simulation.Tests.Scheduling;

namespace Florin.Simulation.Tests;

/// <summary>One seed: two nodes over one database, three gateways, some clients; then quiet, and the checks.</summary>
internal sealed class World : IDisposable
{
    // One in this many seeds is on a file instead of in memory.
    private const ulong OnFileEvery = 8;

    private static readonly string[] NodeNames = ["north", "south"];

    // Longer than the schedule of queries lasts: what is not settled by then is stuck.
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromDays(12);

    private readonly Actor outside;
    private readonly Network network;
    private readonly List<Node> everyNode = [];
    private readonly Node[] nodes = new Node[NodeNames.Length];
    private readonly List<string> findings = [];
    private readonly List<Story> stories = [];
    private int lives;

    public World(ulong seed, PlantedBug bug)
    {
        Seed = seed;
        Bug = bug;
        Dice = new Dice(seed ^ 0x5EED_5EED_5EED_5EED);
        History = new History();
        Scheduler = new Scheduler(Dice.Fork(), History);
        outside = new Actor("outside", Scheduler);
        Weather = new Weather(Dice.Fork());
        Log = new SimulatedLog(what => outside.Note(what), Find);
        Engine = new SimulatedEngine(inFile: seed % OnFileEvery == 0, bug.Rewrite);
        LateSuccess = Dice.Happens(0.25) ? LateSuccessPolicy.Accept : LateSuccessPolicy.Refund;
        network = new Network(this, outside, Dice.Fork());
        Gateways = new GatewayModel(Scheduler, new Actor("gateway", Scheduler), Weather, Dice.Fork()) { Call = network.CallBack };
        Engine.JobsChanged += () =>
        {
            foreach (var node in nodes) node?.LookAtJobs();
        };
    }

    public ulong Seed { get; }

    public PlantedBug Bug { get; }

    public Dice Dice { get; }

    public History History { get; }

    public Scheduler Scheduler { get; }

    public Weather Weather { get; }

    public SimulatedLog Log { get; }

    public SimulatedEngine Engine { get; }

    public GatewayModel Gateways { get; }

    /// <summary>What the merchant wants done with money that comes after its payment was given up.</summary>
    public LateSuccessPolicy LateSuccess { get; }

    public static MerchantScope Scope => Template.Instance.Scope;

    public IReadOnlyList<Story> Stories => stories;

    /// <summary>Runs all of it.</summary>
    /// <returns>What is wrong; nothing where all is right.</returns>
    public IReadOnlyList<string> Run()
    {
        SetPolicies();
        for (var place = 0; place < nodes.Length; place++) Boot(place);
        var count = 3 + Dice.Below(4);
        for (var number = 1; number <= count; number++)
        {
            var story = new Story(this, network, outside, Dice.Fork(), $"order {number}");
            stories.Add(story);
            outside.Start(Dice.Seconds(0, 30), story.RunAsync);
        }

        while (!stories.All(story => story.IsOver)) Step();
        outside.Note("all is quiet from here on");
        Weather.BeQuiet();
        foreach (var node in everyNode) node.BeQuiet();
        var end = Scheduler.Elapsed + LongestQuiet;
        var look = TimeSpan.Zero;
        while (Scheduler.Elapsed < end)
        {
            Step();
            if (Scheduler.Elapsed < look) continue;
            look = Scheduler.Elapsed + TimeSpan.FromMinutes(1);
            if (IsSettled()) break;
        }

        findings.AddRange(Invariants.Check(this));
        foreach (var finding in findings) outside.Note($"FOUND: {finding}");
        return findings;
    }

    public Node AnyNode() => nodes[Dice.Below(nodes.Length)];

    public static ConnectorAccountId AccountOf(string gateway) => Template.Instance.Accounts[SimulatedConnector.Names.ToList().IndexOf(gateway)];

    public void Find(string finding) => findings.Add(finding);

    /// <summary>Does something that may fail as faults of the simulation make it fail; any other failure is a finding.</summary>
    /// <returns>Null where it failed.</returns>
    public async Task<Result<T>?> ExplainedAsync<T>(Node node, Func<Task<Result<T>>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception failure)
        {
            node.Note($"fails with {failure.GetType().Name}: {failure.Message}");
            if (!SimulatedLog.IsExplained(failure)) Find($"a call ended with {failure}");
            return null;
        }
    }

    /// <summary>The node dies at this very step; a new one takes its place after a while.</summary>
    public void Crash(Node node)
    {
        var place = Array.IndexOf(nodes, node);
        if (place < 0) return;
        node.Note("dies");
        node.Kill();
        Scheduler.Enqueue(outside, Dice.Seconds(0.5, 20), () => Boot(place));
    }

    /// <summary>When the next of these kinds of jobs may be claimed; null where there is none.</summary>
    public DateTimeOffset? NextJobAt(IReadOnlyList<string> kinds)
    {
        var due = Engine.Look(
            $"""
             SELECT MIN(MAX(run_at_ms, lease_until_ms)) FROM jobs WHERE state = 'queued' AND kind IN ({string.Join(", ", kinds.Select(kind => $"'{kind}'"))})
             """,
            row => row.IsNull(0) ? (long?)null : row.Int64(0))[0];
        return due is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
    }

    public void Dispose()
    {
        foreach (var node in everyNode) node.Dispose();
        Engine.Dispose();
    }

    private void Step()
    {
        if (!Scheduler.TryStep()) throw new InvalidOperationException("Nothing is left to be done, and the stories are not over.");
    }

    private void SetPolicies()
    {
        outside.Note($"late success: {LateSuccess}");
        Engine.Write(
            async tx =>
            {
                await PolicyStore.SetAsync(tx, new PaymentPolicies(Scope, LateSuccess), Scheduler.Now);
                return 0;
            },
            keep: true);
    }

    private void Boot(int place)
    {
        var node = new Node(this, NodeNames[place], ++lives);
        if (Weather.IsQuiet) node.BeQuiet();
        nodes[place] = node;
        everyNode.Add(node);
        node.Note("starts");
        node.Start();
    }

    // A dispute of which every call was lost is found out by looking for it, some time later.
    private bool IsSettled() => network.Underway == 0 && Gateways.Underway == 0 && nodes.All(node => node.IsAlive) && Engine.Look(
        $"""
        SELECT (SELECT COUNT(*) FROM payment_attempts WHERE state IN ('sent', 'unknown', 'challenge'))
             + (SELECT COUNT(*) FROM charge_operations WHERE state IN ('sent', 'unknown'))
             + (SELECT COUNT(*) FROM refunds WHERE state IN ('sent', 'unknown'))
             + (SELECT COUNT(*) FROM dispute_responses WHERE state IN ('sent', 'unknown'))
             + (SELECT {Gateways.Disputes.Count} - COUNT(*) FROM disputes)
             + (SELECT COUNT(*) FROM jobs WHERE state = 'queued' AND key <> 'regular')
        """,
        row => row.Int64(0))[0] == 0;
}
