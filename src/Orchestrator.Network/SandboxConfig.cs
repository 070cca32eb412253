using System.Collections.Immutable;

namespace Orchestrator.Network;

/// <summary>Names and resolver settings of one container; where it is attached comes later, by connecting it.</summary>
public sealed record SandboxConfig
{
    /// <summary>The container's name, which resolves on user-defined networks. No leading slash.</summary>
    public required string Name { get; init; }

    public string Hostname { get; init; } = "";

    public string Domainname { get; init; } = "";

    /// <summary>Resolvers given with <c>--dns</c>; empty: the host's.</summary>
    public ImmutableArray<string> DnsServers { get; init; } = [];

    public ImmutableArray<string> DnsSearch { get; init; } = [];

    public ImmutableArray<string> DnsOptions { get; init; } = [];

    /// <summary><c>name:address</c> pairs of <c>--add-host</c>; <c>host-gateway</c> stands for the bridge's
    /// address.</summary>
    public ImmutableArray<string> ExtraHosts { get; init; } = [];

    /// <summary>Containers it is linked to.</summary>
    public ImmutableArray<HostEntry> LinkedHosts { get; init; } = [];
}

/// <summary>A line of /etc/hosts.</summary>
/// <param name="Names">Separated by blanks.</param>
public sealed record HostEntry(string Address, string Names);
