namespace Orchestrator.Linux.Cgroups;

/// <summary>A new cpuset of v1 has no CPU and no memory node: it gets its parent's, level by level.</summary>
internal static class CpusetV1
{
    public static void Inherit(string mountPoint, string path)
    {
        var parent = mountPoint;
        foreach (var name in path.Split('/'))
        {
            var child = $"{parent}/{name}";
            foreach (var file in (string[])["cpuset.cpus", "cpuset.mems"])
            {
                if (string.IsNullOrWhiteSpace(CgroupFile.TryRead($"{child}/{file}")))
                    CgroupFile.Write($"{child}/{file}", CgroupFile.TryRead($"{parent}/{file}")?.Trim() ?? "");
            }

            parent = child;
        }
    }
}
