using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Runtime.Containers;

/// <summary>Where a container goes whose config.json has no cgroupsPath, and that nothing stays of it.</summary>
internal static class DefaultCgroup
{
    public const string Parent = "/orch";

    public static string Of(string id) => $"{Parent}/{id}";

    /// <summary>Removes a container's cgroup; and the parent too, if it is ours and this was its last child. A parent
    /// that the user named is the user's: there may be limits on it.</summary>
    public static void Remove(CgroupSet cgroups, string path)
    {
        cgroups.Remove();
        if (Path.GetDirectoryName(path) != Parent)
            return;
        foreach (var (_, directory) in cgroups.Directories)
        {
            try
            {
                Directory.Delete(Path.GetDirectoryName(directory)!);
            }
            catch (IOException)
            {
                // Others live in it, or another container's end has just removed it.
            }
        }
    }
}
