using System.Collections.Immutable;

namespace Orchestrator.Network;

/// <summary>One published port of a container.</summary>
/// <param name="HostIp">Address of the host; empty, <c>0.0.0.0</c> or <c>::</c>: all of them.</param>
/// <param name="HostPort">Port of the host; 0: any free one.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="LastHostPort">Any free one from <paramref name="HostPort"/> to this; 0: that one alone.</param>
public sealed record PortBinding(
    string HostIp, int HostPort, int ContainerPort, string Protocol = "tcp", int LastHostPort = 0)
{
    /// <summary>Published on all addresses of IPv6, too, under the same number: its container has IPv6.</summary>
    public bool BothFamilies { get; init; }

    /// <summary>One of each family, if it is of both.</summary>
    public ImmutableArray<PortBinding> Split() =>
        BothFamilies ? [this with { BothFamilies = false }, this with { HostIp = "::", BothFamilies = false }] : [this];
}
