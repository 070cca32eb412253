namespace Orchestrator.Network;

/// <summary>One published port of a container.</summary>
/// <param name="HostIp">Address of the host; empty or <c>0.0.0.0</c>: all of them.</param>
/// <param name="HostPort">Port of the host; 0: any free one.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="LastHostPort">Any free one from <paramref name="HostPort"/> to this; 0: that one alone.</param>
public sealed record PortBinding(
    string HostIp, int HostPort, int ContainerPort, string Protocol = "tcp", int LastHostPort = 0);
