namespace Orchestrator.Api;

public sealed record CreateContainerResponse
{
    public string Id { get; set; } = "";
    public string[] Warnings { get; set; } = [];
}
