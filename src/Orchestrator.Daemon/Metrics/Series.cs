using System.Globalization;
using System.Text;

namespace Orchestrator.Daemon.Metrics;

/// <summary>One instrument under one set of tags: its sum, its count, and how its values spread.</summary>
internal sealed class Series
{
    private static readonly double[] Bounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Lock gate = new();
    private readonly long[] buckets = new long[Bounds.Length];
    private double sum;
    private long count;

    public void Record(double value, bool replaces)
    {
        lock (gate)
        {
            sum = replaces ? value : sum + value;
            count++;
            for (var at = 0; at < Bounds.Length; at++)
            {
                if (value <= Bounds[at])
                    buckets[at]++;
            }
        }
    }

    public void Write(StringBuilder text, string name, string labels, bool histogram)
    {
        lock (gate)
        {
            if (!histogram)
            {
                Line(text, name, labels, sum);
                return;
            }

            var prefix = labels.Length > 0 ? labels + "," : "";
            for (var at = 0; at < Bounds.Length; at++)
                Line(text, name + "_bucket", $"{prefix}le=\"{Bounds[at].ToString(CultureInfo.InvariantCulture)}\"",
                    buckets[at]);
            Line(text, name + "_bucket", prefix + "le=\"+Inf\"", count);
            Line(text, name + "_sum", labels, sum);
            Line(text, name + "_count", labels, count);
        }
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }
}
