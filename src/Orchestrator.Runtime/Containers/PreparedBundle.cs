using Orchestrator.Init;
using Orchestrator.Linux;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>A bundle with its cgroup made and its limits set: ready to be started.</summary>
internal sealed class PreparedBundle
{
    private readonly string bundle;

    private PreparedBundle(RuntimeSpec spec, string bundle, CgroupSet cgroups, string cgroupsPath)
    {
        Spec = spec;
        this.bundle = bundle;
        Cgroups = cgroups;
        CgroupsPath = cgroupsPath;
    }

    public RuntimeSpec Spec { get; }

    public CgroupSet Cgroups { get; }

    /// <summary>The spec's, or the default.</summary>
    public string CgroupsPath { get; }

    /// <summary>Namespaces the container does not share with the host: those an exec has to enter.</summary>
    public NamespaceKinds Namespaces => (Spec.Linux?.Namespaces ?? [])
        .Aggregate(NamespaceKinds.None, (all, n) => all | ContainerPlan.Kind(n));

    /// <param name="bundle">Absolute.</param>
    /// <exception cref="RuntimeException">Nothing is left behind.</exception>
    public static PreparedBundle Prepare(string bundle, string defaultCgroupsPath)
    {
        var spec = BundleDirectory.Read(bundle);
        var cgroups = CgroupsOf(spec, defaultCgroupsPath);
        try
        {
            cgroups.Create();
            cgroups.Apply(ResourceMapping.ToLimits(spec.Linux?.Resources));
        }
        catch (IOException e)
        {
            cgroups.Remove();
            throw new RuntimeException(e.Message);
        }

        return new PreparedBundle(spec, bundle, cgroups, PathOf(spec, defaultCgroupsPath));
    }

    public IReadOnlyList<PlanEntry> Plan(bool waitForStart) =>
        ContainerPlan.Build(Spec, bundle, Cgroups, Capabilities.OfThisProcess(), waitForStart);

    public static CgroupSet CgroupsOf(RuntimeSpec spec, string defaultPath)
    {
        var cpu = spec.Linux?.Resources?.Cpu;
        try
        {
            var withCpuset = cpu?.Cpus is { Length: > 0 } || cpu?.Mems is { Length: > 0 };
            return new CgroupSet(CgroupLayout.Detect(), PathOf(spec, defaultPath), withCpuset);
        }
        catch (ArgumentException e)
        {
            throw new RuntimeException(e.Message);
        }
    }

    private static string PathOf(RuntimeSpec spec, string defaultPath) =>
        spec.Linux?.CgroupsPath is { Length: > 0 } given ? given : defaultPath;
}
