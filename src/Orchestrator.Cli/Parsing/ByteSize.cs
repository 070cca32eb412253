using System.Globalization;

namespace Orchestrator.Cli.Parsing;

/// <summary>Sizes as <c>512m</c>, <c>1.5GiB</c> or <c>1024</c>: each unit is 1024 of the one below.</summary>
internal static class ByteSize
{
    private const string Prefixes = "kmgtp";

    /// <summary>Bytes; -1 stands for itself, "unlimited" where a flag knows it.</summary>
    /// <exception cref="FormatException">Not a size.</exception>
    public static long Parse(string text)
    {
        if (text == "-1") return -1;
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        var unit = text[digits..].Trim();
        if (!decimal.TryParse(
            text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !TryUnit(unit, out var factor)
            || number * factor > long.MaxValue)
            throw new FormatException($"invalid size: '{text}'");
        return (long)(number * factor);
    }

    private static bool TryUnit(string unit, out long factor)
    {
        factor = 1;
        if (unit.Length == 0 || unit is "b" or "B") return true;
        var power = Prefixes.IndexOf(char.ToLowerInvariant(unit[0]), StringComparison.Ordinal);
        if (power < 0) return false;
        factor = 1L << (10 * (power + 1));
        return unit.Length == 1 || unit[1..] is "b" or "B" or "ib" or "iB" or "IB";
    }
}
