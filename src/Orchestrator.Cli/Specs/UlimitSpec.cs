using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammar of <c>--ulimit</c>: <c>name=soft[:hard]</c>.</summary>
internal static class UlimitSpec
{
    private static readonly string[] Names =
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ];

    /// <exception cref="FormatException">No such form, or the soft limit is above the hard one.</exception>
    public static Ulimit Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new FormatException($"invalid ulimit argument: {text}");
        if (!Names.Contains(text[..equals])) throw new FormatException($"invalid ulimit type: {text[..equals]}");
        var limits = text[(equals + 1)..].Split(':');
        if (limits.Length > 2) throw new FormatException(
            $"too many limit value arguments - {text[(equals + 1)..]}, can only have up to two, `soft[:hard]`");
        var soft = Number(limits[0]);
        var hard = limits.Length == 2 ? Number(limits[1]) : soft;
        if (hard != -1 && (soft == -1 || soft > hard))
            throw new FormatException($"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}");
        return new Ulimit { Name = text[..equals], Soft = soft, Hard = hard };
    }

    private static long Number(string text) =>
        text == "unlimited" ? -1
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
}
