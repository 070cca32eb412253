using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Overlays;

/// <summary>An address of an overlay that lives on another node.</summary>
internal sealed record RemoteEndpoint(IPAddress Address, MacAddress Mac, IPAddress Vtep)
{
    public static RemoteEndpoint From(OverlayEndpoint endpoint)
    {
        var address = IPAddress.Parse(endpoint.Ip);
        var mac = endpoint.Mac is { } text && MacAddress.TryParse(text, out var given)
            ? given
            : MacAddress.Derive(address);
        return new RemoteEndpoint(address, mac, IPAddress.Parse(endpoint.NodeVtep));
    }
}
