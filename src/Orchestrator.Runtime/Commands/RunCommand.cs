using System.Globalization;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>run</c>: create, start, wait, delete, all in this process: the container's parent and the caller's child
/// are one, and the container has the caller's own streams.</summary>
internal static class RunCommand
{
    public static int Execute(StateRoot root, Arguments arguments)
    {
        var id = arguments.Id();
        var bundle = Path.GetFullPath(arguments["bundle"] ?? arguments["b"] ?? ".");
        var directory = new ShimDirectory(root.Claim(id));
        PreparedBundle? prepared = null;
        try
        {
            prepared = PreparedBundle.Prepare(bundle, $"/orch/{id}");
            return Run(prepared, directory, id, bundle, arguments["pid-file"]);
        }
        finally
        {
            prepared?.Cgroups.Remove();
            Directory.Delete(directory.Path, recursive: true);
        }
    }

    private static int Run(PreparedBundle prepared, ShimDirectory directory, string id, string bundle, string? pidFile)
    {
        using var init = prepared.StartInit(StandardStreams.Inherited());
        init.Go();
        init.AwaitExecuted();
        StateRoot.Save(directory, Recorded(id, bundle, init.Pid, prepared.CgroupsPath));
        if (pidFile is not null)
            File.WriteAllText(pidFile, init.Pid.ToString(CultureInfo.InvariantCulture));
        using var signals = SignalForwarding.To(init.Pid);
        if (init.Terminal is not { } terminal)
            return Child.Reap(init.Pid).ExitCode;
        using (terminal)
            return TerminalRelay.Run(terminal, init.Pid);
    }

    private static ContainerState Recorded(string id, string bundle, int pid, string cgroupsPath) => new()
    {
        Id = id,
        Status = ContainerStatus.Running,
        Pid = pid,
        PidStartTicks = ProcessIdentity.StartTicks(pid) ?? 0,
        ShimPid = Environment.ProcessId,
        ShimStartTicks = ProcessIdentity.StartTicks(Environment.ProcessId) ?? 0,
        BootId = ProcessIdentity.BootId(),
        Bundle = bundle,
        CgroupsPath = cgroupsPath,
        CreatedAt = DateTimeOffset.UtcNow,
        StartedAt = DateTimeOffset.UtcNow,
    };
}
