using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammar of <c>--network</c>: a name, or <c>name=front,alias=web,ip=10.1.0.9,bandwidth=50mbit</c>; of
/// services also <c>ip=10.1.0.10-10.1.0.19,vip=10.1.0.9</c>.</summary>
internal sealed record NetworkSpec(string Name)
{
    private readonly EndpointIpamConfig _addresses = new();

    public List<string> Aliases { get; } = [];

    public Dictionary<string, string> DriverOptions { get; } = [];

    public string MacAddress { get; set; } = "";

    private string _virtualIp = "";

    /// <exception cref="FormatException">An unknown key, or no name.</exception>
    public static NetworkSpec Parse(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) return new NetworkSpec(text);
        var fields = CsvFields.Parse(text);
        var name = fields.Find(static f => f.Key == "name").Value;
        if (string.IsNullOrEmpty(name)) throw new FormatException("network name/id is not specified");
        var network = new NetworkSpec(name);
        foreach (var (key, value) in fields) network.Set(key, value ?? "");
        return network;
    }

    public void SetAddress(string? ip, string? ip6)
    {
        _addresses.IPv4Address = string.IsNullOrEmpty(ip) ? _addresses.IPv4Address : ip;
        _addresses.IPv6Address = string.IsNullOrEmpty(ip6) ? _addresses.IPv6Address : ip6;
    }

    public void SetLinkLocal(string[] addresses) => _addresses.LinkLocalIPs = addresses;

    /// <summary>As a container asks for it.</summary>
    /// <exception cref="FormatException">It has what only services have.</exception>
    public EndpointSettings ToEndpoint() => _virtualIp.Length > 0
        ? throw new FormatException("invalid field key vip: only services have a virtual address") : new()
    {
        Aliases = Aliases.Count == 0 ? null : [.. Aliases],
        DriverOpts = DriverOptions.Count == 0 ? null : DriverOptions,
        MacAddress = MacAddress,
        IPAMConfig = _addresses == new EndpointIpamConfig() ? null : _addresses,
    };

    /// <summary>As a service's task template asks for it.</summary>
    public NetworkAttachmentConfig ToAttachment() => new()
    {
        Target = Name,
        Aliases = Aliases.Count == 0 ? null : [.. Aliases],
        DriverOpts = DriverOptions.Count == 0 ? null : DriverOptions,
        Addresses = _addresses.IPv4Address,
        VirtualIP = _virtualIp.Length > 0 ? _virtualIp : null,
    };

    private void Set(string key, string value)
    {
        switch (key)
        {
            case "name": break;
            case "alias": Aliases.Add(value); break;
            case "ip": SetAddress(value, null); break;
            case "vip": _virtualIp = value; break;
            case "ip6": SetAddress(null, value); break;
            case "mac-address": MacAddress = value; break;
            case "link-local-ip": SetLinkLocal([.. _addresses.LinkLocalIPs ?? [], value]); break;
            case "driver-opt":
                var (option, optionValue) = KeyValues.Split(value);
                DriverOptions[option] = optionValue ?? "";
                break;
            case "bandwidth" or "bandwidth-in" or "bandwidth-out": DriverOptions[key] = value; break;
            default: throw new FormatException($"invalid field key {key}");
        }
    }
}
