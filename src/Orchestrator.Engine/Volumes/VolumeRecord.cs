namespace Orchestrator.Engine.Volumes;

/// <summary>A named directory of this node that outlives containers.</summary>
/// <param name="Anonymous">Made for one container; <c>rm -v</c> takes it along.</param>
public sealed record VolumeRecord(
    string Name,
    DateTimeOffset Created,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Options,
    bool Anonymous)
{
    public const string AnonymousLabel = "com.docker.volume.anonymous";

    public const string Driver = "local";
}
