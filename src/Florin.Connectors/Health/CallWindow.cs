namespace Florin.Connectors.Health;

/// <summary>What became of a call, as far as the gateway's health goes.</summary>
internal enum CallOutcome
{
    Answered,
    Declined,
    Unanswered,
    NotSent,
}

/// <summary>Counts calls by what became of them and how long they took, over a time that slides along with the clock.</summary>
/// <remarks>Not safe for threads: <see cref="GatewayLine"/> holds its lock. Fixed in size, and allocates only when made.</remarks>
internal sealed class CallWindow(TimeSpan bucketLength, int bucketCount)
{
    // Four steps to each doubling, from a millisecond to more than a minute.
    private const int StepsEach = 4;
    private const int Steps = (16 * StepsEach) + 1;

    private readonly Bucket[] buckets = [.. Enumerable.Range(0, bucketCount).Select(_ => new Bucket())];

    public void Add(TimeSpan now, CallOutcome outcome, TimeSpan took)
    {
        var number = now.Ticks / bucketLength.Ticks;
        var bucket = buckets[number % bucketCount];
        bucket.BeginAnewUnless(number);
        bucket.Outcomes[(int)outcome]++;
        bucket.Took[StepOf(took)]++;
    }

    public CallFigures Figures(TimeSpan now)
    {
        var oldest = (now.Ticks / bucketLength.Ticks) - bucketCount;
        Span<int> outcomes = stackalloc int[4];
        Span<int> took = stackalloc int[Steps];
        foreach (var bucket in buckets)
        {
            if (bucket.Number <= oldest) continue;
            for (var outcome = 0; outcome < outcomes.Length; outcome++) outcomes[outcome] += bucket.Outcomes[outcome];
            for (var step = 0; step < Steps; step++) took[step] += bucket.Took[step];
        }

        var calls = 0;
        foreach (var count in outcomes) calls += count;
        return new CallFigures(
            calls,
            outcomes[(int)CallOutcome.Unanswered],
            outcomes[(int)CallOutcome.NotSent],
            outcomes[(int)CallOutcome.Declined],
            Percentile(took, calls, 50),
            Percentile(took, calls, 99));
    }

    private static int StepOf(TimeSpan took)
    {
        var ms = took.TotalMilliseconds;
        return ms <= 1 ? 0 : Math.Min(Steps - 1, (int)Math.Ceiling(Math.Log2(ms) * StepsEach));
    }

    private static int Percentile(ReadOnlySpan<int> took, int calls, int percent)
    {
        if (calls == 0) return 0;
        var wanted = ((calls * (long)percent) + 99) / 100;
        var step = 0;
        for (long seen = took[0]; seen < wanted; seen += took[step]) step++;
        return (int)Math.Ceiling(Math.Pow(2, step / (double)StepsEach));
    }

    private sealed class Bucket
    {
        public long Number { get; private set; }

        public int[] Outcomes { get; } = new int[4];

        public int[] Took { get; } = new int[Steps];

        public void BeginAnewUnless(long number)
        {
            if (Number == number) return;
            Number = number;
            Array.Clear(Outcomes);
            Array.Clear(Took);
        }
    }
}
