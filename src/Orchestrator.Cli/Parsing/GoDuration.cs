using System.Globalization;

namespace Orchestrator.Cli.Parsing;

/// <summary>Durations as Go writes them, <c>1m30s</c> or <c>1.5h</c>, in nanoseconds.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, long Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000),
        ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ];

    /// <exception cref="FormatException">Not a duration.</exception>
    public static long Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+")) rest = rest[1..];
        if (rest.SequenceEqual("0")) return 0;
        if (rest.IsEmpty) throw Invalid(text);

        decimal total = 0;
        while (!rest.IsEmpty) total += Part(ref rest, text);
        if (total > long.MaxValue) throw Invalid(text);
        return negative ? -(long)total : (long)total;
    }

    /// <summary>As Go prints it: <c>1m30s</c>, <c>1.5s</c>, <c>200ms</c>, <c>0s</c>.</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0) return "0s";
        var sign = nanoseconds < 0 ? "-" : "";
        var n = (decimal)Math.Abs(nanoseconds);
        if (n < 1_000) return $"{sign}{n}ns";
        if (n < 1_000_000) return $"{sign}{Number(n / 1_000)}µs";
        if (n < 1_000_000_000) return $"{sign}{Number(n / 1_000_000)}ms";

        var seconds = n / 1_000_000_000;
        var hours = (long)(seconds / 3600);
        var minutes = (long)(seconds / 60) % 60;
        var rest = Number(seconds - (hours * 3600) - (minutes * 60));
        return hours > 0 ? $"{sign}{hours}h{minutes}m{rest}s"
            : minutes > 0 ? $"{sign}{minutes}m{rest}s" : $"{sign}{rest}s";
    }

    private static decimal Part(ref ReadOnlySpan<char> rest, string whole)
    {
        var digits = 0;
        while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.')) digits++;
        var letters = digits;
        while (letters < rest.Length && !char.IsAsciiDigit(rest[letters]) && rest[letters] != '.') letters++;

        if (!decimal.TryParse(
            rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw Invalid(whole);
        var unit = rest[digits..letters].ToString();
        rest = rest[letters..];
        if (unit.Length == 0) throw new FormatException($"time: missing unit in duration \"{whole}\"");
        foreach (var (name, nanoseconds) in Units)
            if (name == unit) return number * nanoseconds;
        throw new FormatException($"time: unknown unit \"{unit}\" in duration \"{whole}\"");
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static FormatException Invalid(string text) => new($"time: invalid duration \"{text}\"");
}
