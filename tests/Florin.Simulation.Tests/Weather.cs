using Florin.Simulation.Tests.Scheduling;

namespace Florin.Simulation.Tests;

/// <summary>Which faults a seed has, and how many of each.</summary>
/// <remarks>Each kind is there in some seeds and absent in others: where everything fails all the time, few things get far
/// enough to fail in an interesting way.</remarks>
internal sealed class Weather
{
    // Crashes and standstills strike at a step of any node, chosen beforehand among this many.
    private const int FatefulSteps = 900;

    private readonly Dice dice;
    private readonly HashSet<int> crashes = [];
    private readonly HashSet<int> standstills = [];
    private readonly double stall;
    private readonly double busy;
    private readonly double runTwice;
    private readonly double uncertain;
    private int steps;

    public Weather(Dice dice)
    {
        this.dice = dice;
        stall = Sometimes(0.02);
        busy = Sometimes(0.01);
        runTwice = Sometimes(0.2);
        uncertain = Sometimes(0.015);
        LosesRequests = Sometimes(0.15);
        LosesAnswers = Sometimes(0.25);
        DelaysRequests = Sometimes(0.2);
        DelaysAnswers = Sometimes(0.2);
        Doubles = Sometimes(0.2);
        Refuses = Sometimes(0.1);
        Garbles = Sometimes(0.1);
        Declines = Sometimes(0.4);
        Challenges = Sometimes(0.5);
        Lags = Sometimes(0.4);
        WorksLong = Sometimes(0.2);
        Disputes = dice.Happens(0.3) ? dice.Fraction() : 0;
        Sessions = dice.Happens(0.4) ? dice.Fraction() : 0;
        LosesCalls = Sometimes(0.3);
        LosesClientAnswers = Sometimes(0.25);
        Hangs = Sometimes(0.15);
        for (var left = dice.Below(4); left > 0; left--) crashes.Add(dice.Below(FatefulSteps));
        for (var left = dice.Happens(0.4) ? dice.Below(4) : 0; left > 0; left--) standstills.Add(dice.Below(FatefulSteps));
    }

    /// <summary>Faults have stopped: from here on everything answers, promptly and truthfully.</summary>
    public bool IsQuiet { get; private set; }

    public double LosesRequests { get; }

    public double LosesAnswers { get; }

    public double DelaysRequests { get; }

    public double DelaysAnswers { get; }

    public double Doubles { get; }

    public double Refuses { get; }

    public double Garbles { get; }

    public double Declines { get; }

    public double Challenges { get; }

    /// <summary>A gateway's queries know of an operation later than it was done.</summary>
    public double Lags { get; }

    /// <summary>A refund is taken in and carried out later.</summary>
    public double WorksLong { get; }

    /// <summary>A buyer claims money back from the issuer.</summary>
    public double Disputes { get; }

    /// <summary>A buyer pays in a checkout session, instead of by what the shop has made.</summary>
    public double Sessions { get; }

    /// <summary>A gateway's call to us never comes.</summary>
    public double LosesCalls { get; }

    public double LosesClientAnswers { get; }

    /// <summary>Clients hang up while they are served.</summary>
    public double Hangs { get; }

    public void BeQuiet() => IsQuiet = true;

    public bool Happens(double probability) => !IsQuiet && dice.Happens(probability);

    /// <summary>Whether the node that takes the next step dies of it.</summary>
    public bool IsCrash() => !IsQuiet && crashes.Contains(++steps);

    /// <summary>How long that node stands still after it, as a machine that is moved does; null where it goes on.</summary>
    public TimeSpan? StandsStillFor()
    {
        if (IsQuiet || !standstills.Contains(steps)) return null;
        return dice.Happens(0.3) ? dice.Seconds(60, 300) : dice.Seconds(1, 20);
    }

    public bool IsDatabaseBusy() => Happens(busy);

    public bool IsWriteRunTwice() => Happens(runTwice);

    public bool IsCommitUncertain() => Happens(uncertain);

    public TimeSpan DatabaseTakes() => Happens(stall) ? dice.Seconds(0.5, 10) : dice.Seconds(0.000_05, 0.003);

    public TimeSpan AnswerTakes() => Happens(stall) ? dice.Seconds(0.1, 3) : dice.Seconds(0.000_01, 0.000_5);

    private double Sometimes(double most) => dice.Happens(0.6) ? dice.Fraction() * most : 0;
}
