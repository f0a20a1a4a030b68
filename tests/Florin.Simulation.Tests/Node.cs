using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Payments;
using Florin.Simulation.Tests.Database;
using Florin.Simulation.Tests.Gateways;
using Florin.Simulation.Tests.Scheduling;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;
using Florin.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Florin.Simulation.Tests;

/// <summary>One process of Florin: the real modules, composed as the host composes them, on a clock, ids, a database and
/// gateways of the simulation's.</summary>
/// <remarks>What it remembers dies with it: after a crash there is a new node of the same name on the same database.</remarks>
internal sealed class Node : IDisposable
{
    // Work that has nothing to do with a payment, and would only cost each seed its time.
    private static readonly HashSet<string> LeftOut =
    [
        "idempotency.expire", "events.expire", "merchants.expire_requests", "vault.rewrap", "ledger.make_blocks", "ledger.lapse_hold",
        "payments.outcome_bulk", "payments.sweep_setups",
        "payments.settle_setup", "payments.release_verification", "test_clock.follow", "test_clock.delete",
    ];

    // Where nobody disputes, there is nothing to look for every few seconds.
    private static readonly HashSet<string> AboutDisputes = ["payments.look_for_disputes", "payments.sweep_dispute_responses", "payments.dispute"];

    private const string ExpiresSessions = "checkout.expire";

    private const int MostInVain = 12;

    private static readonly TimeSpan LongestNap = TimeSpan.FromDays(30);

    private readonly World world;
    private readonly Actor actor;
    private readonly ServiceProvider services;
    private readonly JobWorker worker;
    private TaskCompletionSource? nap;
    private int requests;

    public Node(World world, string name, int life)
    {
        this.world = world;
        actor = new Actor($"{name}.{life}", world.Scheduler);
        var bytes = new SeededBytes(world.Dice.Fork());
        services = Compose(new SimulatedTime(world.Scheduler, actor), bytes, world.Log, added =>
        {
            added.AddSingleton<IDatabase>(new SimulatedDatabase(this, world.Engine, world.Weather));
            added.AddSingleton<IConnectors>(provider => new SimulatedConnectors(
                this, world.Gateways, world.Bug, provider.GetRequiredService<GatewayHealth>(), provider.GetRequiredService<TimeProvider>()));
            world.Bug.Replace(added);
        });
        Payments = services.GetRequiredService<IPayments>();
        Sessions = services.GetRequiredService<ICheckoutSessions>();
        Disputes = services.GetRequiredService<IDisputes>();
        UnknownOutcomes = services.GetRequiredService<IUnknownOutcomes>();
        Idempotency = services.GetRequiredService<IIdempotency>();
        Options = services.GetRequiredService<PaymentsOptions>();

        // Disputes are decided within hours here, so they are looked after more often than where that takes months. What is said to
        // them is swept for like all else, which makes twice the work of it; so each is done half as often.
        if (world.Weather.Disputes > 0) Options.SweepEvery *= 2;
        Options.LookForDisputesEvery = TimeSpan.FromMinutes(10);
        Options.AskAboutDisputesEvery = TimeSpan.FromMinutes(20);
        var handlers = services.GetServices<IJobHandler>().Where(handler => Does(handler.Kind)).ToList();
        WorkKinds = [.. handlers.Select(handler => handler.Kind)];
        worker = new JobWorker(
            services.GetRequiredService<IDatabase>(),
            services.GetRequiredService<JobStore>(),
            handlers,
            services.GetRequiredService<JobWakeUp>(),
            services.GetRequiredService<TimeProvider>(),
            bytes,
            services.GetRequiredService<ILogger<JobWorker>>());
    }

    public string Name => actor.Name;

    public bool IsAlive => actor.IsAlive;

    public Actor Actor => actor;

    public IPayments Payments { get; }

    public ICheckoutSessions Sessions { get; }

    public IDisputes Disputes { get; }

    public IUnknownOutcomes UnknownOutcomes { get; }

    public IIdempotency Idempotency { get; }

    public PaymentsOptions Options { get; }

    public string NewRequestId() => $"req_{Name}_{++requests}";

