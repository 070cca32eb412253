namespace Orchestrator.Api;

public sealed record TmpfsOptions
{
    public long? SizeBytes { get; set; }

    /// <summary>Permission bits.</summary>
    public uint? Mode { get; set; }
}
