using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Orchestrator.Daemon.Metrics;

/// <summary>
/// Collects what the meters of this process measure and writes it in Prometheus' text format, version 0.0.4.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> all = new();

    public PrometheusExporter()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith("orchestrator", StringComparison.OrdinalIgnoreCase))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    public string Write()
    {
        foreach (var (instrument, series) in all)
        {
            if (instrument.IsObservable)
                series.Clear(); // A tag that is no longer reported is gone.
        }

        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (instrument, series) in all.OrderBy(one => one.Key.Name, StringComparer.Ordinal))
            Write(text, instrument, series);
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = all.GetOrAdd(instrument, _ => new()).GetOrAdd(Labels(tags), _ => new Series());
        series.Record(value, replaces: instrument.IsObservable);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)?
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length > 0 ? "," : "").Append(Name(key)).Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Instrument instrument, ConcurrentDictionary<string, Series> series)
    {
        var kind = KindOf(instrument);
        var name = Name(instrument.Name) + Unit(instrument.Unit) + (kind == "counter" ? "_total" : "");
        if (instrument.Description is { } description)
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description.ReplaceLineEndings(" ")}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n");
        foreach (var (labels, one) in series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            one.Write(text, name, labels, kind == "histogram");
    }

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.Contains("Counter", StringComparison.Ordinal) && !type.Contains("UpDown", StringComparison.Ordinal)
                ? "counter" : "gauge";
    }

    private static string Name(string name) => name.Replace('.', '_').Replace('-', '_');

    private static string Unit(string? unit) => unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
}
