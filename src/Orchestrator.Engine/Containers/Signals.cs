using System.Collections.Frozen;
using System.Globalization;

namespace Orchestrator.Engine.Containers;

/// <summary>Signals by name or number, as a user types them.</summary>
internal static class Signals
{
    public const int Kill = 9;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    private static readonly FrozenDictionary<string, int> Numbers = Enumerable.Range(1, Names.Length - 1)
        .Select(number => KeyValuePair.Create(Names[number], number))
        .Append(KeyValuePair.Create("IOT", 6))
        .Append(KeyValuePair.Create("POLL", 29))
        .Append(KeyValuePair.Create("CLD", 17))
        .Append(KeyValuePair.Create("RTMIN", 34))
        .Append(KeyValuePair.Create("RTMAX", 64))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="EngineException">No signal of this kernel.</exception>
    public static int Parse(string signal)
    {
        var text = signal.Trim();
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number is > 0 and <= 64 ? number : throw Unknown(signal);
        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (Numbers.TryGetValue(name, out number))
            return number;
        return TryRealTime(name, out number) ? number : throw Unknown(signal);
    }

    private static bool TryRealTime(string name, out int number)
    {
        number = 0;
        if (name.StartsWith("RTMIN+", StringComparison.OrdinalIgnoreCase) && int.TryParse(name[6..], out var up))
            number = 34 + up;
        else if (name.StartsWith("RTMAX-", StringComparison.OrdinalIgnoreCase) && int.TryParse(name[6..], out var down))
            number = 64 - down;
        return number is >= 34 and <= 64;
    }

    private static EngineException Unknown(string signal) =>
        EngineException.Invalid($"Invalid signal: {signal}; give a name such as SIGTERM or a number from 1 to 64.");
}
