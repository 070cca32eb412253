namespace Orchestrator.Cli.Parsing;

/// <summary>The command line cannot be understood; said with the command's usage line below it.</summary>
internal sealed class UsageException(string message, int exitCode) : Exception(message)
{
    /// <summary>125 for a flag, 1 for an argument, as docker has it.</summary>
    public int ExitCode { get; } = exitCode;
}
