using System.Diagnostics.Metrics;
using Florin.Events.Webhooks;

namespace Florin.Events;

/// <summary>The figures of this module, under the meter <c>Florin.Events</c>.</summary>
internal sealed class EventMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> attempts;
    private readonly Histogram<double> duration;
    private long backlog;

    public EventMetrics(IMeterFactory meters)
    {
        meter = meters.Create("Florin.Events");
        attempts = meter.CreateCounter<long>("florin.webhooks.attempts", "{attempt}", "Webhook attempts by outcome.");
        duration = meter.CreateHistogram<double>("florin.webhooks.duration", "s", "How long an attempt took.");
        meter.CreateObservableGauge("florin.webhooks.backlog", () => Volatile.Read(ref backlog), "{delivery}", "Deliveries that wait for enabled endpoints.");
    }

    public long Backlog
    {
        set => Volatile.Write(ref backlog, value);
    }

    public void Attempted(Verdict verdict, int durationMs)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", NameOf(verdict));
        attempts.Add(1, outcome);
        duration.Record(durationMs / 1_000.0, outcome);
    }

    public void Dispose() => meter.Dispose();

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Delivered => "delivered",
        Verdict.Retry => "retry",
        Verdict.GaveUp => "gave_up",
        Verdict.Gone => "gone",
        Verdict.CutOff => "cut_off",
    };
}
