using System.Net;
using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Networks;

/// <summary>Sorts ranges, gateways and reserved addresses to the subnets they lie in.</summary>
internal static class SubnetPlan
{
    /// <exception cref="CliException">Something lies in no subnet, or two subnets overlap.</exception>
    public static IpamConfig[] Build(
        IReadOnlyList<string> subnets, IReadOnlyList<string> ranges, IReadOnlyList<string> gateways,
        Dictionary<string, string>? auxiliary)
    {
        if (subnets.Count == 0 && (ranges.Count > 0 || gateways.Count > 0))
            throw new CliException("every ip-range or gateway must have a corresponding subnet");
        var plan = subnets.Select(static s => (Network: ParseCidr(s), Config: new IpamConfig { Subnet = s })).ToList();
        for (var i = 0; i < plan.Count; i++)
            for (var j = 0; j < i; j++)
                if (plan[j].Network.Contains(plan[i].Network.BaseAddress)
                    || plan[i].Network.Contains(plan[j].Network.BaseAddress))
                    throw new CliException("multiple overlapping subnet configuration is not supported");

        foreach (var range in ranges) Find(plan, ParseCidr(range).BaseAddress, range).IPRange = range;
        foreach (var gateway in gateways) Find(plan, ParseIp(gateway), gateway).Gateway = gateway;
        foreach (var (name, address) in auxiliary ?? [])
            (Find(plan, ParseAuxiliary(name, address), address).AuxAddress ??= [])[name] = address;
        return [.. plan.Select(static p => p.Config)];
    }

    private static IpamConfig Find(List<(IPNetwork Network, IpamConfig Config)> plan, IPAddress address, string text)
    {
        foreach (var (network, config) in plan)
            if (network.Contains(address)) return config;
        throw new CliException($"no matching subnet for {text}: give one with --subnet");
    }

    /// <summary>Tolerates host bits, as docker does: 10.8.0.1/24 means 10.8.0.0/24.</summary>
    private static IPNetwork ParseCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            && int.TryParse(text.AsSpan(slash + 1), out var length)
            && length >= 0 && length <= address.GetAddressBytes().Length * 8)
            return new IPNetwork(Mask(address, length), length);
        throw new CliException($"invalid CIDR address: {text}");
    }

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff << Math.Clamp(8 - (length - (i * 8)), 0, 8));
        return new IPAddress(bytes);
    }

    private static IPAddress ParseAuxiliary(string name, string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new CliException(
            $"invalid aux-address \"{name}{(text.Length == 0 ? "" : "=")}{text}\": write it as NAME=ADDRESS");

    private static IPAddress ParseIp(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new CliException($"invalid IP address: {text}");
}
