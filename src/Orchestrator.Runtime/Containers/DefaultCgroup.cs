namespace Orchestrator.Runtime.Containers;

/// <summary>Where a container goes whose config.json has no cgroupsPath.</summary>
internal static class DefaultCgroup
{
    public const string Parent = "/orch";

    public static string Of(string id) => $"{Parent}/{id}";
}
