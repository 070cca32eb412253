namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Exit codes of run and exec when the program never ran.</summary>
internal static class ExitCodes
{
    public const int Daemon = 125;
    public const int NotExecutable = 126;
    public const int NotFound = 127;

    /// <summary>Told by the daemon's words, as docker's client does it.</summary>
    public static int OfStartFailure(string reason)
    {
        if (reason.Contains("executable file not found", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("no such file or directory", StringComparison.OrdinalIgnoreCase)) return NotFound;
        return reason.Contains("permission denied", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("is a directory", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("not a directory", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("exec format error", StringComparison.OrdinalIgnoreCase)
            ? NotExecutable
            : Daemon;
    }
}
