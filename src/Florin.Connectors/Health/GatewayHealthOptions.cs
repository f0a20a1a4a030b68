namespace Florin.Connectors.Health;

/// <summary>When a gateway counts as ill, and how much of this process it may keep waiting.</summary>
public sealed record GatewayHealthOptions
{
    /// <summary>Over how long failures are counted.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>With fewer calls than this in the window nothing is concluded from them.</summary>
    public int MinimumCalls { get; init; } = 20;

    /// <summary>How many in ten thousand of the window's calls must have failed for the circuit to open.</summary>
    public int FailureBasisPoints { get; init; } = 5_000;

    /// <summary>How long the first pause is; each that follows a failed probe is twice as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many probes in a row must be answered for the circuit to close.</summary>
    public int ProbesToClose { get; init; } = 3;

    /// <summary>What moves money, of one account.</summary>
    public LaneOptions Payments { get; init; } = new(Calls: 128, Queue: 64, Wait: TimeSpan.FromSeconds(1));

    /// <summary>What only asks, of one account. Few, since an answer that is late is asked for again.</summary>
    public LaneOptions Questions { get; init; } = new(Calls: 8, Queue: 16, Wait: TimeSpan.FromSeconds(1));

    /// <summary>Connections to one host of one connector, all accounts together, and as many again for questions: the bound on
    /// what one gateway can keep open when very many merchants use it.</summary>
    public int ConnectionsPerHost { get; init; } = 1_024;
}

/// <param name="Calls">How many may wait for the gateway at once.</param>
/// <param name="Queue">How many more may wait for room.</param>
/// <param name="Wait">How long each of those waits before it is turned away.</param>
public sealed record LaneOptions(int Calls, int Queue, TimeSpan Wait);
