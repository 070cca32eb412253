using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Overlays;

/// <summary>An address of an overlay that lives on another node.</summary>
internal sealed record RemoteEndpoint(IPAddress Address, MacAddress Mac, IPAddress Vtep)
{
    /// <returns>One for each of its addresses, all of one hardware address.</returns>
    public static IEnumerable<RemoteEndpoint> From(OverlayEndpoint endpoint)
    {
        var mac = endpoint.Mac is { } text && MacAddress.TryParse(text, out var given)
            ? given
            : MacAddress.Derive(IPAddress.Parse(endpoint.Ip));
        var vtep = IPAddress.Parse(endpoint.NodeVtep);
        return endpoint.Addresses.Select(address => new RemoteEndpoint(IPAddress.Parse(address), mac, vtep));
    }
}
