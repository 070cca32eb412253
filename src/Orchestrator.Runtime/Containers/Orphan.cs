using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Runtime.Containers;

/// <summary>Cleans up after a container whose parent is gone.</summary>
internal static class Orphan
{
    /// <param name="state">Null when it was never written: then only the directory is there.</param>
    public static void Remove(ShimDirectory directory, ContainerState? state, string id)
    {
        var cgroups = new CgroupSet(
            CgroupLayout.Detect(), state?.CgroupsPath is { Length: > 0 } path ? path : $"/orch/{id}", true);
        if (cgroups.Processes().Count > 0)
            cgroups.KillAll();
        cgroups.Remove();
        Directory.Delete(directory.Path, recursive: true);
    }
}
