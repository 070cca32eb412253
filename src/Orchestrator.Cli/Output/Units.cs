using System.Globalization;

namespace Orchestrator.Cli.Output;

/// <summary>Sizes in the words docker uses.</summary>
internal static class Units
{
    private static readonly string[] Decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>With thousands of 1000: <c>4.26MB</c>.</summary>
    public static string Size(double bytes, int digits = 4) => Scale(bytes, 1000, Decimal, digits);

    /// <summary>With thousands of 1024: <c>1.5GiB</c>.</summary>
    public static string BinarySize(double bytes, int digits = 4) => Scale(bytes, 1024, Binary, digits);

    private static string Scale(double value, double step, string[] units, int digits)
    {
        var unit = 0;
        while (value >= step && unit < units.Length - 1)
        {
            value /= step;
            unit++;
        }
        return Significant(value, digits) + units[unit];
    }

    /// <summary>C's <c>%.4g</c>: so many digits in all, no trailing zeros.</summary>
    private static string Significant(double value, int digits)
    {
        if (value == 0) return "0";
        var whole = (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        var decimals = Math.Clamp(digits - whole, 0, 15);
        return Math.Round(value, decimals).ToString("0.###############", CultureInfo.InvariantCulture);
    }
}
