using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Resources;

namespace Orchestrator.Runtime.Shim.Backends;

/// <summary>This runtime: no program but orch-init stands between the shim and its container.</summary>
internal sealed class OwnBackend(PreparedBundle prepared) : IContainerBackend
{
    private InitProcess? init;

    public RuntimeSpec Spec => prepared.Spec;

    public CgroupSet Cgroups => prepared.Cgroups;

    public string CgroupsPath => prepared.CgroupsPath;

    public bool HasPidNamespace => prepared.Namespaces.HasFlag(NamespaceKinds.Pid);

    public static OwnBackend Open(ShimOptions options) =>
        new(PreparedBundle.Prepare(options.Id, options.Bundle, $"{options.CgroupParent}/{options.Id}"));

    public int Create(ProcessStreams streams)
    {
        init = prepared.StartInit(streams.ForChild);
        streams.Started(init.Terminal);
        return init.Pid;
    }

    public void Start()
    {
        init!.Go();
        init.AwaitExecuted();
        prepared.Started(init.Pid, HostLog.Warn);
    }

    public int Exec(ProcessSpec process, int containerPid, ProcessStreams streams)
    {
        using var target = PidFd.Open(containerPid);
        using var file = FileDescriptor.Borrow(target.Fd);
        var available = PreparedBundle.AvailableCapabilities(prepared.Namespaces);
        var plan = prepared.Confined(
            ProcessPlan.ForExec(process, prepared.Cgroups, containerPid, prepared.Namespaces, available), process,
            containerPid);
        using var launched = InitProcess.Start(plan, streams.ForChild, new ProcessRequests(process), file);
        launched.AwaitExecuted();
        streams.Started(launched.Terminal);
        return launched.Pid;
    }

    public void Signal(ShimProcess main, int signal) => main.Signal(signal);

    public void Pause() => prepared.Cgroups.Freeze();

    public void Resume() => prepared.Cgroups.Thaw();

    public void Update(ResourcesSpec resources) => ResourcePlan.Update(prepared.Cgroups, resources);

    public void KillAll() => prepared.Cgroups.KillAll();

    public void Remove() => prepared.RemoveCgroups();

    public void Removed() => prepared.Removed(HostLog.Warn);

    public void Dispose() => init?.Dispose();
}
