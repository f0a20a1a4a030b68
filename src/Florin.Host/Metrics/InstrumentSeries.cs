using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Florin.Host.Metrics;

internal enum SeriesKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One instrument: a sum, a last value or a histogram for each set of labels.</summary>
/// <remarks>The number of label sets is bounded: what comes after the last one is added up under
/// <c>overflow="true"</c>, so that a label with too many values costs detail and not memory.</remarks>
internal sealed class InstrumentSeries
{
    private const int MaxSeries = 200;

    // Seconds, from what a payment inside one machine takes to what a silent gateway takes.
    private static readonly double[] SecondBounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly double[] CountBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

    // Of the web server's labels these are few by nature; the rest (hosts, protocols) say nothing here.
    private static readonly string[] HttpLabels = ["http.request.method", "http.response.status_code", "http.route"];

    private readonly ConcurrentDictionary<int, Series> byHash = [];
    private readonly Func<string, bool> isKept;
    private readonly bool isDelta;
    private readonly Series overflow;
    private int count;

    private InstrumentSeries(string name, string help, SeriesKind kind, bool isDelta, double[] bounds, Func<string, bool> isKept)
    {
        (Name, Help, Kind, this.isDelta, Bounds, this.isKept) = (name, help, kind, isDelta, bounds, isKept);
        overflow = new Series([new("overflow", "true")], bounds.Length);
    }

    /// <summary>As Prometheus spells it, with its unit: <c>http_server_request_duration_seconds</c>.</summary>
    public string Name { get; }

    public string Help { get; }

    public SeriesKind Kind { get; }

    public double[] Bounds { get; }

    public static InstrumentSeries For(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        var isHistogram = type == typeof(Histogram<>);
        var isCounter = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
        var isDelta = type == typeof(Counter<>) || type == typeof(UpDownCounter<>);
        var isOurs = instrument.Meter.Name.StartsWith("florin", StringComparison.OrdinalIgnoreCase);
        return new InstrumentSeries(
            PrometheusName(instrument.Name, instrument.Unit, isCounter),
            instrument.Description ?? instrument.Name,
            isHistogram ? SeriesKind.Histogram : isCounter ? SeriesKind.Counter : SeriesKind.Gauge,
            isDelta,
            isHistogram ? BoundsOf(instrument) : [],
            isOurs ? static _ => true : static label => Array.IndexOf(HttpLabels, label) >= 0);
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags);
        if (Kind == SeriesKind.Histogram) series.Observe(value, Bounds);
        else if (isDelta) series.Add(value);
        else series.Set(value);
    }

    public IEnumerable<SeriesView> View()
    {
        foreach (var first in byHash.Values)
        {
            for (var series = first; series is not null; series = series.Next) yield return series.View();
        }

        if (overflow.IsUsed) yield return overflow.View();
    }

    internal static string PrometheusName(string name, string? unit, bool isCounter)
    {
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        if (!plain.EndsWith(suffix, StringComparison.Ordinal)) plain += suffix;
        return isCounter && !plain.EndsWith("_total", StringComparison.Ordinal) ? plain + "_total" : plain;
    }

    private static double[] BoundsOf(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
            _ => null,
        };
        return advised ?? instrument.Unit switch
        {
            "s" => SecondBounds,
            "ms" => [.. SecondBounds.Select(bound => bound * 1_000)],
            _ => CountBounds,
        };
    }

    // No allocation once a set of labels is known: this runs several times a payment.
    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (name, value) in tags)
        {
            if (!isKept(name)) continue;
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value);
        }

        var key = hash.ToHashCode();
        if (byHash.TryGetValue(key, out var first))
        {
            for (var series = first; series is not null; series = series.Next)
            {
                if (IsOf(series, tags)) return series;
            }
        }

        return Add(key, tags);
    }

    private Series Add(int key, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<KeyValuePair<string, object?>>(tags.Length);
        foreach (var tag in tags)
        {
            if (isKept(tag.Key)) labels.Add(tag);
        }

        lock (byHash)
        {
            byHash.TryGetValue(key, out var first);
            for (var series = first; series is not null; series = series.Next)
            {
                if (IsOf(series, tags)) return series;
            }

            if (count == MaxSeries) return overflow;
            count++;
            return byHash[key] = new Series([.. labels], Bounds.Length) { Next = first };
        }
    }

    private bool IsOf(Series series, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var position = 0;
        foreach (var (name, value) in tags)
        {
            if (!isKept(name)) continue;
            if (position == series.Labels.Length) return false;
            var label = series.Labels[position++];
            if (label.Key != name || !Equals(label.Value, value)) return false;
        }

        return position == series.Labels.Length;
    }

    private sealed class Series(KeyValuePair<string, object?>[] labels, int bounds)
    {
        private readonly Lock gate = new();
        private readonly long[] buckets = new long[bounds + 1];
        private double sum;
        private long observations;

        public Series? Next { get; init; }

        public KeyValuePair<string, object?>[] Labels => labels;

        public bool IsUsed { get; private set; }

        public void Add(double value)
        {
            lock (gate) (sum, IsUsed) = (sum + value, true);
        }

        public void Set(double value)
        {
            lock (gate) (sum, IsUsed) = (value, true);
        }

        public void Observe(double value, double[] upTo)
        {
            var bucket = 0;
            while (bucket < upTo.Length && value > upTo[bucket]) bucket++;
            lock (gate)
            {
                buckets[bucket]++;
                observations++;
                sum += value;
                IsUsed = true;
            }
        }

        public SeriesView View()
        {
            lock (gate) return new SeriesView(labels, sum, observations, [.. buckets]);
        }
    }
}

/// <param name="Sum">The value itself, where it is no histogram.</param>
/// <param name="Buckets">How many observations fell into each bucket alone; the last one is above every bound.</param>
internal sealed record SeriesView(
    IReadOnlyList<KeyValuePair<string, object?>> Labels, double Sum, long Observations, IReadOnlyList<long> Buckets);
