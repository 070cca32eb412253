using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Dhcp;

internal enum DhcpType : byte
{
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
}

/// <summary>A message of DHCPv4, with the options that a client of addresses needs. Source: RFC 2131, RFC
/// 2132.</summary>
internal sealed record DhcpMessage(DhcpType Type, uint Transaction, MacAddress Mac)
{
    /// <summary>Address that the client has and answers on.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>Address that the server gives.</summary>
    public IPAddress? Given { get; init; }

    /// <summary>Address that the client would like.</summary>
    public IPAddress? Requested { get; init; }

    public IPAddress? Server { get; init; }

    public IPAddress? Mask { get; init; }

    public IPAddress? Router { get; init; }

    public string Hostname { get; init; } = "";

    /// <summary>What the server has to say.</summary>
    public string Text { get; init; } = "";

    /// <summary>Seconds; null: not said.</summary>
    public uint? LeaseTime { get; init; }

    public uint? RenewalTime { get; init; }

    public uint? RebindingTime { get; init; }
}
