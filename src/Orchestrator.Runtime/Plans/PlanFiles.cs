using System.Collections.Immutable;
using Orchestrator.Init;

namespace Orchestrator.Runtime.Plans;

/// <summary>Numbers, in init, of the descriptors opened for a plan, by what they are for. 0: not there.</summary>
internal sealed record PlanFiles
{
    public static readonly PlanFiles None = new();

    /// <summary>Namespaces to join, by their place in linux.namespaces.</summary>
    public ImmutableDictionary<int, int> Namespaces { get; init; } = ImmutableDictionary<int, int>.Empty;

    /// <summary>Mount trees made already, by their place in mounts.</summary>
    public ImmutableDictionary<int, int> Mounts { get; init; } = ImmutableDictionary<int, int>.Empty;

    /// <summary>The root file system as a mount tree.</summary>
    public int Root { get; init; }

    /// <summary>A file system with a node for each of <see cref="DevicePlan.All"/>.</summary>
    public int Devices { get; init; }

    /// <summary>The first number that is free.</summary>
    public int Next { get; init; } = InitFd.FirstOpened;
}
