using System.Diagnostics.Metrics;
using Orchestrator.Daemon.Metrics;

namespace Orchestrator.Daemon.Tests;

public sealed class PrometheusExporterTests
{
    [Fact]
    public void Each_kind_of_instrument_is_written_in_the_text_format()
    {
        using var exporter = new PrometheusExporter();
        using var meter = new Meter("orchestrator.test");
        meter.CreateCounter<long>("orchestrator.test.calls", description: "Calls.").Add(2, new KeyValuePair<string, object?>("kind", "a\"b"));
        meter.CreateHistogram<double>("orchestrator.test.duration", "s").Record(0.02);
        meter.CreateObservableGauge("orchestrator.test.level", () => 7);

        var text = exporter.Write();

        Assert.Contains("# HELP orchestrator_test_calls_total Calls.\n# TYPE orchestrator_test_calls_total counter\n", text);
        Assert.Contains("orchestrator_test_calls_total{kind=\"a\\\"b\"} 2\n", text);
        Assert.Contains("orchestrator_test_duration_seconds_bucket{le=\"0.01\"} 0\n", text);
        Assert.Contains("orchestrator_test_duration_seconds_bucket{le=\"0.025\"} 1\n", text);
        Assert.Contains("orchestrator_test_level 7\n", text);
    }
}
