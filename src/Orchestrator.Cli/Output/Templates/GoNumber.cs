using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Numbers as Go writes them, both ways.</summary>
internal static class GoNumber
{
    private const int LongestPlain = 6; // Digits before the point; from there on the short form has an exponent.

    /// <param name="number">A long, or a double where a point or an exponent says so.</param>
    public static bool TryParse(string text, out object? number)
    {
        number = null;
        var digits = text.TrimStart('+', '-').Replace("_", "", StringComparison.Ordinal);
        if (digits.Length == 0 || text.Length - text.TrimStart('+', '-').Length > 1) return false;
        if (TryInteger(digits, out var whole)) number = text[0] == '-' ? -whole : whole;
        else if (!digits.All(char.IsAsciiDigit) && (char.IsAsciiDigit(digits[^1]) || digits[^1] == '.'))
        {
            if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out var real)) return false;
            number = text[0] == '-' ? -real : real;
        }
        return number is not null;
    }

    private static bool TryInteger(string digits, out long value)
    {
        (var from, var radix) = digits.ToLowerInvariant() switch
        {
            ['0', 'x', ..] => (2, 16),
            ['0', 'b', ..] => (2, 2),
            ['0', 'o', ..] => (2, 8),
            ['0', _, ..] when digits.All(char.IsAsciiDigit) => (1, 8),
            _ => (0, 10),
        };
        if (radix != 8)
        {
            var style = radix == 16 ? NumberStyles.HexNumber
                : radix == 2 ? NumberStyles.BinaryNumber : NumberStyles.None;
            return long.TryParse(digits.AsSpan(from), style, CultureInfo.InvariantCulture, out value);
        }
        value = 0;
        foreach (var c in digits.AsSpan(from))
        {
            if (c is < '0' or > '7') return false;
            value = value * 8 + (c - '0');
        }
        return true;
    }

    /// <summary>The shortest text that is this number again: <c>%v</c>.</summary>
    public static string Shortest(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        var (digits, exponent) = Decimal(value);
        var sign = value < 0 ? "-" : "";
        if (exponent is < -4 or >= LongestPlain)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{Exponent(exponent)}";
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return sign + digits.PadRight(exponent + 1, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary><c>%e</c>.</summary>
    public static string Scientific(double value, int precision)
    {
        var text = value.ToString("e" + precision, CultureInfo.InvariantCulture);
        var e = text.IndexOf('e', StringComparison.Ordinal);
        return text[..(e + 1)] + Exponent(int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture));
    }

    private static string Exponent(int exponent) =>
        (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);

    /// <summary>The digits that count, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Decimal(double value)
    {
        var text = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 16; precision++)
        {
            var shorter = Math.Abs(value).ToString("E" + precision, CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) != Math.Abs(value)) continue;
            text = shorter;
            break;
        }
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var digits = new StringBuilder(text[..e]).Replace(".", "").ToString().TrimEnd('0');
        return (digits.Length == 0 ? "0" : digits, int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture));
    }
}
