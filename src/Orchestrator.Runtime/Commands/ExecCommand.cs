using System.Globalization;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>exec</c>: another process in a running container, with the caller's streams and as the caller's child.
/// </summary>
internal static class ExecCommand
{
    public static int Execute(StateRoot root, Arguments arguments)
    {
        var state = root.Load(arguments.Id());
        if (!ProcessIdentity.Lives(state.BootId, state.Pid, state.PidStartTicks))
            throw new RuntimeException($"cannot exec in container {state.Id}: it is not running");
        var spec = BundleDirectory.Read(state.Bundle);
        var process = ExecDefaults.Complete(new ExecSpec { Process = Asked(arguments, spec.Process!) }, spec);
        var cgroups = PreparedBundle.CgroupsOf(spec, state.CgroupsPath ?? $"/orch/{state.Id}");
        var namespaces = NamespacePlan.Kinds(spec.Linux);
        using var target = PidFd.Open(state.Pid);
        if (!ProcessIdentity.Lives(state.BootId, state.Pid, state.PidStartTicks))
            throw new RuntimeException($"cannot exec in container {state.Id}: it has just ended");
        using var file = FileDescriptor.Borrow(target.Fd);
        var available = PreparedBundle.AvailableCapabilities(namespaces);
        var plan = ProcessPlan.ForExec(process, cgroups, namespaces, available);
        using var init = InitProcess.Start(plan, StandardStreams.Inherited(), new ProcessRequests(process), file);
        init.AwaitExecuted();
        if (arguments["pid-file"] is { } pidFile)
            File.WriteAllText(pidFile, init.Pid.ToString(CultureInfo.InvariantCulture));
        using var signals = SignalForwarding.To(init.Pid);
        return init.Terminal is { } terminal ? TerminalRelay.Run(terminal, init.Pid) : Child.Reap(init.Pid).ExitCode;
    }

    private static ProcessSpec Asked(Arguments arguments, ProcessSpec container) => new()
    {
        Args = [.. arguments.Words.Skip(1)],
        Cwd = arguments["cwd"] ?? container.Cwd,
        Env = [.. container.Env ?? [], .. arguments.Every("env"), .. arguments.Every("e")],
        Terminal = arguments.Has("tty") || arguments.Has("t"),
        User = arguments["user"] is { } user ? User(user) : container.User,
    };

    private static UserSpec User(string text)
    {
        var ids = text.Split(':').Select(t => uint.TryParse(t, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new RuntimeException($"user \"{text}\" is not UID[:GID]")).ToArray();
        return new UserSpec(ids[0], ids.Length > 1 ? ids[1] : 0);
    }
}
