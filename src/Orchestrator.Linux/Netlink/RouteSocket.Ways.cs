using System.Net;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>By which link packets to an address leave.</summary>
/// <param name="Mtu">Largest packet, as the route says; 0: that of the link.</param>
public sealed record WayInfo(int Link, int Mtu);

/// <summary>Asks the kernel which route it would take.</summary>
public sealed partial class RouteSocket
{
    private const uint RTM_F_FIB_MATCH = 0x2000;

    /// <remarks>As routes have it. What packets that came in have told the kernel of a way is not asked: anybody may have sent
    /// them.</remarks>
    /// <returns>Null: there is no way.</returns>
    public WayInfo? FindWay(IPAddress to)
    {
        try
        {
            var answer = netlink.Query(
                new NetlinkMessage(RTM_GETROUTE, NetlinkFlags.None, $"find way to {to}")
                    .Struct(new RtMsg
                    {
                        Family = FamilyOf(to), DestinationLength = (byte)(to.GetAddressBytes().Length * 8),
                        Flags = RTM_F_FIB_MATCH,
                    }).Add(RTA_DST, to));
            return answer is null ? null : ParseWay(answer);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENETUNREACH or Errno.EHOSTUNREACH)
        {
            return null;
        }
    }

    private static WayInfo? ParseWay(byte[] payload)
    {
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<RtMsg>()));
        return attributes.Int32(RTA_OIF) is { } link
            ? new WayInfo(link, attributes.Nested(RTA_METRICS).Int32(RTAX_MTU) ?? 0) : null;
    }
}
