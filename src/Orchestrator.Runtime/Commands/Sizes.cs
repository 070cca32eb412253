using System.Globalization;

namespace Orchestrator.Runtime.Commands;

/// <summary>Docker's and runc's words for bytes and for time.</summary>
internal static class Sizes
{
    /// <summary>A number of bytes, with k, m, g or t; -1 lifts a limit. Null if the flag was not given.</summary>
    public static long? Bytes(Arguments arguments, string flag)
    {
        if (arguments[flag] is not { Length: > 0 } text)
            return null;
        var digits = text.ToLowerInvariant().TrimEnd('b').TrimEnd('i');
        var factor = digits.Length == 0 ? 1 : digits[^1] switch
        {
            'k' => 1L << 10,
            'm' => 1L << 20,
            'g' => 1L << 30,
            't' => 1L << 40,
            _ => 1,
        };
        digits = factor == 1 ? digits : digits[..^1];
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= -1 && number <= long.MaxValue / factor
            ? number * factor
            : throw new RuntimeException($"--{flag} \"{text}\" is no size; use for example 512m, or -1 for no limit", 2);
    }

    /// <summary>5s, 500ms, 1m30s.</summary>
    public static TimeSpan Time(string flag, string text)
    {
        var total = TimeSpan.Zero;
        var rest = text;
        while (rest.Length > 0)
        {
            var digits = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            var unit = string.Concat(rest.Skip(digits).TakeWhile(char.IsAsciiLetter));
            double? seconds = unit switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => null };
            if (seconds is null || !double.TryParse(rest[..digits], CultureInfo.InvariantCulture, out var number))
                throw new RuntimeException($"--{flag} \"{text}\" is no time; use for example 5s or 500ms", 2);
            total += TimeSpan.FromSeconds(number * seconds.Value);
            rest = rest[(digits + unit.Length)..];
        }

        return total > TimeSpan.Zero ? total : throw new RuntimeException($"--{flag} must be more than nothing", 2);
    }
}
