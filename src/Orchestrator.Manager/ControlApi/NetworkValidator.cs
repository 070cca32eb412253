using System.Globalization;
using System.Net;
using Orchestrator.Manager.Allocation;
using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether a network can be made as asked. Pure.</summary>
internal static class NetworkValidator
{
    private const string VniOption = "com.docker.network.driver.overlay.vxlanid_list";
    private const string MtuOption = "com.docker.network.driver.mtu";

    /// <exception cref="UserException">It cannot.</exception>
    public static void Validate(NetworkSpec spec, IReadOnlyCollection<Network> others, IEnumerable<Node> nodes)
    {
        Names.Validate(spec.Name, "network");
        if (spec.Driver is not ("" or "overlay") && !spec.IsSegment)
        {
            throw new UserException(
                ErrorCode.Unsupported, $"network driver {spec.Driver} cannot be used for the whole swarm",
                "Use --driver overlay, or macvlan, ipvlan or vlan with -o parent=eth0.");
        }

        if (spec.IsSegment)
            SegmentValidator.Validate(spec, others);

        if (spec.Ingress && others.FirstOrDefault(n => n.Spec.Ingress) is { } ingress)
            throw UserErrors.Invalid(
                $"ingress network ({ingress.Id}) is already present", "There is one ingress network in a swarm.");
        if (spec.DriverOptions.TryGetValue(VniOption, out var vni))
            throw UserErrors.Invalid(
                $"option {VniOption}={vni} is not supported: the cluster gives each overlay a VNI of its own", "Leave it out.");
        ValidateMtu(spec);
        ValidateOptions(spec);
        foreach (var pool in spec.Pools.Where(pool => pool.Subnet.Length > 0 && !pool.IsIPv6))
        {
            ValidatePool(pool, others, spec.Ingress);
            ValidateAuxiliary(pool);
        }

        ValidateIPv6([.. spec.Pools.Where(pool => pool.IsIPv6)], spec, others);
        if (spec.IsSegment)
            return; // The hosts may well be part of it themselves, and its router is the world's.
        ValidateNodesOutside(spec, nodes);
        foreach (var pool in spec.Pools.Where(pool => pool.Subnet.Length > 0))
            ValidateMeaning(pool);
    }

    /// <summary>No address is one that nobody has, or for two at once.</summary>
    private static void ValidateMeaning(IpamPool pool)
    {
        var subnet = IPv6Allocator.Parse(pool.Subnet) ?? IPNetwork.Parse($"{Subnet.Parse(pool.Subnet)}");
        if (ReservedBlocks.FaultOf(subnet) is { } fault)
            throw UserErrors.Invalid(fault, $"Choose another, such as {ReservedBlocks.ExampleFor(subnet)}.");
        ValidateGateway(pool, subnet);
        if (!pool.IsIPv6)
            ValidateOnce(pool, Subnet.Parse(pool.Subnet)!.Value); // Looked at before.
    }

    /// <summary>IPv6 has no broadcast.</summary>
    private static void ValidateGateway(IpamPool pool, IPNetwork subnet)
    {
        var gateway = pool.Gateway.Split('/')[0];
        var meaning = gateway.Length == 0 ? null
            : IPAddress.Parse(gateway).Equals(subnet.BaseAddress)
                ? $"the first address of {subnet}, which means the network itself"
            : Subnet.Parse(pool.Subnet)?.Last is { } last && Subnet.ParseAddress(gateway) == last
                ? $"the last address of {subnet}, which means all on it" : null;
        if (meaning is not null)
            throw UserErrors.Invalid($"invalid gateway {pool.Gateway}: it is {meaning}", "Give another.");
    }

    /// <summary>The gateway that nobody named is the second address.</summary>
    private static void ValidateOnce(IpamPool pool, Subnet subnet)
    {
        var taken = new Dictionary<uint, string> { [Subnet.ParseAddress(pool.Gateway) ?? subnet.First + 1] = "the gateway's" };
        foreach (var (name, text) in pool.Auxiliary)
        {
            var address = Subnet.ParseAddress(text)!.Value; // Looked at before.
            if (!taken.TryAdd(address, $"{name}'s already"))
                throw UserErrors.Invalid(
                    $"invalid aux-address {name}={text}: it is {taken[address]}", "Give another, or leave it out.");
        }
    }

    /// <summary>A container would look for that node, and for clients beside it, in the overlay; a host would lose its own way
    /// to the others by ingress.</summary>
    private static void ValidateNodesOutside(NetworkSpec spec, IEnumerable<Node> nodes)
    {
        var inside =
            from node in nodes
            from address in AddressesOf(node)
            from pool in spec.Pools
            where Subnet.ParseAddress(address) is { } four && Subnet.Parse(pool.Subnet)?.Contains(four) == true
                || IPAddress.TryParse(address, out var six) && IPv6Allocator.Parse(pool.Subnet)?.Contains(six) == true
            select UserErrors.Invalid(
                $"subnet {pool.Subnet} contains {address}, the address of node {node.Description?.Hostname ?? node.Id.Value}",
                "Choose another --subnet: containers on this one could not reach that node.");
        if (inside.FirstOrDefault() is { } error)
            throw error;
    }

    /// <summary>Where other nodes' packets of overlays reach it, and where it answers as a manager.</summary>
    private static IEnumerable<string> AddressesOf(Node node) =>
        new[] { node.Status.Address, HostOf(node.Manager?.Address ?? "") }.Where(address => address.Length > 0).Distinct();

    /// <param name="address">HOST:PORT.</param>
    private static string HostOf(string address) =>
        IPEndPoint.TryParse(address, out var manager) ? manager.Address.ToString() : "";

