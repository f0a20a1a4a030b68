namespace Florin.Connectors.Health;

/// <summary>One merchant's account with one gateway, for one method: its circuit, its figures and its room.</summary>
internal sealed class GatewayLine(
    ConnectorAccountId account, string connector, string method, GatewayHealthOptions options, TimeProvider time, Action<CircuitState> onMoved) : IDisposable
{
    private readonly Lock gate = new();
    private readonly long origin = time.GetTimestamp();
    private readonly CircuitBreaker circuit = new(options);
    private readonly CallWindow minute = new(TimeSpan.FromSeconds(5), 12);
    private readonly CallWindow quarter = new(TimeSpan.FromMinutes(1), 15);
    private DateTimeOffset? openedAt;
    private long turnedAway;
    private (string Text, DateTimeOffset At)? lastProblem;

    public Lane Payments { get; } = new(options.Payments, time);

    public Lane Questions { get; } = new(options.Questions, time);

    public string Connector => connector;

    public bool IsAvailable
    {
        get
        {
            if (!Payments.HasRoom) return false;
            lock (gate) return circuit.IsPassable(Now);
        }
    }

    public CircuitState Circuit
    {
        get
        {
            lock (gate) return circuit.StateAt(Now);
        }
    }

    // Monotonic: a clock that is set back must neither keep a circuit open nor lose the figures.
    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Whether it is worth waiting for room; a look that takes nothing.</summary>
    public bool MayPass()
    {
        lock (gate) return circuit.IsPassable(Now) || TurnAway();
    }

    /// <summary>Whether the circuit lets a new authorization pass. One that passes must <see cref="End"/>.</summary>
    public bool TryBegin(out CircuitPass pass)
    {
        lock (gate) return circuit.TryBegin(Now, out pass) || TurnAway();
    }

    /// <summary>For what belongs to a payment that the gateway has already; it must <see cref="End"/> as well.</summary>
    public CircuitPass Begin()
    {
        lock (gate) return circuit.Begin();
    }

    /// <param name="problem">What went wrong, in our own words; null where the gateway answered.</param>
    public void End(CircuitPass pass, CallOutcome outcome, TimeSpan took, string? problem)
    {
        CircuitState? moved = null;
        lock (gate)
        {
            var now = Now;
            minute.Add(now, outcome, took);
            quarter.Add(now, outcome, took);
            if (problem is not null) lastProblem = (problem, time.GetUtcNow());
            if (circuit.End(pass, now, isFailure: outcome is CallOutcome.Unanswered or CallOutcome.NotSent))
            {
                moved = circuit.StateAt(now);
                openedAt = moved == CircuitState.Closed ? null : openedAt ?? time.GetUtcNow();
            }
        }

        if (moved is { } state) onMoved(state);
    }

    /// <summary>Ends a call that says nothing about the gateway.</summary>
    public void Forget(CircuitPass pass)
    {
        lock (gate) circuit.Forget(pass);
    }

    public GatewayStanding Standing()
    {
        lock (gate)
        {
            var now = Now;
            return new GatewayStanding(
                account,
                connector,
                method,
                circuit.StateAt(now),
                openedAt,
                minute.Figures(now),
                quarter.Figures(now),
                Payments.Figures,
                Questions.Figures,
                turnedAway,
                lastProblem?.Text,
                lastProblem?.At);
        }
    }

    public void Dispose()
    {
        Payments.Dispose();
        Questions.Dispose();
    }

    private bool TurnAway()
    {
        turnedAway++;
        return false;
    }
}
