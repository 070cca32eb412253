using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Pipes;

/// <summary>Reads the words of a pipework command line. Pure.</summary>
public static class PipeWords
{
    private static readonly string[] DhcpClients =
        ["dhcp", "udhcpc", "udhcpc-f", "dhclient", "dhclient-f", "dhcpcd", "dhcpcd-f"];

    /// <param name="address"><c>IP/LEN[@GATEWAY]</c>, <c>0/0</c> for none, or <c>dhcp[:OPTIONS]</c>; the names of DHCP
    /// clients stand for the same: the client is our own, and renews until the pipe goes.</param>
    /// <param name="macAndVlan"><c>[MAC][@VLAN]</c>; for the address, <c>U:</c> and any words stand for one that is made
    /// of them.</param>
    /// <param name="family">4 or 6: what the address must be of; empty: whatever it is.</param>
    /// <exception cref="NetworkException">A word that cannot be.</exception>
    public static PipeConfig Parse(PipeConfig config, string address, string macAndVlan = "", string family = "")
    {
        CheckName(config.InterfaceName, "-i");
        CheckName(config.LocalName, "-l");
        if (config.HostInterface.Length == 0)
            throw Invalid("a host interface is missing; name a bridge or a network card: orch network pipe br1 web 10.1.0.2/24");
        config = WithMac(config, macAndVlan);
        if (DhcpClients.Contains(address.Split(':')[0]))
            return DhcpWords.Read(config with { Dhcp = true }, address);
        if (!address.Contains('/', StringComparison.Ordinal))
            throw Invalid($"The IP address should include a netmask. Maybe you meant {address}/24 ?");
        if (address.Split('@')[0] is "0/0" or "0.0.0.0/0")
            return config;
        var parts = address.Split('@', 2);
        var ip = Checked(parts[0], family);
        var gateway = parts.Length > 1 ? parts[1] : "";
        if (gateway.Length > 0 && (!TryAddress(gateway, out var through) || through.AddressFamily != ip.AddressFamily))
            throw Invalid($"invalid gateway {gateway}: give an address, as in {parts[0]}@{Example(ip)}");
        return config with { Address = parts[0], Gateway = gateway };
    }

    /// <summary>What the words of a service or of a request stand for.</summary>
    /// <param name="address">That of <paramref name="spec"/>, or one of its range.</param>
    /// <inheritdoc cref="Parse(PipeConfig, string, string, string)"/>
    public static PipeConfig Parse(Model.PipeSpec spec, string address) => Parse(
        new PipeConfig
        {
            HostInterface = spec.HostInterface,
            DirectPhys = spec.DirectPhys,
            InterfaceName = spec.Interface,
            LocalName = spec.LocalInterface,
        },
        address, spec.MacAndVlan, spec.Family);

    /// <summary>Sets a locally administered address that is the same wherever the words are: 02 and the first forty
    /// bits of their MD5 digest, which is what pipework makes of them.</summary>
    public static string MacOf(string words)
    {
#pragma warning disable CA5351 // An address, no secret: it has to be the one that pipework makes.
        var digest = MD5.HashData(Encoding.UTF8.GetBytes(words + "\n"));
#pragma warning restore CA5351
        return "02:" + string.Join(':', digest[..5].Select(b => $"{b:x2}"));
    }

    internal static (IPAddress Address, int PrefixLength) Split(string cidr)
    {
        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        return (IPAddress.Parse(cidr[..slash]), int.Parse(cidr[(slash + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static PipeConfig WithMac(PipeConfig config, string word)
    {
        var at = word.IndexOf('@', StringComparison.Ordinal);
        var mac = at < 0 ? word : word[..at];
        if (mac.StartsWith("U:", StringComparison.Ordinal))
            mac = MacOf(mac[2..]);
        if (mac.Length > 0 && !MacAddress.TryParse(mac, out _))
            throw Invalid($"{mac} is not a valid mac address; write it as 02:42:ac:11:00:02, or U: and any words");
        if (mac.Length > 0 && (Convert.ToByte(mac[..2], 16) & 1) != 0)
            throw Invalid($"{mac} is a multicast address; the lowest bit of its first byte must be 0");
        if (mac.Length > 0 && mac.All(c => c is '0' or ':'))
            throw Invalid($"{mac} is no card's address; give another, or leave it out");
        return config with { Mac = mac.ToLowerInvariant(), Vlan = at < 0 ? "" : word[(at + 1)..] };
    }

    private static IPAddress Checked(string cidr, string family)
    {
        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        if (!TryAddress(cidr[..slash], out var address)
            || !byte.TryParse(cidr[(slash + 1)..], out var length) || length > address.GetAddressBytes().Length * 8)
            throw Invalid($"invalid address {cidr}: write it as 192.168.1.1/24, 0/0 for none, or dhcp");
        var isSix = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (family is not ("" or "4" or "6"))
            throw Invalid($"invalid address family {family}: -a takes 4 or 6");
        if (family.Length > 0 && isSix != (family == "6"))
            throw Invalid($"{cidr} is no IPv{family} address");
        if (Model.ReservedBlocks.Of(address) is ({ } block, { } use) && !address.IsIPv6LinkLocal)
            throw Invalid($"{address} is none that a container can have: {block} is {use}; give another");
        RefuseEnds(address, Subnet.Of(address, length));
        return address;
    }

    /// <summary>IPv6 has no broadcast, and a link between two no ends.</summary>
    private static void RefuseEnds(IPAddress address, Subnet subnet)
    {
        var number = Subnet.ToNumber(address);
        if (!subnet.IsIPv6 && subnet.HasRoom && (number == subnet.First || number == subnet.Last))
            throw Invalid(
                $"{address} is the {(number == subnet.First ? "first" : "last")} address of {subnet}, which means "
                + $"{(number == subnet.First ? "the network itself" : "all on it")}; give another");
    }

    private static bool TryAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3);

    private static string Example(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? "fd00::1" : "192.168.1.254";

    private static void CheckName(string name, string flag)
    {
        if (name.Length > 0 && !Model.LinkName.IsValid(name))
            throw Invalid($"invalid interface name \"{name}\" after {flag}: {Model.LinkName.Rule}");
    }

    private static NetworkException Invalid(string message) => new(NetworkFault.Invalid, message);
}
