namespace Orchestrator.Api;

public sealed record Ulimit
{
    public string Name { get; set; } = "";
    public long Hard { get; set; }
    public long Soft { get; set; }
}
