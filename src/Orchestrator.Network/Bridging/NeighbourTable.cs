using System.Globalization;
using System.Net;
using System.Text;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Bridging;

/// <summary>The containers of one bridge.</summary>
/// <param name="Key">Letters and digits.</param>
/// <param name="Gateways">Addresses of both families that are the network's own.</param>
/// <param name="Router">Hardware address of the gateway; null: it is another machine's, and not known.</param>
internal sealed record Neighbourhood(
    string Key, IReadOnlyCollection<string> Gateways, MacAddress? Router, IReadOnlyCollection<GuardedPort> Ports);

/// <summary>nftables text by which no container on a bridge passes for its neighbour or for the gateway. Pure.</summary>
/// <remarks>
/// Less strict than an overlay's guard: an address that is nobody's there may be taken, as keepalived does it, and what lies
/// behind a container, be it another network, may be handed on by it. What is a neighbour's may not. A port that is none of
/// ours is let alone.
/// </remarks>
internal static class NeighbourTable
{
    public const string Name = "orch_neighbours";

    public const string Delete = $"table bridge {Name}\ndelete table bridge {Name}\n";

    /// <summary>The whole table, in one transaction.</summary>
    public static string Replace(IReadOnlyCollection<Neighbourhood> all) => $$"""
        {{Delete}}
        table bridge {{Name}} {
          set cards { type ifname . ether_addr; }
          set owners { type ifname . ipv4_addr; }
          set owners6 { type ifname . ipv6_addr; }
          set advertisers { typeof iifname . @th,64,128; }
        {{string.Join('\n', all.Select(one => Chain(one.Key)))}}
          map ports { type ifname : verdict; }
          chain prerouting {
            type filter hook prerouting priority -300; policy accept;
            iifname vmap @ports
          }
        }
        {{string.Concat(all.Select(Fill))}}
        """;

    public static string Add(string key, GuardedPort port) => Change("add", key, port);

    /// <summary>Whether or not all of it is there: what is added first can be deleted.</summary>
    public static string Remove(string key, GuardedPort port) => Add(key, port) + Change("delete", key, port);

    private static string Chain(string key) => $$"""
          set macs_{{key}} { type ether_addr; }
          set addresses_{{key}} { type ipv4_addr; }
          set addresses6_{{key}} { type ipv6_addr; }
          set advertised_{{key}} { typeof @th,64,128; }
          chain of_{{key}} {
            iifname . ether saddr != @cards ether saddr @macs_{{key}} drop
            # For the bridge itself, which speaks none of the protocols that these are for.
            ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 drop
            # A frame for no VLAN in particular, or for the one that is everybody's, is taken for one without a tag.
            ether type { 8021q, 8021ad } @ll,116,12 { 0, 1 } drop
            ether type ip iifname . ip saddr @owners accept
            ether type ip ip saddr @addresses_{{key}} drop
            ether type arp iifname . arp saddr ip != @owners arp saddr ip @addresses_{{key}} drop
            # In pieces what is advertised is not seen; none is that large. Source: RFC 6980.
            icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, nd-redirect } exthdr frag exists drop
            icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @advertisers @th,64,128 @advertised_{{key}} drop
            # A program that listens for both families takes it for a packet of IPv4.
            ip6 saddr ::ffff:0:0/96 drop
            ether type ip6 iifname . ip6 saddr != @owners6 ip6 saddr @addresses6_{{key}} drop
          }
        """;

    private static string Fill(Neighbourhood of)
    {
        var script = new StringBuilder();
        foreach (var port in of.Ports)
            script.Append(Add(of.Key, port));
        if (of.Router is { } mac)
            Append(script, "add", $"macs_{of.Key}", $"{mac}");
        foreach (var address in of.Gateways.Select(IPAddress.Parse))
            AppendTaken(script, "add", of.Key, address);
        return script.ToString();
    }

    private static string Change(string verb, string key, GuardedPort port)
    {
        var script = new StringBuilder();
        Append(script, verb, "cards", $"\"{port.Link}\" . {port.Mac}");
        Append(script, verb, $"macs_{key}", $"{port.Mac}");
        foreach (var address in IpFamily.Both.SelectMany(port.AddressesOf))
        {
            AppendTaken(script, verb, key, address);
            AppendOwner(script, verb, port.Link, address);
        }

        Append(script, verb, "ports", verb == "add" ? $"\"{port.Link}\" : jump of_{key}" : $"\"{port.Link}\"");
        return script.ToString();
    }

    private static void AppendOwner(StringBuilder script, string verb, string link, IPAddress address)
    {
        var six = IpFamily.Of(address).IsIPv6;
        Append(script, verb, six ? "owners6" : "owners", $"\"{link}\" . {address}");
        if (six)
            Append(script, verb, "advertisers", $"\"{link}\" . {GuardedPort.Digits(address)}");
    }

    private static void AppendTaken(StringBuilder script, string verb, string key, IPAddress address)
    {
        var six = IpFamily.Of(address).IsIPv6;
        Append(script, verb, six ? $"addresses6_{key}" : $"addresses_{key}", $"{address}");
        if (six)
            Append(script, verb, $"advertised_{key}", GuardedPort.Digits(address));
    }

    private static void Append(StringBuilder script, string verb, string set, string element) =>
        script.Append(CultureInfo.InvariantCulture, $"{verb} element bridge {Name} {set} {{ {element} }}\n");
}
