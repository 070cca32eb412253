namespace Orchestrator.Oci.Bundle;

/// <summary>A filter of system calls. Source: OCI runtime-spec 1.2, config-linux.md, seccomp.</summary>
public sealed record SeccompSpec
{
    /// <summary><c>SCMP_ACT_KILL</c>, <c>SCMP_ACT_KILL_PROCESS</c>, <c>SCMP_ACT_KILL_THREAD</c>, <c>SCMP_ACT_TRAP</c>,
    /// <c>SCMP_ACT_ERRNO</c>, <c>SCMP_ACT_TRACE</c>, <c>SCMP_ACT_ALLOW</c>, <c>SCMP_ACT_LOG</c> or
    /// <c>SCMP_ACT_NOTIFY</c>.</summary>
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    /// <summary><c>SCMP_ARCH_X86_64</c> and so on; null or empty: the host's own.</summary>
    public string[]? Architectures { get; init; }

    /// <summary><c>SECCOMP_FILTER_FLAG_TSYNC</c> and so on.</summary>
    public string[]? Flags { get; init; }

    /// <summary>A unix socket that is given the listener of <c>SCMP_ACT_NOTIFY</c>.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>Told to the listener's owner.</summary>
    public string? ListenerMetadata { get; init; }

    public SyscallRule[]? Syscalls { get; init; }
}

/// <summary>What happens to some system calls.</summary>
public sealed record SyscallRule
{
    public required string[] Names { get; init; }

    public required string Action { get; init; }

    /// <summary>For ERRNO and TRACE; null: EPERM.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>All must hold; null or empty: always.</summary>
    public SyscallArgument[]? Args { get; init; }
}

/// <param name="Index">0…5.</param>
/// <param name="Op"><c>SCMP_CMP_NE</c>, LT, LE, EQ, GE, GT or <c>SCMP_CMP_MASKED_EQ</c> (value: mask, valueTwo: datum).
/// </param>
public sealed record SyscallArgument(uint Index, ulong Value, string Op, ulong ValueTwo = 0);
