using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Pipes;

/// <summary>Address and way out of the container's end of a pipe.</summary>
internal static class PipeAddress
{
    public static void Set(Pipe pipe, RouteSocket inside, NetNamespace container)
    {
        var name = pipe.Config.InterfaceName;
        var link = inside.GetLink(name);
        container.Run(() => Sysctl.TrySet($"ipv6/conf/{name}/disable_ipv6", "0")); // The world outside may well speak it.
        if (pipe.Config.Address.Length == 0)
        {
            inside.SetUp(name);
            return;
        }

        var (address, prefixLength) = PipeWords.Split(pipe.Config.Address);
        inside.EnsureAddress(link.Index, address, prefixLength);
        inside.SetUp(name);
        if (pipe.Config.Gateway.Length > 0)
            SetDefault(inside, link.Index, IPAddress.Parse(pipe.Config.Gateway), address, prefixLength);
        Announcement.Send(container, link, address);
    }

    /// <summary>Leads all that has no better way through a gateway, which need not be in the address's own
    /// network.</summary>
    public static void SetDefault(
        RouteSocket inside, int link, IPAddress gateway, IPAddress address, int prefixLength, int protocol = 3)
    {
        var length = gateway.GetAddressBytes().Length * 8;
        if (!NetworkOf(address, prefixLength).Contains(gateway))
            inside.PutRoute(
                new RouteSpec { Destination = new IPNetwork(gateway, length), Link = link, Protocol = protocol },
                RoutePut.Replace);
        var any = length == 32 ? IPAddress.Any : IPAddress.IPv6Any;
        inside.PutRoute(
            new RouteSpec { Destination = new IPNetwork(any, 0), Gateway = gateway, Link = link, Protocol = protocol },
            RoutePut.Replace);
    }

    public static IPNetwork NetworkOf(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }
}
