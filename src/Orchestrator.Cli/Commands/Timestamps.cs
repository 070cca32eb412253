using System.Globalization;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>Times as users write them: RFC 3339, a date, Unix seconds, or an age before now.</summary>
internal static class Timestamps
{
    /// <summary>Unix seconds with nanoseconds, the form the API takes; empty stays empty.</summary>
    /// <exception cref="CliException">None of the forms.</exception>
    public static string ToWire(string text, DateTimeOffset now)
    {
        if (text.Length == 0) return "";
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)) return text;
        if (TryAge(text, out var age)) return Unix(now - age);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? Unix(time)
            : throw new CliException(
                $"invalid time \"{text}\": write a time (2026-01-02T15:04:05Z), Unix seconds, or an age (10m)");
    }

    private static bool TryAge(string text, out TimeSpan age)
    {
        try
        {
            age = TimeSpan.FromTicks(GoDuration.Parse(text) / 100);
            return true;
        }
        catch (FormatException)
        {
            age = default;
            return false;
        }
    }

    private static string Unix(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        return string.Create(CultureInfo.InvariantCulture,
            $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:000000000}");
    }
}
