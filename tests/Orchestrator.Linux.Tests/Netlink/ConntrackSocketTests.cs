using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class ConntrackSocketTests
{
    [RootFact]
    public void Connections_are_counted_listed_and_deleted_in_one_namespace_and_no_other()
    {
        using var scratch = new ScratchNamespace();
        using var other = new ScratchNamespace();
        using var conntrack = ConntrackSocket.Open(scratch.Namespace);
        using var elsewhere = ConntrackSocket.Open(other.Namespace);
        Assert.Equal((0, 0), (conntrack.Count(), conntrack.List().Count));

        Nft.Apply(scratch.Namespace, """
            table ip orch_a {
              chain output {
                type filter hook output priority 0
                ct state new accept
              }
            }

            """);
        foreach (var port in new[] { 5001, 5002 })
            scratch.Namespace.Run(() => Send(port));

        Assert.Equal((2, 2), (conntrack.Count(), conntrack.List().Count));
        Assert.All(conntrack.List(), c => Assert.Equal(IPAddress.Loopback, c.ReplySource));
        Assert.Equal((0, 0), (elsewhere.Count(), elsewhere.List().Count));
        Assert.Equal(2, conntrack.Delete(c => c.Destination.Equals(IPAddress.Loopback)));
        Assert.Equal((0, 0), (conntrack.Count(), conntrack.List().Count));
    }

    private static void Send(int port)
    {
        using var ear = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
        using var mouth = new UdpClient();
        mouth.Send([1], new IPEndPoint(IPAddress.Loopback, port));
    }
}
