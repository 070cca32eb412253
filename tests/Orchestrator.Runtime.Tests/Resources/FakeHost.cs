using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Resources;

namespace Orchestrator.Runtime.Tests.Resources;

/// <summary>Directories that look like a host's cgroups, with one cgroup /orch/c in them.</summary>
internal sealed class FakeHost : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orch-cgroups").FullName;

    private FakeHost(string[] v1, string[] v2)
    {
        var hierarchies = v1.Select(c => new CgroupHierarchy(c, $"{root}/{c}", false, c.Split(','))).ToList();
        if (v2.Length > 0)
            hierarchies.Add(new("unified", $"{root}/unified", true, v2));
        hierarchies.ForEach(h => Directory.CreateDirectory(h.MountPoint));
        Cgroups = new CgroupSet(new CgroupLayout(hierarchies), "/orch/c", "cpuset", "hugetlb", "rdma");
        Cgroups.Create();
        if (v2.Length > 0)
            Has("unified", "cgroup.controllers", string.Join(' ', v2) + "\n");
    }

    public CgroupSet Cgroups { get; }

    public static FakeHost V1() => new(
        ["cpu,cpuacct", "memory", "pids", "blkio", "devices", "hugetlb", "net_cls,net_prio", "rdma"], []);

    public static FakeHost V2() => new([], ["cpu", "cpuset", "memory", "pids", "io", "hugetlb", "rdma"]);

    /// <summary>Memory and CPU of v1, the rest of v2.</summary>
    public static FakeHost Hybrid() => new(["cpu,cpuacct", "memory"], ["pids", "io", "hugetlb"]);

    /// <summary>A file that the kernel would show in the cgroup.</summary>
    public FakeHost Has(string hierarchy, string file, string content)
    {
        File.WriteAllText($"{root}/{hierarchy}/orch/c/{file}", content);
        return this;
    }

    /// <summary>The writes planned, in order, as <c>memory/memory.limit_in_bytes=1</c>.</summary>
    public string[] Plan(ResourcesSpec resources) =>
        [.. ResourcePlan.Build(Cgroups, resources).Select(w =>
            $"{w.Path[(root.Length + 1)..].Replace("/orch/c/", "/", StringComparison.Ordinal)}={w.Value}")];

    public string Refusal(ResourcesSpec resources) =>
        Assert.Throws<RuntimeException>(() => Plan(resources)).Message;

    public void Dispose() => Directory.Delete(root, recursive: true);
}
