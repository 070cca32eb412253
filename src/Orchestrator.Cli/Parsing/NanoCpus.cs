using System.Globalization;

namespace Orchestrator.Cli.Parsing;

/// <summary>A number of CPUs, <c>0.5</c>, in billionths.</summary>
internal static class NanoCpus
{
    private const decimal PerCpu = 1_000_000_000;

    /// <exception cref="FormatException">Not a number, negative, or finer than a billionth.</exception>
    public static long Parse(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus)
            || cpus > int.MaxValue)
            throw new FormatException($"failed to parse {text} as a rational number");
        var nano = cpus * PerCpu;
        return nano == decimal.Truncate(nano) ? (long)nano : throw new FormatException("value is too precise");
    }

    public static string Format(long nanoCpus) =>
        (nanoCpus / PerCpu).ToString("0.#########", CultureInfo.InvariantCulture);
}
