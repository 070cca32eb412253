namespace Orchestrator.Cli.Http;

/// <summary>The daemon answered with an error.</summary>
internal sealed class DaemonException(int status, string reason)
    : Exception($"Error response from daemon: {reason}")
{
    public int Status { get; } = status;

    /// <summary>The daemon's own words.</summary>
    public string Reason { get; } = reason;
}
