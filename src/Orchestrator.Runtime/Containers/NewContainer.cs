using Orchestrator.Init;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Commands;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Validation;

namespace Orchestrator.Runtime.Containers;

/// <summary>A container on its way, up to just before its program: <c>create</c>, and the first half of <c>run</c>.
/// </summary>
/// <remarks>Whoever is killed in between, <c>delete --force</c> finds all there is: what will be made is written down
/// before it is made, and an init whose runtime is gone ends by itself.
/// <code>
/// id claimed → config.json, state.json with the cgroup's path → cgroup → init … ready → state.json with its pid
/// </code></remarks>
internal sealed class NewContainer : IDisposable
{
    private readonly CreateOptions options;
    private readonly ContainerFiles files;
    private readonly PreparedBundle prepared;

    private NewContainer(CreateOptions options, ContainerFiles files, PreparedBundle prepared, InitProcess init)
    {
        (this.options, this.files, this.prepared, Init) = (options, files, prepared, init);
    }

    public InitProcess Init { get; }

    public RuntimeSpec Spec => prepared.Spec;

    /// <exception cref="RuntimeException">Why not; nothing is left.</exception>
    public static NewContainer Create(StateRoot root, CreateOptions options)
    {
        var spec = BundleDirectory.Read(options.Bundle);
        Check(options, spec);
        var files = new ContainerFiles(new ShimDirectory(root.Claim(options.Id)));
        try
        {
            using var scope = options.Systemd ? SystemdScope.Start(spec.Linux?.CgroupsPath, options.Id) : null;
            if (scope is not null)
                spec = spec with { Linux = (spec.Linux ?? new()) with { CgroupsPath = scope.CgroupsPath } };
            var cgroupsPath = PreparedBundle.PathOf(spec, DefaultCgroup.Of(options.Id));
            files.CopySpec(options.Bundle);
            StateRoot.Save(files.Directory, Recorded(options, spec, cgroupsPath, pid: 0));
            return Create(options, files, spec, cgroupsPath);
        }
        catch
        {
            Directory.Delete(files.Directory.Path, recursive: true);
            throw;
        }
    }

    /// <summary>The program runs: as <see cref="CreateOptions.Detached"/> says, without <c>start</c>.</summary>
    public void Start()
    {
        Init.Go();
        Init.AwaitExecuted();
        prepared.Started(Init.Pid, CommandLine.Warn);
    }

    /// <summary>Takes back everything.</summary>
    public void Remove()
    {
        prepared.Cgroups.KillAll();
        prepared.Cgroups.Remove();
        Directory.Delete(files.Directory.Path, recursive: true);
        prepared.Removed(CommandLine.Warn);
    }

    public void Dispose() => Init.Dispose();

    private static NewContainer Create(
        CreateOptions options, ContainerFiles files, RuntimeSpec spec, string cgroupsPath)
    {
        var prepared = PreparedBundle.Prepare(options.Id, spec, options.Bundle, cgroupsPath);
        CommandLine.WarnEach(ProcessRules.Warnings(spec.Process!));
        try
        {
            var container = new NewContainer(options, files, prepared, Launch(options, files, prepared));
            container.Publish();
            return container;
        }
        catch
        {
            prepared.Cgroups.KillAll();
            prepared.Cgroups.Remove();
            prepared.Removed(CommandLine.Warn);
            throw;
        }
    }

    private static InitProcess Launch(CreateOptions options, ContainerFiles files, PreparedBundle prepared)
    {
        using var listener = options.Detached ? files.Listen() : null;
        return prepared.StartInit(
            StandardStreams.Inherited(), Adapt, PassedFiles.For(listener, options.PreserveFds));

        IReadOnlyList<PlanEntry> Adapt(IReadOnlyList<PlanEntry> plan)
        {
            var variant = PlanVariant.Of(plan, options);
            if (options.Detached) // Else nobody but this process will start it.
                files.WriteSteps(variant);
            return variant;
        }
    }

    /// <summary>Tells who waits for it: the terminal's owner, and who reads the pid.</summary>
    private void Publish()
    {
        if (options.ConsoleSocket is { } socket && Init.Terminal is { } terminal)
            ConsoleSocket.Send(socket, terminal);
        StateRoot.Save(files.Directory, Recorded(options, Spec, prepared.CgroupsPath, Init.Pid));
        ContainerFiles.WritePid(options.PidFile, Init.Pid);
    }

    private static void Check(CreateOptions options, RuntimeSpec spec)
    {
        var terminal = spec.Process?.Terminal ?? false;
        if (options.Detached && terminal && options.ConsoleSocket is null)
            throw new RuntimeException(
                "process.terminal is true, and nobody stays to hold the terminal: give --console-socket SOCKET");
        if (options.ConsoleSocket is not null && !terminal)
            throw new RuntimeException(
                "--console-socket is given, but process.terminal is false: set it in config.json, or leave the flag");
    }

    private static ContainerState Recorded(CreateOptions options, RuntimeSpec spec, string cgroupsPath, int pid) => new()
    {
        Id = options.Id,
        Status = ContainerStatus.Created,
        Pid = pid,
        PidStartTicks = pid == 0 ? 0 : ProcessIdentity.StartTicks(pid) ?? 0,
        // While there is no pid: who is at work, so that "creating" can be told from "given up".
        ShimPid = pid == 0 ? Environment.ProcessId : 0,
        ShimStartTicks = pid == 0 ? ProcessIdentity.StartTicks(Environment.ProcessId) ?? 0 : 0,
        BootId = ProcessIdentity.BootId(),
        Bundle = options.Bundle,
        CgroupsPath = cgroupsPath,
        CreatedAt = DateTimeOffset.UtcNow,
    };
}
