using System.Globalization;
using System.Text;

namespace Florin.Host.Metrics;

/// <summary>Writes metrics as Prometheus reads them (text exposition format 0.0.4).</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();

    public void Write(InstrumentSeries instrument)
    {
        var views = instrument.View().ToList();
        if (views.Count == 0) return;
        Head(instrument.Name, KindWord(instrument.Kind), instrument.Help);
        foreach (var view in views)
        {
            if (instrument.Kind == SeriesKind.Histogram) Histogram(instrument, view);
            else Sample(instrument.Name, view.Labels, view.Sum);
        }
    }

    /// <summary>A metric with values that are asked for on the spot.</summary>
    public void Write(string name, string kind, string help, params IEnumerable<(string Label, string Value, double Number)> samples)
    {
        Head(name, kind, help);
        foreach (var (label, value, number) in samples)
        {
            Sample(name, label.Length == 0 ? [] : [new(label, value)], number);
        }
    }

    public override string ToString() => text.ToString();

    private static string KindWord(SeriesKind kind) => kind switch
    {
        SeriesKind.Counter => "counter",
        SeriesKind.Gauge => "gauge",
        SeriesKind.Histogram => "histogram",
    };

    private void Histogram(InstrumentSeries instrument, SeriesView view)
    {
        long below = 0;
        for (var i = 0; i <= instrument.Bounds.Length; i++)
        {
            below += view.Buckets[i];
            var bound = i == instrument.Bounds.Length ? "+Inf" : Number(instrument.Bounds[i]);
            Sample(instrument.Name + "_bucket", [.. view.Labels, new("le", bound)], below);
        }

        Sample(instrument.Name + "_sum", view.Labels, view.Sum);
        Sample(instrument.Name + "_count", view.Labels, view.Observations);
    }

    private void Head(string name, string kind, string help)
    {
        var line = help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings(" ");
        text.Append("# HELP ").Append(name).Append(' ').Append(line).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
    }

    private void Sample(string name, IReadOnlyList<KeyValuePair<string, object?>> labels, double value)
    {
        text.Append(name);
        for (var i = 0; i < labels.Count; i++)
        {
            text.Append(i == 0 ? '{' : ',');
            foreach (var c in labels[i].Key) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            text.Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        if (labels.Count > 0) text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Escape(object? value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
