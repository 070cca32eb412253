using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkConnect : Command
{
    private readonly ListFlag _aliases;
    private readonly ListFlag _driverOptions;
    private readonly ListFlag _linkLocal;
    private readonly ListFlag _links;
    private readonly ValueFlag<string> _ip;
    private readonly ValueFlag<string> _ip6;

    public NetworkConnect()
    {
        _aliases = Flags.List("alias", null, "Further name in the network");
        _driverOptions = Flags.List("driver-opt", null, "Option of the driver, key=value");
        _ip = Flags.String("ip", null, "IPv4 address");
        _ip6 = Flags.String("ip6", null, "IPv6 address");
        _links = Flags.List("link", null, "Container to reach under an alias, name[:alias]");
        _linkLocal = Flags.List("link-local-ip", null, "Link-local address");
    }

    public override string Usage => "[OPTIONS] NETWORK CONTAINER";

    public override Arity Arity => Arity.Exactly(2);

    public override int Run(Session session, List<string> args)
    {
        var spec = new NetworkSpec(args[0]);
        spec.Aliases.AddRange(_aliases.Values);
        spec.SetAddress(_ip.Value, _ip6.Value);
        if (_linkLocal.OrNull is { } addresses) spec.SetLinkLocal(addresses);
        foreach (var (key, value) in KeyValues.ToMap(_driverOptions.Values) ?? []) spec.DriverOptions[key] = value;
        var endpoint = spec.ToEndpoint();
        endpoint.Links = _links.OrNull;
        session.Client.Post($"/networks/{Escape(args[0])}/connect",
            new NetworkConnectRequest { Container = args[1], EndpointConfig = endpoint },
            ApiJson.Wire.NetworkConnectRequest);
        return 0;
    }
}
