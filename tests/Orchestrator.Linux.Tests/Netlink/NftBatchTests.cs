using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class NftBatchTests
{
    private static readonly TableId Table = TableId.Inet("orch_a");

    /// <summary>Sets and maps of every type that our tables use.</summary>
    private const string Skeleton = """
        table inet orch_a {
          chain to { }
          chain fro { }
          set links { type ifname; }
          set macs { type ether_addr; }
          set addresses { type ipv4_addr; }
          set addresses6 { type ipv6_addr; }
          set ports { type inet_service; }
          set packet { typeof @th,96,24; }
          set owners { type ifname . ether_addr . ipv6_addr; }
          set allowed { type ipv4_addr . ipv4_addr . inet_proto . inet_service; flags interval; }
          map published { type inet_proto . inet_service : ipv4_addr . inet_service; }
          map slots { typeof ip daddr . numgen random mod 64 : ip daddr; }
          map marks { type ether_addr : mark; }
          map chains { type ifname : verdict; }
        }

        """;

    [RootFact]
    public void What_comes_and_goes_as_bytes_is_read_back_as_what_the_same_words_make()
    {
        using var bytes = new ScratchNamespace();
        using var words = new ScratchNamespace();
        using var socket = bytes.Namespace.Run(NftSocket.Open);
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Two().ToArbitrary(), seeds =>
        {
            Nft.Apply(bytes.Namespace, $"flush ruleset\n{Skeleton}");
            Nft.Apply(words.Namespace, $"flush ruleset\n{Skeleton}");
            var (first, second) = (Elements(new Random(seeds.Item1)), Elements(new Random(seeds.Item2)));
            foreach (var (from, to) in new[] { ([], first), (first, second) })
            {
                var batch = NftBatch.Between(Table, from, to);
                socket.Apply(batch);
                if (!batch.IsEmpty)
                    Nft.Apply(words.Namespace, $"{batch}");
                Assert.Equal(Nft.List(words.Namespace, "list ruleset"), Nft.List(bytes.Namespace, "list ruleset"));
            }

            socket.Apply(NftBatch.Between(Table, second, []));
            Assert.DoesNotContain("elements", Nft.List(bytes.Namespace, "list ruleset"), StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [RootFact]
    public void Thousands_of_elements_are_one_transaction()
    {
        using var scratch = new ScratchNamespace();
        using var reader = scratch.Namespace.Run(NftReader.Open);
        Nft.Apply(scratch.Namespace, Skeleton);
        var before = reader.Generation();
        var many = Enumerable.Range(0, 5000).Select(n => new NftElement(
            "owners", NftValue.Join(NftValue.Link($"veth{n}"), NftValue.Of(Mac(n)), NftValue.Of(IPAddress.Parse($"fd00::{n:x}"))))).ToList();

        Nft.Apply(scratch.Namespace, new NftBatch(Table).Add(many));

        Assert.Equal(before + 1, reader.Generation());
        Assert.Equal(5000, Nft.List(scratch.Namespace, "list set inet orch_a owners").Split("veth").Length - 1);
        Nft.Apply(scratch.Namespace, new NftBatch(Table).Delete(many));
        Assert.DoesNotContain("veth", Nft.List(scratch.Namespace, "list set inet orch_a owners"), StringComparison.Ordinal);
    }

    [RootFact]
    public void Of_a_batch_with_one_fault_nothing_is_applied_and_the_set_is_named()
    {
        using var scratch = new ScratchNamespace();
        Nft.Apply(scratch.Namespace, Skeleton);
        var port = new NftElement("ports", NftValue.Port(80));
        var address = new NftElement("addresses", NftValue.Of(IPAddress.Parse("10.0.0.1")));

        var missing = Assert.Throws<NftException>(() => Nft.Apply(scratch.Namespace, new NftBatch(Table).Add([port]).Delete([address])));
        var unknown = Assert.Throws<NftException>(() => Nft.Apply(scratch.Namespace, new NftBatch(TableId.Ip("orch_b")).Add([port])));
        var led = new NftElement("marks", NftValue.Of(Mac(1)), NftValue.Number(1));
        var elsewhere = led with { Data = NftValue.Number(2) };
        var twice = Assert.Throws<NftException>(() => Nft.Apply(scratch.Namespace, new NftBatch(Table).Add([led]).Add([elsewhere])));

        Assert.Contains("delete elements of inet orch_a addresses: ENOENT", missing.Message, StringComparison.Ordinal);
        Assert.Contains("ip orch_b ports: ENOENT", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("inet orch_a marks: EEXIST", twice.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("elements", Nft.List(scratch.Namespace, "list ruleset"), StringComparison.Ordinal);
        Nft.Apply(scratch.Namespace, new NftBatch(Table).Add([port, address]).Add([address]).Delete([port]));
        Assert.Contains("10.0.0.1", Nft.List(scratch.Namespace, "list ruleset"), StringComparison.Ordinal);
    }

    private static List<NftElement> Elements(Random random)
    {
        var elements = new List<NftElement>();
        void Some(string set, Func<int, NftValue> key, Func<NftValue>? data = null) => elements.AddRange(
            Enumerable.Range(1, 6).Where(_ => random.Next(2) == 0).Select(n => new NftElement(set, key(n), data?.Invoke())));
        NftValue Four(int n) => NftValue.Of(IPAddress.Parse($"10.0.{n}.{n}"));
        NftValue Six(int n) => NftValue.Of(IPAddress.Parse($"fd00::{n}:a00:{n}"));
        NftValue Protocol() => NftValue.Protocol(new[] { "tcp", "udp", "sctp", "icmp", "ipv6-icmp" }[random.Next(5)]);
        Some("links", n => NftValue.Link($"veth{n}"));
        Some("macs", n => NftValue.Of(Mac(n)));
        Some("addresses", Four);
        Some("addresses6", Six);
        Some("ports", n => NftValue.Port(n * 10_000));
        Some("packet", n => NftValue.Bytes([(byte)n, 0x1f, 0]));
        Some("owners", n => NftValue.Join(NftValue.Link($"v{n}"), NftValue.Of(Mac(n)), Six(n)));
        Some("allowed", n => random.Next(3) == 0
            ? NftValue.JoinRanges(Four(n), Four(9), NftValue.AnyProtocol, NftValue.Ports(0, 65535))
            : NftValue.JoinRanges(Four(n), Four(9), Protocol(), NftValue.Ports(n, n + (random.Next(2) * 400))));
        Some("published", n => NftValue.Join(NftValue.Protocol("tcp"), NftValue.Port(n)), () => NftValue.Join(Four(random.Next(9)), NftValue.Port(random.Next(65536))));
        Some("slots", n => NftValue.Join(Four(1), NftValue.Number((uint)n)), () => Four(random.Next(9)));
        Some("marks", n => NftValue.Of(Mac(n)), () => NftValue.Number((uint)random.Next()));
        Some("chains", n => NftValue.Link($"veth{n}"), () => NftValue.Jump(random.Next(2) == 0 ? "to" : "fro"));
        return elements;
    }

    private static MacAddress Mac(int n) => MacAddress.Derive(IPAddress.Parse($"10.9.{n >> 8}.{n & 255}"));
}
