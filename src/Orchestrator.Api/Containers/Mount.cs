namespace Orchestrator.Api;

/// <summary>A mount of a container or of a service's tasks, as <c>--mount</c> says it.</summary>
public sealed record Mount
{
    /// <summary><c>bind</c>, <c>volume</c>, <c>tmpfs</c>, <c>npipe</c>, <c>cluster</c> or <c>image</c>.</summary>
    public string? Type { get; set; }
    public string? Source { get; set; }
    public string? Target { get; set; }
    public bool? ReadOnly { get; set; }
    public string? Consistency { get; set; }
    public BindOptions? BindOptions { get; set; }
    public VolumeOptions? VolumeOptions { get; set; }
    public TmpfsOptions? TmpfsOptions { get; set; }
    public ImageMountOptions? ImageOptions { get; set; }
}
