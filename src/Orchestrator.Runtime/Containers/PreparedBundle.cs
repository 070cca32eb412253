using Orchestrator.Linux;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Resources;
using Orchestrator.Runtime.Validation;

namespace Orchestrator.Runtime.Containers;

/// <summary>A bundle with its cgroup made and its limits set: ready to be started.</summary>
internal sealed class PreparedBundle
{
    private readonly HookState state;

    private PreparedBundle(RuntimeSpec spec, HookState state, CgroupSet cgroups, string cgroupsPath)
    {
        Spec = spec;
        this.state = state;
        Cgroups = cgroups;
        CgroupsPath = cgroupsPath;
    }

    public RuntimeSpec Spec { get; }

    public CgroupSet Cgroups { get; }

    /// <summary>The spec's, or the default.</summary>
    public string CgroupsPath { get; }

    /// <summary>Namespaces the container does not share with the host: those an exec has to enter.</summary>
    public NamespaceKinds Namespaces => NamespacePlan.Kinds(Spec.Linux);

    /// <param name="bundle">Absolute.</param>
    /// <exception cref="RuntimeException">Nothing is left behind.</exception>
    public static PreparedBundle Prepare(string id, string bundle, string defaultCgroupsPath) =>
        Prepare(id, BundleDirectory.Read(bundle), bundle, defaultCgroupsPath);

    /// <inheritdoc cref="Prepare(string, string, string)"/>
    public static PreparedBundle Prepare(string id, RuntimeSpec spec, string bundle, string defaultCgroupsPath)
    {
        SpecValidator.Check(spec);
        var cgroups = CgroupsOf(spec, defaultCgroupsPath);
        try
        {
            cgroups.Create();
            ResourcePlan.Create(cgroups, spec.Linux?.Resources);
        }
        catch (Exception e)
        {
            cgroups.Remove();
            throw e is IOException ? new RuntimeException(e.Message) : e;
        }

        var state = new HookState(id, bundle, spec.Annotations);
        return new PreparedBundle(spec, state, cgroups, PathOf(spec, defaultCgroupsPath));
    }

    /// <summary>Everything up to just before execve.</summary>
    /// <param name="streams">Descriptors 0, 1 and 2.</param>
    /// <param name="adapt">Called with each plan before it is executed.</param>
    /// <param name="passed">More files, as <see cref="PassedFiles"/> gives them.</param>
    /// <exception cref="RuntimeException">Why not; its process is gone, its cgroup is the caller's to remove.</exception>
    public InitProcess StartInit(
        FileDescriptor[] streams, Func<IReadOnlyList<PlanEntry>, IReadOnlyList<PlanEntry>>? adapt = null,
        FileDescriptor?[]? passed = null)
    {
        using var files = BundleFiles.Open(Spec, state.Bundle);
        return InitProcess.StartReady(
            () => Build(files.Numbers) is var plan && adapt is not null ? adapt(plan) : plan,
            streams, new ContainerRequests(Spec, state, streams), PassedFiles.Merge(files.AsExtra(), passed ?? []));
    }

    /// <inheritdoc cref="ContainerHooks.Started"/>
    public void Started(int pid, Action<string> warn) => ContainerHooks.Started(Spec, state, pid, warn);

    /// <inheritdoc cref="ContainerHooks.Removed"/>
    public void Removed(Action<string> warn) => ContainerHooks.Removed(Spec, state, warn);

    private IReadOnlyList<PlanEntry> Build(PlanFiles numbers)
    {
        var plan = ContainerPlan.Build(
            Spec, state, Cgroups, AvailableCapabilities(Namespaces), waitForStart: true, numbers);
        return Confined(plan, Spec.Process!, containerPid: null);
    }

    /// <summary>What a process in these namespaces may be given: root of a user namespace has all there are, over what
    /// belongs to that.</summary>
    public static ulong AvailableCapabilities(NamespaceKinds namespaces) =>
        namespaces.HasFlag(NamespaceKinds.User) ? ulong.MaxValue : Capabilities.OfThisProcess();

    /// <summary>With the container's filter and the process's label.</summary>
    /// <param name="containerPid">Of the running container that the process joins; null: it is the first.</param>
    public IReadOnlyList<PlanEntry> Confined(IReadOnlyList<PlanEntry> plan, ProcessSpec process, int? containerPid) =>
        ConfinedPlan.Of(plan, Spec, process, state.Id, state.Bundle, containerPid);

    private static CgroupSet CgroupsOf(RuntimeSpec spec, string defaultPath)
    {
        var path = PathOf(spec, defaultPath);
        if (path.Contains(':', StringComparison.Ordinal))
            throw new RuntimeException($"linux.cgroupsPath is {path}: slice:prefix:name is for systemd's cgroups; "
                + "give a path such as /orch/ID");
        try
        {
            return new CgroupSet(CgroupLayout.Detect(), path, ResourcePlan.Controllers(spec.Linux?.Resources));
        }
        catch (ArgumentException e)
        {
            throw new RuntimeException($"linux.cgroupsPath: {e.Message}");
        }
    }

    /// <summary>Removes the cgroup, and parents made for it that are empty then.</summary>
    public void RemoveCgroups() => Cgroups.Remove();

    /// <summary>Where the container of a spec goes.</summary>
    public static string PathOf(RuntimeSpec spec, string defaultPath) =>
        spec.Linux?.CgroupsPath is { Length: > 0 } given ? given : defaultPath;
}
