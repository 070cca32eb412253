namespace Orchestrator.Api;

/// <summary>POST /containers/create.</summary>
public sealed record CreateContainerRequest : ContainerConfig
{
    public HostConfig? HostConfig { get; set; }
    public NetworkingConfig? NetworkingConfig { get; set; }
}
