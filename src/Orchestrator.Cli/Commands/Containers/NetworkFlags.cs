using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Networks, published ports and names.</summary>
internal sealed class NetworkFlags
{
    private readonly ListFlag _networks;
    private readonly ListFlag _aliases;
    private readonly ListFlag _links;
    private readonly ListFlag _linkLocal;
    private readonly ListFlag _publish;
    private readonly ListFlag _expose;
    private readonly ListFlag _hosts;
    private readonly ListFlag _dns;
    private readonly ListFlag _dnsOptions;
    private readonly ListFlag _dnsSearch;
    private readonly BoolFlag _publishAll;
    private readonly ValueFlag<string> _ip;
    private readonly ValueFlag<string> _ip6;
    private readonly ValueFlag<string> _mac;

    public NetworkFlags(FlagSet f)
    {
        _networks = f.List(
            "network", null, "Network to join: a name, bridge, host, none, container:ID", "network", CheckNetwork);
        f.Add(new ListAlias("net", _networks));
        _aliases = f.List("network-alias", null, "Further name in the network");
        _ip = f.String("ip", null, "IPv4 address in the network");
        _ip6 = f.String("ip6", null, "IPv6 address in the network");
        _linkLocal = f.List("link-local-ip", null, "Link-local address");
        _mac = f.String("mac-address", null, "MAC address");
        _links = f.List("link", null, "Container to reach under an alias, name[:alias]");
        _publish = f.List(
            "publish", 'p', "Port to publish on the host, [[ip:]host:]container[/protocol]", "list", CheckPort);
        _publishAll = f.Bool("publish-all", 'P', "Publish every exposed port on a free one of the host");
        _expose = f.List("expose", null, "Port, or range, to expose");
        _hosts = f.List("add-host", null, "Line for /etc/hosts, name:address", "list", CheckHost);
        _dns = f.List("dns", null, "DNS server to ask");
        _dnsOptions = f.List("dns-option", null, "Option of the resolver");
        _dnsSearch = f.List("dns-search", null, "Domain to search in");
    }

    public void Apply(CreateContainerRequest request, HostConfig host)
    {
        foreach (var mapping in _publish.Values.SelectMany(PortMapping.Parse)) Publish(request, host, mapping);
        foreach (var port in _expose.Values) Expose(request, port);
        host.PublishAllPorts = _publishAll;
        host.ExtraHosts = _hosts.Values.Count == 0 ? null : [.. _hosts.Values.Select(Colon)];
        host.Dns = _dns.OrNull;
        host.DnsOptions = _dnsOptions.OrNull;
        host.DnsSearch = _dnsSearch.OrNull;
        ApplyNetworks(request, host);
    }

    private void ApplyNetworks(CreateContainerRequest request, HostConfig host)
    {
        var networks = _networks.Values.Select(NetworkSpec.Parse).ToList();
        if (networks.Count == 0) networks.Add(new NetworkSpec("default"));
        var twice = networks.GroupBy(static n => n.Name, StringComparer.Ordinal).FirstOrDefault(static n => n.Count() > 1)?.Key;
        if (twice is not null)
            throw new CliException(
                $"network \"{twice}\" is specified multiple times: name it once, with all that it is to have", 125);
        if (networks.Count > 1 && networks.Find(IsShared) is { } shared)
            throw new CliException(
                $"conflicting options: --network {shared.Name} leaves no place for another network; leave one out", 125);
        var first = networks[0];
        first.Aliases.AddRange(_aliases.Values);
        first.SetAddress(_ip.Value, _ip6.Value);
        if (_linkLocal.OrNull is { } addresses) first.SetLinkLocal(addresses);
        if (_mac.IsSet) first.MacAddress = _mac.Value;

        host.NetworkMode = first.Name;
        host.Links = _links.OrNull;
        if (IsShared(first)) return;
        request.NetworkingConfig = new NetworkingConfig
        {
            EndpointsConfig = networks.ToDictionary(
                static n => n.Name, static n => n.ToEndpoint(), StringComparer.Ordinal),
        };
    }

    private static bool IsShared(NetworkSpec network) =>
        network.Name is "host" or "none" || network.Name.StartsWith("container:", StringComparison.Ordinal);

    private static void Publish(CreateContainerRequest request, HostConfig host, PortMapping mapping)
    {
        (request.ExposedPorts ??= [])[mapping.Key] = new EmptyObject();
        var bindings = host.PortBindings ??= [];
        bindings[mapping.Key] = [.. bindings.GetValueOrDefault(mapping.Key) ?? [], mapping.Binding];
    }

    private static void Expose(CreateContainerRequest request, string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            throw new CliException($"invalid port format for --expose: {text}", 125);
        try
        {
            foreach (var mapping in PortMapping.Parse(text))
                (request.ExposedPorts ??= [])[mapping.Key] = new EmptyObject();
        }
        catch (FormatException e)
        {
            throw new CliException($"invalid range format for --expose: {text}, error: {e.Message}", 125);
        }
    }

    private static string CheckPort(string text)
    {
        PortMapping.Parse(text);
        return text;
    }

    private static string CheckNetwork(string text)
    {
        NetworkSpec.Parse(text);
        return text;
    }

    private static string CheckHost(string text) =>
        text.IndexOfAny([':', '=']) > 0 ? text : throw new FormatException($"bad format for add-host: \"{text}\"");

    /// <summary>Both <c>name:address</c> and <c>name=address</c> are written; the daemon reads the first.</summary>
    private static string Colon(string text)
    {
        var at = text.IndexOfAny([':', '=']);
        return $"{text[..at]}:{text[(at + 1)..].Trim('[', ']')}";
    }
}