    private static void ValidateMtu(NetworkSpec spec)
    {
        if (spec.DriverOptions.TryGetValue(MtuOption, out var text)
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu is >= 68 and <= 65_535))
            throw UserErrors.Invalid($"invalid option {MtuOption}={text}", "Give 68 to 65535.");
    }

    private static void ValidateIPv6(List<IpamPool> pools, NetworkSpec spec, IReadOnlyCollection<Network> others)
    {
        if (pools.Count > 0 && !spec.EnableIPv6)
            throw UserErrors.Invalid(
                $"{pools[0].Subnet} is a subnet of IPv6, which network {spec.Name} does not have", "Add --ipv6.");
        if (pools.Count > 1)
            throw UserErrors.Invalid(
                "overlay driver doesn't support multiple subnets of IPv6", "Give one: it has room for every address of IPv4.");
        foreach (var pool in pools)
        {
            if (IPv6Allocator.Parse(pool.Subnet) is not { } subnet || subnet.PrefixLength > PairedAddress.LongestPrefix)
                throw UserErrors.Invalid(
                    $"invalid subnet {pool.Subnet}",
                    $"Give a subnet of IPv6 of length /{PairedAddress.LongestPrefix} or shorter, such as fd00:1::/64.");
            if (pool.Range.Length > 0)
                throw UserErrors.Invalid(
                    $"invalid ip-range {pool.Range}: addresses of IPv6 go with those of IPv4",
                    "Give the range of IPv4 alone.");
            if (!pool.Auxiliary.IsEmpty)
                throw UserErrors.Invalid(
                    $"invalid aux-address {pool.Auxiliary.First().Key}={pool.Auxiliary.First().Value}: addresses of IPv6 go with those "
                    + "of IPv4", "Reserve the address of IPv4 alone.");
            if (pool.Gateway.Length > 0
                && !(IPAddress.TryParse(pool.Gateway, out var gateway) && subnet.Contains(gateway)))
                throw UserErrors.Invalid($"invalid gateway {pool.Gateway}: it is not in subnet {pool.Subnet}");
            if (others.FirstOrDefault(other => (spec.Ingress || other.Spec.Ingress)
                && IPv6Allocator.SubnetsOf(other).Any(one => IPv6Allocator.Overlap(one, subnet))) is { } taken)
                throw UserErrors.Invalid(
                    "invalid pool request: Pool overlaps with other one on this address space",
                    $"{pool.Subnet} overlaps with network {taken.Spec.Name}; choose another subnet.");
        }
    }

    /// <exception cref="UserException">An option has a value that means nothing.</exception>
    public static void ValidateOptions(NetworkSpec spec)
    {
        if (Bandwidth.FaultOf(spec.DriverOptions) is { } fault)
            throw UserErrors.Invalid($"invalid option {fault}", Bandwidth.Remedy);
        if (NetworkEncryption.Choose(spec.DriverOptions, []) is null)
            throw UserErrors.Invalid(
                $"invalid option encrypted={spec.DriverOptions[NetworkEncryption.Option]}",
                "Write --opt encrypted, or encrypted=wireguard or encrypted=esp to choose.");
        if (!spec.DriverOptions.TryGetValue(NetworkPolicy.Option, out var policy))
            return;
        if (spec.Ingress)
            throw UserErrors.Invalid(
                "the ingress network has no policy", "Publish only the ports that are to be reached.");
        if (NetworkPolicy.FaultOf(policy) is { } word)
            throw UserErrors.Invalid(
                $"invalid policy \"{word}\"",
                $"Write {PolicyRule.Form}, such as web:db:5432/tcp; * is anyone, and -> (quoted) may stand for the first "
                + "colon.");
    }

    private static void ValidateAuxiliary(IpamPool pool)
    {
        foreach (var (name, text) in pool.Auxiliary)
        {
            if (Subnet.ParseAddress(text) is not { } address || Subnet.Parse(pool.Subnet)?.Contains(address) != true)
                throw UserErrors.Invalid(
                    $"no matching subnet for aux-address {name}={text}", $"Give an address of {pool.Subnet}.");
        }
    }

    private static void ValidatePool(IpamPool pool, IReadOnlyCollection<Network> others, bool ingress)
    {
        if (Subnet.Parse(pool.Subnet) is not { } subnet || subnet.Length > 29)
            throw UserErrors.Invalid(
                $"invalid subnet {pool.Subnet}", "Give an IPv4 subnet of length /29 or shorter, such as 10.1.2.0/24.");
        if (pool.Gateway.Length > 0
            && (Subnet.ParseAddress(pool.Gateway) is not { } gateway || !subnet.Contains(gateway)))
            throw UserErrors.Invalid($"invalid gateway {pool.Gateway}: it is not in subnet {pool.Subnet}");
        if (pool.Range.Length > 0 && (Subnet.Parse(pool.Range) is not { } range
            || !subnet.Contains(range.First) || !subnet.Contains(range.Last)))
            throw UserErrors.Invalid($"invalid ip-range {pool.Range}: it is not in subnet {pool.Subnet}");
        // Each overlay is a world of its own; only ingress is one that containers of the others are on as well.
        if (others.FirstOrDefault(
            other => (ingress || other.Spec.Ingress) && NetworkAllocator.SubnetsOf(other).Any(subnet.Overlaps)) is { } taken)
        {
            throw UserErrors.Invalid(
                "invalid pool request: Pool overlaps with other one on this address space",
                $"{pool.Subnet} overlaps with network {taken.Spec.Name}; choose another subnet.");
        }
    }
}
