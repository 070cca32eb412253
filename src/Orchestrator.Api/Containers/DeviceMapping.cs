namespace Orchestrator.Api;

public sealed record DeviceMapping
{
    public string PathOnHost { get; set; } = "";
    public string PathInContainer { get; set; } = "";

    /// <summary>Some of <c>rwm</c>.</summary>
    public string CgroupPermissions { get; set; } = "";
}
