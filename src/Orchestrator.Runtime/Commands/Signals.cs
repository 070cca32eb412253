using System.Globalization;

namespace Orchestrator.Runtime.Commands;

/// <summary>Signals by number or name, with or without SIG; real-time ones also as RTMIN+3 and RTMAX-1.</summary>
internal static class Signals
{
    /// <summary>glibc's: the kernel's first two are taken by its threads.</summary>
    private const int FirstRealTime = 34, LastRealTime = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    public static int Parse(string text)
    {
        var name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        return Number(name) is { } number and > 0 and <= LastRealTime
            ? number
            : throw new RuntimeException($"Invalid signal: {text}");
    }

    private static int? Number(string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        if (name.StartsWith("RTMIN", StringComparison.Ordinal))
            return FirstRealTime + Offset(name[5..]);
        if (name.StartsWith("RTMAX", StringComparison.Ordinal))
            return LastRealTime + Offset(name[5..]);
        return Array.IndexOf(Names, name);
    }

    private static int? Offset(string text) =>
        text.Length == 0 ? 0
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset) ? offset
        : null;
}
