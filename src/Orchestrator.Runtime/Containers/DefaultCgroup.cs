namespace Orchestrator.Runtime.Containers;

/// <summary>Where a container goes whose config.json has no cgroupsPath: below no parent of ours, which would have to be
/// made and taken away with it in each hierarchy.</summary>
internal static class DefaultCgroup
{
    public static string Of(string id) => $"/orch-{id}";
}
