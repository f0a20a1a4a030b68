using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Florin.Host.Metrics;

/// <summary>Adds up what the instruments of Florin and of the web server say, for <c>/metrics</c> to show.</summary>
internal sealed class MetricsCollector(IMeterFactory meters) : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> instruments = [];

    /// <summary>From now on measurements count.</summary>
    public void Start()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (!IsWanted(instrument)) return;
            var series = instruments.GetOrAdd(instrument, static one => InstrumentSeries.For(one));
            listening.EnableMeasurementEvents(instrument, series);
        };
        listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record(state, (double)value, tags));
        listener.Start();
    }

    /// <summary>Asks the gauges, and gives every series in order of name.</summary>
    public IReadOnlyList<InstrumentSeries> Collect()
    {
        listener.RecordObservableInstruments();
        return [.. instruments.Values.OrderBy(series => series.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => listener.Dispose();

    // A listener hears the whole process: the sandbox's web server has instruments of the same names.
    private bool IsWanted(Instrument instrument) =>
        instrument.Meter.Name.StartsWith("florin", StringComparison.OrdinalIgnoreCase)
        || (instrument.Meter.Scope == meters
            && instrument.Name is "http.server.request.duration" or "http.server.active_requests"
                or "kestrel.active_connections" or "kestrel.rejected_connections");

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((InstrumentSeries)state!).Record(value, tags);
}
