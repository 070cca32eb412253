using System.Globalization;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Library;

/// <summary>Reads the arguments of HEALTHCHECK.</summary>
internal static class HealthCheckWords
{
    public static HealthCheck Parse(string text, Func<string, string[]> command)
    {
        var check = new HealthCheck();
        var rest = text;
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            var parts = rest.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
            check = Option(check, parts[0]);
            rest = parts.ElementAtOrDefault(1) ?? "";
        }

        if (rest.Equals("NONE", StringComparison.OrdinalIgnoreCase))
            return new HealthCheck { Test = ["NONE"] };
        var words = rest.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
        if (!words[0].Equals("CMD", StringComparison.OrdinalIgnoreCase) || words.Length < 2)
            throw ConfigChanges.Bad("HEALTHCHECK", "wants NONE, or CMD and a command");
        return check with { Test = words[1].StartsWith('[') ? ["CMD", .. command(words[1])] : ["CMD-SHELL", words[1]] };
    }

    private static HealthCheck Option(HealthCheck check, string word) => word.Split('=', 2) switch
    {
        ["--interval", var v] => check with { Interval = Nanoseconds(v) },
        ["--timeout", var v] => check with { Timeout = Nanoseconds(v) },
        ["--start-period", var v] => check with { StartPeriod = Nanoseconds(v) },
        ["--start-interval", var v] => check with { StartInterval = Nanoseconds(v) },
        ["--retries", var v] when int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var n) =>
            check with { Retries = n },
        _ => throw ConfigChanges.Bad("HEALTHCHECK", $"has the unknown option \"{word}\""),
    };

    /// <summary>Go's durations: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>.</summary>
    private static long Nanoseconds(string text)
    {
        decimal sum = 0;
        for (var rest = text; rest.Length > 0;)
        {
            var digits = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            var unit = new string([.. rest.Skip(digits).TakeWhile(char.IsAsciiLetter)]);
            decimal? scale = unit switch { "h" => 3600e9m, "m" => 60e9m, "s" => 1e9m, "ms" => 1e6m, "us" => 1e3m,
                "ns" => 1, _ => null };
            if (scale is null || !decimal.TryParse(
                rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n))
                throw ConfigChanges.Bad(
                    "HEALTHCHECK", $"has the invalid duration \"{text}\": write it as 30s or 1m30s");
            sum += n * scale.Value;
            rest = rest[(digits + unit.Length)..];
        }

        return (long)sum;
    }
}
