using System.Globalization;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Sizes as <c>512m</c>, <c>1.5GiB</c> or <c>1024</c>; every unit is 1024 of the one below.</summary>
internal static class ByteCount
{
    /// <returns>Null where it is no size.</returns>
    public static long? Parse(string text)
    {
        var end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        var unit = text[end..].Trim().ToLowerInvariant();
        var power = unit.Length == 0 || unit == "b" ? 0 : "kmgtp".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        var isUnit = unit is "" or "b" || (power > 0 && unit[1..] is "" or "b" or "ib");
        if (!isUnit) return null;
        if (!decimal.TryParse(
            text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        return number * (1L << (10 * power)) is var bytes && bytes <= long.MaxValue ? (long)bytes : null;
    }
}