    /// <summary>A request failed here and will not be finished: its key is given up a moment later, if the database is there then.</summary>
    public void GiveUp(IdempotencyKey key)
    {
        Idempotency.GiveUp(key);
        actor.Start(TimeSpan.FromSeconds(1), () => SafelyAsync(() => services.GetRequiredService<GivenUpKeys>().EndAsync(CancellationToken.None)));
    }

    /// <summary>The kinds of jobs that this node does.</summary>
    public IReadOnlyList<string> WorkKinds { get; }

    /// <summary>All modules of the payment core; where <paramref name="file"/> is given, on a plain database there.</summary>
    public static ServiceProvider Compose(TimeProvider time, RandomSource bytes, SimulatedLog log, Action<IServiceCollection> replace, string? file = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(log);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(time);
        services.AddSingleton(bytes);
        services.AddStorage(new DatabaseUrl($"sqlite:{file ?? ":memory:"}"));
        services.AddSingleton(Template.Keys.Ring);
        services.AddSingleton(new PublicAddress(new Uri("https://shop.example/")));
        services.AddVault(Template.Keys);
        services.AddMerchants();
        services.AddLedger();
        services.AddEvents();
        services.AddConnectors();
        services.AddPayments(new PaymentsOptions());
        replace(services);
        return services.BuildServiceProvider();
    }

    /// <summary>Begins to work: regular jobs are enqueued, and due ones are taken, until it dies.</summary>
    public void Start() => actor.Start(TimeSpan.Zero, async () =>
    {
        await SafelyAsync(() => worker.ScheduleRegularJobsAsync(CancellationToken.None));
        var inVain = 0;
        while (true)
        {
            await NapAsync(inVain);
            var claimed = 0;
            await SafelyAsync(async () => claimed = await worker.ClaimDueAsync(CancellationToken.None));
            inVain = claimed == 0 ? Math.Min(inVain + 1, MostInVain) : 0;
        }
    });

    /// <summary>Faults have stopped: what is still to be found out may take days, and is swept for less often meanwhile.</summary>
    public void BeQuiet()
    {
        Options.SweepEvery = TimeSpan.FromMinutes(5);
        Options.LookForDisputesEvery = TimeSpan.FromHours(1);
        Options.AskAboutDisputesEvery = TimeSpan.FromHours(1);
    }

    /// <summary>Something was enqueued, or an operator looks: there may be work earlier than this node thinks.</summary>
    public void LookAtJobs() => nap?.TrySetResult();

    /// <summary>One step of this node's: it takes its time, and may be its last.</summary>
    public Task StepAsync(TimeSpan duration)
    {
        if (world.Weather.IsCrash())
        {
            world.Crash(this);
            return new TaskCompletionSource().Task;
        }

        if (world.Weather.StandsStillFor() is { } standstill)
        {
            Note($"stands still for {standstill.TotalSeconds:F1} s");
            actor.StandStill(standstill);
        }

        return actor.DelayAsync(duration);
    }

    public void Note(string what) => actor.Note(what);

    public void Kill() => actor.Kill();

    public void Dispose() => services.Dispose();

    private bool Does(string kind) =>
        !LeftOut.Contains(kind) && !world.Bug.LacksJob(kind)
        && (world.Weather.Disputes > 0 || !AboutDisputes.Contains(kind))
        && (world.Weather.Sessions > 0 || kind != ExpiresSessions);

    // As the worker's own loop does: the database may be away for a moment.
    private async Task SafelyAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (DatabaseException failure)
        {
            Note($"the worker could not look for jobs: {failure.Message}");
            await actor.DelayAsync(TimeSpan.FromSeconds(1));
        }
    }

    // Until a job is due. The worker itself looks every half second, which would be most of what a simulation does. A job
    // that is due and not to be had is looked for again later and later.
    private async Task NapAsync(int inVain)
    {
        if (inVain > 0) await actor.DelayAsync(world.Dice.Seconds(0.05, 0.5 * (1 << inVain)));
        while (true)
        {
            var due = (world.NextJobAt(WorkKinds) ?? DateTimeOffset.MaxValue) - world.Scheduler.Now;
            if (due <= TimeSpan.Zero) return;
            var wake = nap = new TaskCompletionSource();
            if (due < LongestNap) world.Scheduler.Enqueue(actor, due + world.Dice.Seconds(0, 0.5), () => wake.TrySetResult());
            await wake.Task;
        }
    }
}
