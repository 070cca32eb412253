using Orchestrator.Linux;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Hooks;

namespace Orchestrator.Runtime.Containers;

/// <summary>A container that an earlier command made, as its state directory and the kernel tell of it.</summary>
internal sealed class Container
{
    private readonly Lazy<RuntimeSpec> spec;
    private CgroupLayout? layout;

    private Container(string id, ShimDirectory directory, ContainerState state)
    {
        (Id, Directory, State) = (id, directory, state);
        Files = new ContainerFiles(directory);
        spec = new Lazy<RuntimeSpec>(() => Files.ReadSpec(state.Bundle));
    }

    public string Id { get; }

    public ShimDirectory Directory { get; }

    public ContainerFiles Files { get; }

    /// <summary>As last written; whether it still holds, <see cref="Status"/> says.</summary>
    public ContainerState State { get; }

    /// <summary>The config.json it was created from.</summary>
    public RuntimeSpec Spec => spec.Value;

    public HookState HookState => new(Id, State.Bundle, Spec.Annotations);

    /// <summary>A container of a shim; all but looking at it goes through that shim.</summary>
    public bool HasShim => File.Exists(Directory.ControlSocket) && Directory.ShimLives();

    public bool Lives => ProcessIdentity.Lives(State.BootId, State.Pid, State.PidStartTicks);

    public string CgroupsPath =>
        State.CgroupsPath is { Length: > 0 } path ? path : DefaultCgroup.Of(Id);

    /// <summary>With the cpuset hierarchy, whether or not this container used it.</summary>
    public CgroupSet Cgroups => CgroupSet.Existing(layout ??= CgroupLayout.Detect(), CgroupsPath);

    /// <summary>Asked of the kernel as far as it can tell, for the last writer may have been killed.</summary>
    public OciStatus Status
    {
        get
        {
            if (!Lives)
                return HasCreator ? OciStatus.Creating : OciStatus.Stopped;
            if (Cgroups.IsFrozen())
                return OciStatus.Paused;
            return Files.AwaitsStart || (HasShim && State.Status == ContainerStatus.Created)
                ? OciStatus.Created
                : OciStatus.Running;
        }
    }

    /// <exception cref="RuntimeException">There is none.</exception>
    public static Container Load(StateRoot root, string id) =>
        Find(root, id) ?? throw new RuntimeException($"container does not exist: {id}");

    /// <returns>Null: there is none of this id.</returns>
    public static Container? Find(StateRoot root, string id)
    {
        if (!System.IO.Directory.Exists(root.DirectoryOf(id)))
            return null;
        var directory = root.Find(id);
        // No state: whoever claimed the id was killed before it could write one.
        var state = directory.ReadState() ?? new ContainerState { Id = id, Status = ContainerStatus.Stopped };
        return new Container(id, directory, state);
    }

    /// <summary>Pid 1, surely the one recorded.</summary>
    /// <exception cref="RuntimeException">It has ended.</exception>
    public PidFd OpenProcess() => TryOpenProcess() ?? throw new RuntimeException($"container not running: {Id}");

    /// <returns>Null: it has ended.</returns>
    public PidFd? TryOpenProcess() => TryOpen(State.Pid, State.PidStartTicks);

    /// <summary>Whoever is at work on creating it.</summary>
    /// <returns>Null: nobody is.</returns>
    public PidFd? TryOpenCreator() => HasCreator ? TryOpen(State.ShimPid, State.ShimStartTicks) : null;

    public bool HasCreator => State.Pid == 0 && !HasShim
        && ProcessIdentity.Lives(State.BootId, State.ShimPid, State.ShimStartTicks);

    /// <summary>As it is on disk now.</summary>
    public Container Reread() => new(Id, Directory, Directory.ReadState() ?? State);

    private PidFd? TryOpen(int pid, ulong startTicks)
    {
        if (pid == 0)
            return null;
        try
        {
            var process = PidFd.Open(pid);
            // Looked at after the open: before it the pid may have become another's.
            if (ProcessIdentity.Lives(State.BootId, pid, startTicks))
                return process;
            process.Dispose();
        }
        catch (LinuxException e) when (e.Errno is Errno.ESRCH or Errno.EINVAL)
        {
            // As when it is another's.
        }

        return null;
    }

    public void Save(ContainerStatus status) => StateRoot.Save(Directory, State with
    {
        Status = status,
        StartedAt = State.StartedAt ?? (status == ContainerStatus.Running ? DateTimeOffset.UtcNow : null),
    });
}
