using Orchestrator.Init;

namespace Orchestrator.Runtime.Plans;

/// <summary>One step of a plan before it is laid out in bytes.</summary>
/// <param name="What">For the user, should it fail: "mount proc on /proc".</param>
internal sealed record PlanEntry(PlanOp Op, string What)
{
    public int Flags { get; init; }

    public long A { get; init; }

    public long B { get; init; }

    public long C { get; init; }

    public string? Text1 { get; init; }

    public string? Text2 { get; init; }

    public string? Text3 { get; init; }

    public string? Text4 { get; init; }

    /// <summary>Identity: supplementary groups.</summary>
    public uint[]? Groups { get; init; }

    /// <summary>Capabilities: the ambient set.</summary>
    public ulong Ambient { get; init; }

    /// <summary>Seccomp: the filter.</summary>
    public Seccomp.SeccompProgram? Filter { get; init; }

    /// <summary>Seccomp: who is handed the filter's listener.</summary>
    public Seccomp.SeccompListener? Listener { get; init; }

    /// <summary>Scheduler, Affinity: a structure of the kernel's, as Text1.</summary>
    public byte[]? Blob { get; init; }

    /// <summary>Execute, Hook: argv.</summary>
    public string[]? Arguments { get; init; }

    /// <summary>Execute, Hook: the environment.</summary>
    public string[]? Environment { get; init; }
}
