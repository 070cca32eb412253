namespace Orchestrator.Cli;

/// <summary>Ends the command with one line for the user and an exit code.</summary>
internal sealed class CliException : Exception
{
    public CliException(string message, int exitCode = 1) : base(message) => ExitCode = exitCode;

    public CliException(string message, Exception inner) : base(message, inner) => ExitCode = 1;

    public int ExitCode { get; }
}
