using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Linux.Netlink;

/// <summary>Addresses of either family.</summary>
public sealed partial class RouteSocket
{
    private const byte AF_INET6 = 10;

    /// <summary>Gives a link an address as an administrator does: one of IPv6 is used once nobody says he has it.</summary>
    public void PutAddress(int index, IPAddress address, int prefixLength)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            EnsureAddress(index, address, prefixLength);
            return;
        }

        netlink.Execute(
            new NetlinkMessage(RTM_NEWADDR, NetlinkFlags.Create | NetlinkFlags.Replace,
                $"add address {address}/{prefixLength}")
                .Struct(new IfAddr { Family = AF_INET6, PrefixLength = (byte)prefixLength, Index = index })
                .Add(IFA_LOCAL, address).Add(IFA_ADDRESS, address));
    }

    private static byte FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;
}
