namespace Florin.Simulation.Tests.Scheduling;

/// <summary>Runs everything that a simulation does, one step after another on one thread, in an order that the seed decides.</summary>
/// <remarks>Nothing waits: where all wait for a time, the clock jumps to it. Of what is due at the same instant the dice choose.</remarks>
internal sealed class Scheduler(Dice dice, History history)
{
    public static readonly DateTimeOffset Epoch = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    // What is ready at once still takes a moment, of a length that lets others come between.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMicroseconds(50);

    private readonly PriorityQueue<Step, (long At, ulong Draw, long Number)> steps = new();
    private long now;
    private long number;

    public DateTimeOffset Now => Epoch.AddTicks(now);

    public TimeSpan Elapsed => TimeSpan.FromTicks(now);

    /// <summary>How many steps were taken so far.</summary>
    public long Taken { get; private set; }

    public History History => history;

    /// <summary>Does something as soon as it may be done.</summary>
    public void Enqueue(Actor actor, SendOrPostCallback action, object? state) =>
        Enqueue(actor, TimeSpan.FromTicks(dice.Between(0, LongestTurn.Ticks)), action, state);

    public void Enqueue(Actor actor, TimeSpan delay, SendOrPostCallback action, object? state)
    {
        steps.Enqueue(new Step(actor, action, state), (now + Math.Max(delay.Ticks, 0), dice.Next(), number++));
    }

    public void Enqueue(Actor actor, TimeSpan delay, Action action) => Enqueue(actor, delay, static state => ((Action)state!)(), action);

    /// <summary>Takes the next step.</summary>
    /// <returns>False when nothing is left to be done.</returns>
    public bool TryStep()
    {
        if (!steps.TryDequeue(out var step, out var place)) return false;
        Taken++;
        now = Math.Max(now, place.At);
        var actor = step.Actor;

        // The dead do nothing, and their timers never fire: what a killed process had in memory is gone.
        if (!actor.IsAlive) return true;
        if (actor.StandsStillUntil > now)
        {
            steps.Enqueue(step, (actor.StandsStillUntil, place.Draw, place.Number));
            return true;
        }

        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(actor);
        try
        {
            step.Action(step.State);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        return true;
    }

    private readonly record struct Step(Actor Actor, SendOrPostCallback Action, object? State);
}

/// <summary>Somebody whose code runs under the scheduler: a node of Florin, or the world outside.</summary>
/// <remarks>What is awaited comes back through here, so killing an actor is never calling back.</remarks>
internal sealed class Actor(string name, Scheduler scheduler) : SynchronizationContext
{
    public string Name => name;

    public bool IsAlive { get; private set; } = true;

    public long StandsStillUntil { get; private set; }

    public void Kill() => IsAlive = false;

    /// <summary>As SIGSTOP does: nothing runs, and afterwards all goes on as if no time had passed.</summary>
    public void StandStill(TimeSpan duration) => StandsStillUntil = (scheduler.Elapsed + duration).Ticks;

    public override void Post(SendOrPostCallback d, object? state) => scheduler.Enqueue(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody waits for another one here.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Waits, as this actor, for a time.</summary>
    public Task DelayAsync(TimeSpan delay)
    {
        var over = new TaskCompletionSource();
        scheduler.Enqueue(this, delay, static state => ((TaskCompletionSource)state!).SetResult(), over);
        return over.Task;
    }

    /// <summary>Begins something as this actor; a failure of it ends the simulation.</summary>
    public void Start(TimeSpan delay, Func<Task> work) => scheduler.Enqueue(this, delay, () => Watch(work()));

    private static async void Watch(Task work) => await work;

    public void Note(string what) => scheduler.History.Add(scheduler.Elapsed, name, what);
}

/// <summary>The clock of one actor: that of the simulation, whose timers are steps of its.</summary>
internal sealed class SimulatedTime(Scheduler scheduler, Actor actor) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => scheduler.Now;

    public override long GetTimestamp() => scheduler.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(scheduler, actor, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(Scheduler scheduler, Actor actor, TimerCallback callback, object? state) : ITimer
    {
        // A change makes what was planned before void.
        private int plan;
        private TimeSpan period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            plan++;
            if (dueTime != Timeout.InfiniteTimeSpan) Plan(dueTime);
            return true;
        }

        public void Dispose() => plan++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Plan(TimeSpan delay)
        {
            var planned = plan;
            scheduler.Enqueue(actor, delay, () =>
            {
                if (planned != plan) return;
                if (period > TimeSpan.Zero) Plan(period);
                callback(state);
            });
        }
    }
}
