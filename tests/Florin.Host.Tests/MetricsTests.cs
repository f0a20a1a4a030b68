using System.Diagnostics.Metrics;
using Florin.Host.Metrics;

namespace Florin.Host.Tests;

public sealed class MetricsTests : IDisposable
{
    private readonly Meter meter = new("florin.metrics_tests");
    private readonly MetricsCollector collector = new(new NoServer());

    public MetricsTests() => collector.Start();

    /// <summary>The meters of a web server, of which there is none here.</summary>
    private sealed class NoServer : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }

    public void Dispose()
    {
        collector.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_for_each_set_of_labels()
    {
        var payments = meter.CreateCounter<long>("florin.test.payments");
        payments.Add(1, new KeyValuePair<string, object?>("outcome", "approved"));
        payments.Add(2, new KeyValuePair<string, object?>("outcome", "approved"));
        payments.Add(5, new KeyValuePair<string, object?>("outcome", "declined"));

        var text = Text();

        Assert.Contains("# TYPE florin_test_payments_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_payments_total{outcome=\"approved\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_payments_total{outcome=\"declined\"} 5\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_what_is_at_or_below_each_bound()
    {
        var duration = meter.CreateHistogram<double>("florin.test.duration", "s");
        duration.Record(0.001);
        duration.Record(0.3);
        duration.Record(99);

        var text = Text();

        Assert.Contains("florin_test_duration_seconds_bucket{le=\"0.001\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_duration_seconds_bucket{le=\"0.25\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_duration_seconds_bucket{le=\"0.5\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_duration_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_duration_seconds_count 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_is_asked_when_the_metrics_are_read_and_a_difference_adds_up()
    {
        var asked = 7;
        meter.CreateObservableGauge("florin.test.depth", () => asked);
        var open = meter.CreateUpDownCounter<int>("florin.test.open");
        open.Add(3);
        open.Add(-1);
        Assert.Contains("florin_test_depth 7\n", Text(), StringComparison.Ordinal);
        asked = 8;

        var text = Text();

        Assert.Contains("florin_test_depth 8\n", text, StringComparison.Ordinal);
        Assert.Contains("florin_test_open 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_with_too_many_values_costs_detail_and_not_memory()
    {
        var careless = meter.CreateCounter<long>("florin.test.careless");
        for (var i = 0; i < 10_000; i++) careless.Add(1, new KeyValuePair<string, object?>("payment", i));

        var lines = Text().Split('\n').Where(line => line.StartsWith("florin_test_careless_total{", StringComparison.Ordinal)).ToList();

        Assert.Equal(201, lines.Count);
        Assert.Contains("florin_test_careless_total{overflow=\"true\"} 9800", lines);
    }

    [Fact]
    public void A_label_may_hold_any_characters()
    {
        var odd = meter.CreateCounter<long>("florin.test.odd");
        odd.Add(1, new KeyValuePair<string, object?>("word", "a \"b\" \\ c\nd"));

        Assert.Contains("""florin_test_odd_total{word="a \"b\" \\ c\nd"} 1""", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Counting_from_many_threads_loses_nothing()
    {
        var busy = meter.CreateCounter<long>("florin.test.busy");
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 10_000; i++) busy.Add(1, new KeyValuePair<string, object?>("lane", i % 5));
        });

        var text = Text();

        for (var lane = 0; lane < 5; lane++)
        {
            Assert.Contains($"florin_test_busy_total{{lane=\"{lane}\"}} 16000\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Meters_of_others_are_not_listened_to()
    {
        using var other = new Meter("elsewhere");
        other.CreateCounter<long>("elsewhere.things").Add(1);
        meter.CreateCounter<long>("florin.test.heard").Add(1);

        var text = Text();

        Assert.Contains("florin_test_heard_total 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", text, StringComparison.Ordinal);
    }

    private string Text()
    {
        var text = new PrometheusText();
        foreach (var series in collector.Collect()) text.Write(series);
        PrometheusGrammar.AssertValid(text.ToString());
        return text.ToString();
    }
}
