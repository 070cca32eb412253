namespace Orchestrator.Runtime;

/// <summary>What the user is told, in one line, and what the process exits with.</summary>
#pragma warning disable CA1032 // Always with a message for the user.
internal sealed class RuntimeException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
