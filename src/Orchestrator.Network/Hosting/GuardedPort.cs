using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Hosting;

/// <summary>A container's port and the addresses that are its own.</summary>
/// <param name="Addresses">Of both families.</param>
internal sealed record GuardedPort(string Link, MacAddress Mac, IReadOnlyCollection<string> Addresses)
{
    /// <summary>Of IPv6 with the one that the kernel gives a link by itself, by which it asks for neighbours.</summary>
    public IEnumerable<IPAddress> AddressesOf(IpFamily family)
    {
        var own = Addresses.Select(IPAddress.Parse).Where(a => IpFamily.Of(a) == family).ToList();
        return family.IsIPv6 && own.Count > 0 ? own.Append(Mac.LinkLocal()) : own;
    }
}
