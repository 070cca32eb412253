namespace Orchestrator.Api;

/// <summary>
/// What a lone engine does when a container ends; a service's is <see cref="Swarm.TaskRestartPolicy"/>.
/// </summary>
public sealed record RestartPolicy
{
    /// <summary>Empty or <c>no</c>, <c>always</c>, <c>unless-stopped</c>, <c>on-failure</c>.</summary>
    public string Name { get; set; } = "";
    public int MaximumRetryCount { get; set; }
}
