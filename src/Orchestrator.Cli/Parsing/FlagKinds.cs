using System.Globalization;

namespace Orchestrator.Cli.Parsing;

/// <summary>The kinds of flags that commands declare, with docker's words for bad values.</summary>
internal static class FlagKinds
{
    public static BoolFlag Bool(this FlagSet flags, string name, char? shorthand, string help, bool value = false) =>
        flags.Add(new BoolFlag(name, shorthand, help, value));

    public static ValueFlag<string> String(
        this FlagSet flags, string name, char? shorthand, string help, string value = "", string typeName = "string") =>
        flags.Add(new ValueFlag<string>(name, shorthand, typeName, help, value, static s => s,
            value.Length == 0 ? "" : $"\"{value}\""));

    public static ListFlag List(
        this FlagSet flags, string name, char? shorthand, string help, string typeName = "list",
        Func<string, string>? check = null) =>
        flags.Add(new ListFlag(name, shorthand, help, typeName) { Check = check });

    public static ValueFlag<long?> Int(this FlagSet flags, string name, char? shorthand, string help) =>
        flags.Add(new ValueFlag<long?>(name, shorthand, "int", help, null, static s => ParseInt(s)));

    public static ValueFlag<ulong?> UInt(
        this FlagSet flags, string name, char? shorthand, string help, string defaultText = "") =>
        flags.Add(new ValueFlag<ulong?>(name, shorthand, "uint", help, null, static s => ParseUInt(s), defaultText));

    public static ValueFlag<double?> Float(this FlagSet flags, string name, string help) =>
        flags.Add(new ValueFlag<double?>(name, null, "float", help, null, static s => ParseFloat(s)));

    /// <summary>Nanoseconds.</summary>
    public static ValueFlag<long?> Duration(this FlagSet flags, string name, string help, string defaultText = "") =>
        flags.Add(
            new ValueFlag<long?>(name, null, "duration", help, null, static s => GoDuration.Parse(s), defaultText));

    public static ValueFlag<long?> Bytes(this FlagSet flags, string name, char? shorthand, string help) =>
        flags.Add(new ValueFlag<long?>(name, shorthand, "bytes", help, null, static s => ByteSize.Parse(s)));

    /// <summary>CPUs × 10⁹.</summary>
    public static ValueFlag<long?> Cpus(this FlagSet flags, string name, string help) =>
        flags.Add(new ValueFlag<long?>(name, null, "decimal", help, null, static s => NanoCpus.Parse(s)));

    public static ListFlag Filter(this FlagSet flags) =>
        flags.List("filter", 'f', "Show only what matches (e.g. \"name=web\")", "filter", CheckFilter);

    public static ValueFlag<string> Format(this FlagSet flags) => flags.String(
        "format", null, "Print with 'table', 'json', 'table TEMPLATE' or a Go template");

    /// <summary>What <c>-f</c> of the inspect commands takes.</summary>
    public static ValueFlag<string> InspectFormat(this FlagSet flags) => flags.String(
        "format", 'f', "Print with 'json' or a Go template");

    public static ValueFlag<string> Platform(this FlagSet flags) =>
        flags.String("platform", null, "Platform of the image, os/arch[/variant]");

    public static BoolFlag NoTrunc(this FlagSet flags) => flags.Bool("no-trunc", null, "Print values in full");

    public static BoolFlag Quiet(this FlagSet flags, string help = "Print IDs only") => flags.Bool("quiet", 'q', help);

    private static string CheckFilter(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? text : throw new FormatException("bad format of filter (expected name=value)");
    }

    private static long ParseInt(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");

    private static ulong ParseUInt(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"strconv.ParseUint: parsing \"{text}\": invalid syntax");

    private static double ParseFloat(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"strconv.ParseFloat: parsing \"{text}\": invalid syntax");
}
