using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkCreate : Command
{
    private readonly ValueFlag<string> _driver;
    private readonly ListFlag _options;
    private readonly ListFlag _labels;
    private readonly ListFlag _subnets;
    private readonly ListFlag _gateways;
    private readonly ListFlag _ranges;
    private readonly ListFlag _auxiliary;
    private readonly ListFlag _ipamOptions;
    private readonly ValueFlag<string> _ipamDriver;
    private readonly ValueFlag<string> _scope;
    private readonly ValueFlag<string> _configFrom;
    private readonly BoolFlag _internal;
    private readonly BoolFlag _attachable;
    private readonly BoolFlag _ingress;
    private readonly BoolFlag _configOnly;
    private readonly BoolFlag _ipv4;
    private readonly BoolFlag _ipv6;
    private readonly ListFlag _policy;

    public NetworkCreate()
    {
        _attachable = Flags.Bool("attachable", null, "Let containers join it by hand");
        _auxiliary = Flags.List("aux-address", null, "Address never handed out, name=ip", "map");
        _configFrom = Flags.String("config-from", null, "Network to take the settings from");
        _configOnly = Flags.Bool("config-only", null, "Make settings only, to be taken by others");
        _driver = Flags.String("driver", 'd', "Driver: bridge, overlay, macvlan, ipvlan, vlan", "bridge");
        _gateways = Flags.List("gateway", null, "Gateway of a subnet");
        _ingress = Flags.Bool("ingress", null, "Make it the cluster's routing mesh");
        _internal = Flags.Bool("internal", null, "No way out of it");
        _ranges = Flags.List("ip-range", null, "Part of a subnet that containers get addresses of");
        _ipamDriver = Flags.String("ipam-driver", null, "Driver of the addresses", "default");
        _ipamOptions = Flags.List("ipam-opt", null, "Option of that driver, key=value", "map");
        _ipv4 = Flags.Bool("ipv4", null, "Give IPv4 addresses", value: true);
        _ipv6 = Flags.Bool("ipv6", null, "Give IPv6 addresses");
        _labels = Flags.List("label", null, "Label, key=value");
        _options = Flags.List("opt", 'o', "Option of the driver, key=value", "map");
        _policy = Flags.List("policy", null, "Let pass between services only FROM:TO[:PORT[-PORT]][/PROTOCOL]", "rule");
        _scope = Flags.String("scope", null, "Where it exists: local or swarm");
        _subnets = Flags.List("subnet", null, "Subnet in CIDR form");
    }

    public override string Usage => "[OPTIONS] NETWORK";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
        ["orch network create -d overlay --attachable front", "orch network create --subnet 10.8.0.0/24 lab",
        "orch network create -d overlay --policy web:db:5432/tcp --policy '*:web:80' back",
        "orch network create -d vlan -o parent=eth0 -o vlan=42 --subnet 10.42.0.0/24 --gateway 10.42.0.254 floor2"];

    public override int Run(Session session, List<string> args)
    {
        var request = new NetworkCreateRequest
        {
            Name = args[0],
            Driver = _driver.Value,
            Scope = _scope.Value,
            CheckDuplicate = true,
            EnableIPv4 = _ipv4.IsSet ? _ipv4.Value : null,
            EnableIPv6 = _ipv6.IsSet ? _ipv6.Value : null,
            Internal = _internal,
            Attachable = _attachable,
            Ingress = _ingress,
            ConfigOnly = _configOnly,
            ConfigFrom = _configFrom.Value.Length == 0 ? null : new ConfigReference { Network = _configFrom.Value },
            Options = Options(),
            Labels = KeyValues.ToMap(_labels.Values) ?? [],
            IPAM = new Ipam
            {
                Driver = _ipamDriver.Value,
                Options = KeyValues.ToMap(_ipamOptions.Values) ?? [],
                Config = SubnetPlan.Build(
                    _subnets.Values, _ranges.Values, _gateways.Values, KeyValues.ToMap(_auxiliary.Values)),
            },
        };
        var response = session.Client.Post(
            "/networks/create", request, ApiJson.Wire.NetworkCreateRequest, ApiJson.Wire.NetworkCreateResponse);
        if (response.Warning.Length > 0) session.Error.WriteLine($"WARNING: {response.Warning}");
        session.Out.WriteLine(response.Id);
        return 0;
    }

    private Dictionary<string, string> Options()
    {
        var options = KeyValues.ToMap(_options.Values) ?? [];
        if (_policy.Values.Count > 0) options["policy"] = string.Join(',', _policy.Values);
        return options;
    }
}
