using System.Buffers;
using System.Globalization;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Durations as Go writes them: <c>1m30s</c>, <c>1.5h</c>, <c>200ms</c>.</summary>
internal static class Durations
{
    private static readonly (string Name, decimal Ticks)[] Units =
    [
        ("ns", 0.01m), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <exception cref="FormatException">Docker's words.</exception>
    public static TimeSpan Parse(string text)
    {
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith("-");
        if (isNegative || rest.StartsWith("+")) rest = rest[1..];
        if (rest.SequenceEqual("0")) return TimeSpan.Zero;
        if (rest.IsEmpty) throw Invalid(text);
        var ticks = 0m;
        while (!rest.IsEmpty)
        {
            ticks += Part(ref rest, text);
            if (ticks > long.MaxValue / 100) throw Invalid(text); // Nanoseconds have to fit 64 bits.
        }
        return new TimeSpan((long)(isNegative ? -ticks : ticks));
    }

    private static decimal Part(ref ReadOnlySpan<char> rest, string whole)
    {
        var digits = rest.IndexOfAnyExcept(Digits);
        if (digits < 0) throw new FormatException($"time: missing unit in duration {GoText.Quote(whole)}");
        var length = rest[digits..].IndexOfAny(Digits);
        var unit = (length < 0 ? rest[digits..] : rest.Slice(digits, length)).ToString();
        if (digits == 0 || digits > 20 || !decimal.TryParse(
            rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw Invalid(whole);
        foreach (var (name, ticks) in Units)
        {
            if (name != unit) continue;
            rest = rest[(digits + unit.Length)..];
            return number > long.MaxValue / ticks ? throw Invalid(whole) : number * ticks;
        }
        throw new FormatException($"time: unknown unit {GoText.Quote(unit)} in duration {GoText.Quote(whole)}");
    }

    private static FormatException Invalid(string text) => new($"time: invalid duration {GoText.Quote(text)}");
}
