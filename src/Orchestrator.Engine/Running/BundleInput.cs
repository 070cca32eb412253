using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

/// <summary>What a bundle is made of besides the record: what was prepared for this one run.</summary>
internal sealed record BundleInput
{
    public required ContainerRecord Record { get; init; }

    /// <summary>The mounted root file system.</summary>
    public required string Rootfs { get; init; }

    public required ResolvedUser User { get; init; }

    /// <summary>Namespace files to join, by kind; a kind that is absent is new, one with "" is the host's.</summary>
    public required IReadOnlyDictionary<string, string> Joined { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Target in the container → generated file of the host.</summary>
    public required IReadOnlyList<(string Target, string Source)> Files { get; init; }

    /// <summary>The same for those in memory, which are read-only.</summary>
    public IReadOnlyList<(string Target, string Source)> MemoryFiles { get; init; } = [];

    public required string CgroupsPath { get; init; }

    /// <summary>Where the container's /dev/shm is on the host; null: it gets one of its own; empty: it has none.
    /// </summary>
    public string? Shm { get; init; }

    public required long ShmSizeBytes { get; init; }

    /// <summary>Limits of processes that apply where the creator said nothing.</summary>
    public IReadOnlyList<Oci.Bundle.RlimitSpec> DefaultRlimits { get; init; } = [];

    /// <summary>Limits of block devices, looked up on the host.</summary>
    public Oci.Bundle.BlockIoResources? BlockIo { get; init; }

    /// <summary>Ids of its user namespace; null: it shares the host's.</summary>
    public UserRemap? Remap { get; init; }

    /// <summary>Capabilities this daemon itself has: a privileged container gets these.</summary>
    public required string[] HostCapabilities { get; init; }

    /// <summary>AppArmor profile for a creator that named none; empty: this host has no AppArmor.</summary>
    public string Apparmor { get; init; } = "unconfined";

    /// <summary>The daemon's filter of system calls, for a creator that asked for none.</summary>
    public string Seccomp { get; init; } = "";

    /// <summary>Devices the creator asked for, looked up on the host.</summary>
    public IReadOnlyList<(Oci.Bundle.DeviceSpec Node, string Access)> Devices { get; init; } = [];
}
