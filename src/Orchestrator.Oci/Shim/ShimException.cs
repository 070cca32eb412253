namespace Orchestrator.Oci.Shim;

/// <summary>The shim refused a call; the message is one line for the user.</summary>
#pragma warning disable CA1032 // Always made from a shim's answer.
public sealed class ShimException(string message, int exitCode) : IOException(message)
{
    /// <summary>Of a call for which the container would have to be in another state.</summary>
    public const int WrongState = 3;

    /// <summary>126: argv[0] may not be executed; 127: not found; <see cref="WrongState"/>; else 1.</summary>
    public int ExitCode { get; } = exitCode;
}
