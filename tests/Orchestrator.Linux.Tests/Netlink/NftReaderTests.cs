using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class NftReaderTests
{
    private const string Table = """
        table ip orch_a {
          map m {
            type ipv4_addr : ipv4_addr
            elements = { 10.0.0.1 : 10.0.0.2, 10.0.0.3 : 10.0.0.4 }
          }
          chain c {
            type filter hook output priority 0
            ip daddr 10.1.0.1 counter drop
            ip daddr 10.1.0.2 drop
          }
        }

        """;

    [RootFact]
    public void Each_transaction_of_anybody_makes_one_generation()
    {
        using var scratch = new ScratchNamespace();
        using var reader = scratch.Namespace.Run(NftReader.Open);
        var first = reader.Generation();

        Nft.Apply(scratch.Namespace, Table);
        Nft.Apply(scratch.Namespace, "add table ip other\nadd chain ip other c\n");

        Assert.Equal(first + 2, reader.Generation());
    }

    [RootFact]
    public void A_fingerprint_differs_with_whatever_is_changed_and_with_nothing_else()
    {
        using var scratch = new ScratchNamespace();
        using var reader = scratch.Namespace.Run(NftReader.Open);
        Assert.Null(reader.Fingerprint(2, "orch_a"));
        Nft.Apply(scratch.Namespace, Table);
        var seen = new HashSet<UInt128?> { reader.Fingerprint(2, "orch_a") };

        Nft.Apply(scratch.Namespace, "table ip other { chain c { counter\n }\n }\n");
        Assert.Contains(reader.Fingerprint(2, "orch_a"), seen);
        foreach (var change in new[]
        {
            "delete element ip orch_a m { 10.0.0.3 }", "add element ip orch_a m { 10.0.0.3 : 10.0.0.9 }",
            "add rule ip orch_a c ip daddr 10.1.0.3 drop", "insert rule ip orch_a c ip daddr 10.1.0.3 accept",
            "add chain ip orch_a d", "flush map ip orch_a m", "flush chain ip orch_a c",
        })
        {
            Nft.Apply(scratch.Namespace, change);
            Assert.True(seen.Add(reader.Fingerprint(2, "orch_a")), change);
        }

        Nft.Apply(scratch.Namespace, "delete table ip orch_a");
        Assert.Null(reader.Fingerprint(2, "orch_a"));
    }

    [RootFact]
    public void Packets_that_a_rule_counts_do_not_change_the_fingerprint()
    {
        using var scratch = new ScratchNamespace();
        using var reader = scratch.Namespace.Run(NftReader.Open);
        Nft.Apply(scratch.Namespace, Table);
        var before = reader.Fingerprint(2, "orch_a");

        scratch.Namespace.Run(() =>
        {
            using var socket = new System.Net.Sockets.Socket(
                System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram,
                System.Net.Sockets.ProtocolType.Udp);
            scratch.Route.EnsureAddress(1, System.Net.IPAddress.Parse("10.1.0.9"), 16);
            Assert.Throws<System.Net.Sockets.SocketException>(
                () => socket.SendTo([1], System.Net.IPEndPoint.Parse("10.1.0.1:9")));
        });

        Assert.Contains("packets 1", Nft.List(scratch.Namespace, "list table ip orch_a"), StringComparison.Ordinal);
        Assert.Equal(before, reader.Fingerprint(2, "orch_a"));
    }
}
