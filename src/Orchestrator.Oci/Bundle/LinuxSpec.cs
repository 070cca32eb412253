using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Bundle;

/// <summary>The Linux part of config.json. Source: OCI runtime-spec 1.2, config-linux.md.</summary>
public sealed record LinuxSpec
{
    public NamespaceSpec[]? Namespaces { get; init; }

    /// <summary>Of a new user namespace; both or neither.</summary>
    public IdMapping[]? UidMappings { get; init; }

    public IdMapping[]? GidMappings { get; init; }

    /// <summary>Of a new time namespace, by clock: <c>monotonic</c>, <c>boottime</c>.</summary>
    public Dictionary<string, TimeOffset>? TimeOffsets { get; init; }

    public DeviceSpec[]? Devices { get; init; }

    /// <summary>Absolute: below each hierarchy's mount, as <c>/orch/ID</c>.</summary>
    public string? CgroupsPath { get; init; }

    public ResourcesSpec? Resources { get; init; }

    /// <summary>Namespaced ones only: <c>net.*</c>, <c>kernel.shm*</c>, <c>kernel.msg*</c>, <c>kernel.sem</c>,
    /// <c>fs.mqueue.*</c>, each only where the container has its own namespace of that kind.</summary>
    public Dictionary<string, string>? Sysctl { get; init; }

    /// <summary>One of private, rprivate, slave, rslave, shared, rshared. Null: rprivate.</summary>
    public string? RootfsPropagation { get; init; }

    public string[]? MaskedPaths { get; init; }

    public string[]? ReadonlyPaths { get; init; }

    public SeccompSpec? Seccomp { get; init; }

    /// <summary>SELinux label of the mounts.</summary>
    public string? MountLabel { get; init; }

    public PersonalitySpec? Personality { get; init; }
}

/// <summary>A range of ids: <paramref name="Size"/> of them, from the first inside and the first outside.</summary>
public sealed record IdMapping(
    [property: JsonPropertyName("containerID")] uint ContainerId,
    [property: JsonPropertyName("hostID")] uint HostId,
    uint Size);

/// <summary>How far a clock of the container is ahead of the host's.</summary>
public sealed record TimeOffset(long Secs = 0, uint Nanosecs = 0);

/// <param name="Domain"><c>LINUX</c> or <c>LINUX32</c>.</param>
public sealed record PersonalitySpec(string Domain, string[]? Flags = null);

/// <param name="Type">pid, network, mount, ipc, uts, user, cgroup or time. A kind not listed is shared with the host.</param>
/// <param name="Path">The namespace's file to join; null makes a new one.</param>
public sealed record NamespaceSpec(string Type, string? Path = null);

/// <summary>A device node made in the container.</summary>
public sealed record DeviceSpec
{
    /// <summary><c>c</c>, <c>b</c> or <c>p</c>.</summary>
    public required string Type { get; init; }

    public required string Path { get; init; }

    public long Major { get; init; }

    public long Minor { get; init; }

    /// <summary>Permission bits; null: 0666.</summary>
    public uint? FileMode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }
}
