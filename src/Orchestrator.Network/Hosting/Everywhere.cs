using System.Net;

namespace Orchestrator.Network.Hosting;

/// <summary>Destination of a default route.</summary>
internal static class Everywhere
{
    /// <summary>That of an address's family.</summary>
    public static IPNetwork Of(IPAddress address) => new(IPAddress.Parse(IpFamily.Of(address).Any), 0);
}
