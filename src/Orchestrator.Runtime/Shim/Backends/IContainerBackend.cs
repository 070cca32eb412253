using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Shim.Backends;

/// <summary>Who makes the processes that a shim is parent of: this runtime, called in-process, or another OCI runtime,
/// driven through its command line.</summary>
internal interface IContainerBackend : IDisposable
{
    /// <summary>The bundle's config.json.</summary>
    RuntimeSpec Spec { get; }

    /// <summary>Where its processes are accounted for, and found when nothing else finds them.</summary>
    CgroupSet Cgroups { get; }

    string CgroupsPath { get; }

    /// <summary>All processes end with the first; else those that are left have to be killed.</summary>
    bool HasPidNamespace { get; }

    /// <summary>Everything up to just before execve.</summary>
    /// <param name="streams">The first process's; told of its terminal.</param>
    /// <returns>Its pid; it is a child of ours.</returns>
    /// <exception cref="RuntimeException">Why not. What is left is for <see cref="Remove"/>.</exception>
    int Create(ProcessStreams streams);

    /// <summary>Returns when the program has been executed.</summary>
    /// <exception cref="RuntimeException">It cannot be; its process has ended.</exception>
    void Start();

    /// <summary>One more process in the running container, a child of ours.</summary>
    /// <exception cref="RuntimeException">Why not; the streams are the caller's to abandon.</exception>
    int Exec(ProcessSpec process, int containerPid, ProcessStreams streams);

    /// <summary>To the container's first process.</summary>
    void Signal(ShimProcess main, int signal);

    void Pause();

    void Resume();

    void Update(ResourcesSpec resources);

    /// <summary>Whatever of the container runs is gone, or about to be.</summary>
    void KillAll();

    /// <summary>Takes back what <see cref="Create"/> made. Nothing of it runs any more.</summary>
    void Remove();

    /// <summary>Called last, when the container's state is gone too.</summary>
    void Removed();
}
