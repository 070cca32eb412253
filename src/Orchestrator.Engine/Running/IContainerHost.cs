using Orchestrator.Engine.Containers;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Running;

/// <summary>What a container needs of the kernel while it runs: root file system, network, shim. The engine's own
/// rules are written against this, and tested without a kernel.</summary>
internal interface IContainerHost
{
    /// <summary>Makes everything up to the point where only the program has to be started.</summary>
    /// <exception cref="EngineException">It cannot be; nothing is left behind.</exception>
    Task<IContainerRun> CreateAsync(ContainerRecord record, CancellationToken cancellationToken);

    /// <summary>Gives its empty volumes what the image has at their targets.</summary>
    /// <exception cref="EngineException">A volume cannot be mounted, or has no room. Nothing stays mounted.</exception>
    Task FillVolumesAsync(ContainerRecord record, CancellationToken cancellationToken);

    /// <summary>Finds what an earlier daemon left running.</summary>
    /// <returns>Null: no shim of the container lives.</returns>
    Task<IContainerRun?> AdoptAsync(ContainerRecord record, CancellationToken cancellationToken);

    /// <summary>How the last run ended, if its shim could still write that down before it went.</summary>
    ExitStatus? ReadExit(ContainerRecord record);

    /// <summary>Something of a run is still there, or of the beginning of one.</summary>
    bool HasRemains(ContainerRecord record);

    /// <summary>
    /// Takes down what <see cref="CreateAsync"/> made, killing what runs. Idempotent, and does all it can.
    /// </summary>
    Task ReleaseAsync(ContainerRecord record, CancellationToken cancellationToken);

    /// <summary>A container that this one is linked to has another address now.</summary>
    Task RelinkAsync(ContainerRecord record, CancellationToken cancellationToken);

    /// <summary>Deletes what the container wrote to its root, and the memory of its pipes. Only after
    /// <see cref="ReleaseAsync"/>.</summary>
    Task DeleteRootAsync(string id, CancellationToken cancellationToken);
}

/// <summary>One run of a container: its shim, as the daemon that started or adopted it sees it.</summary>
internal interface IContainerRun
{
    int Pid { get; }

    DateTimeOffset? StartedAt { get; }

    bool IsPaused { get; }

    /// <summary>False for one that was adopted before its program had been started.</summary>
    bool IsStarted { get; }

    IReadOnlyList<NetworkConnection> Connections { get; }

    IReadOnlyList<PortBinding> Ports { get; }

    /// <exception cref="EngineException">The program cannot be executed.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    Task SignalAsync(int signal, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when the container has ended; never fails for a shim that died: then the status says unknown.
    /// </summary>
    Task<ExitStatus> WaitAsync(CancellationToken cancellationToken);

    Task PauseAsync(CancellationToken cancellationToken);

    Task ResumeAsync(CancellationToken cancellationToken);

    Task ResizeAsync(string? execId, int height, int width, CancellationToken cancellationToken);

    Task<AttachedStreams> AttachAsync(
        string? execId, AttachOptions options, bool terminal, bool stdinOnce, CancellationToken cancellationToken);

    /// <summary>Looks a user up in the container's files.</summary>
    ResolvedUser ResolveUser(string user, IReadOnlyList<string> extraGroups);

    /// <param name="detach">Nobody will attach: what it prints goes nowhere.</param>
    Task<ExecStarted> ExecAsync(
        ProcessSpec process, bool openStdin, bool privileged, bool detach, CancellationToken cancellationToken);

    Task<ExitStatus> WaitExecAsync(string execId, CancellationToken cancellationToken);

    Task SignalExecAsync(string execId, int signal, CancellationToken cancellationToken);

    /// <summary>Changes limits; what is null stays.</summary>
    /// <exception cref="ShimException">The kernel refuses one.</exception>
    Task UpdateAsync(ResourcesSpec resources, CancellationToken cancellationToken);

    Task<ContainerStats> StatsAsync(CancellationToken cancellationToken);
}
