namespace Orchestrator.Api;

/// <summary>What a <see cref="StreamFrame"/> carries.</summary>
public enum StreamKind
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,

    /// <summary>The daemon's own error message; it ends the stream.</summary>
    SystemError = 3,
}
