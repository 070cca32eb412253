using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Linux.Netlink;

/// <summary>Addresses of either family.</summary>
public sealed partial class RouteSocket
{
    private const byte AF_INET6 = 10;

    private static byte FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;
}
