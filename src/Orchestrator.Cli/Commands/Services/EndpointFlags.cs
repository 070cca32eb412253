using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Published ports, networks and how the service's name resolves.</summary>
internal sealed class EndpointFlags
{
    private readonly ListEdit _networks;
    private readonly ListFlag _publish;
    private readonly ListFlag? _unpublish;
    private readonly ValueFlag<string> _mode;
    private readonly ValueFlag<string> _affinity;
    private readonly ListFlag _routes;
    private readonly ListFlag? _unroute;

    public EndpointFlags(FlagSet f, bool isUpdate)
    {
        _networks = new ListEdit(
            f, isUpdate, "network", null, "Network to attach to, or a pipe: type=pipe,interface=br1,address=dhcp",
            "network", static t =>
            {
                if (PipeField.IsPipe(t)) PipeField.Parse(t);
                else NetworkSpec.Parse(t);
            });
        _publish = f.List(isUpdate ? "publish-add" : "publish", isUpdate ? null : 'p',
            "Port to publish: 8080:80, or published=8080,target=80 and mode=host, ip=, source=masquerade, prefer=local",
            "port", static t =>
            {
                PublishSpec.Parse(t);
                return t;
            });
        _unpublish = isUpdate ? f.List("publish-rm", null, "Target port to publish no more") : null;
        _mode = f.String("endpoint-mode", null, "How the name resolves: vip or dnsrr");
        _routes = f.List(isUpdate ? "route-add" : "route", null,
            "HTTP requests to lead here: host=shop.example,path=/api,port=8080,tls=SECRET", "route",
            static t =>
            {
                RouteSpec.Parse(t);
                return t;
            });
        _unroute = isUpdate ? f.List("route-rm", null, "Route to take away: HOST, or HOST/PATH") : null;
        _affinity = f.String("affinity", null, "Lead each client to one task: client, or none");
    }

    public void Apply(Session session, ServiceSpec spec, RouteCertificates certificates)
    {
        if (_networks.IsSet)
        {
            ApplyNetworks(session, spec);
            ApplyPipes(spec);
        }

        if (!_publish.IsSet && _unpublish?.IsSet != true && !_mode.IsSet && !_affinity.IsSet
            && !_routes.IsSet && _unroute?.IsSet != true) return;
        var endpoint = spec.EndpointSpec ??= new EndpointSpec();
        if (_mode.IsSet) endpoint.Mode = PolicyFlags.OneOf(_mode, "vip", "dnsrr");
        if (_affinity.IsSet) endpoint.Affinity = PolicyFlags.OneOf(_affinity, "client", "none");
        endpoint.Ports = Ports(endpoint.Ports ?? []);
        if (_routes.IsSet || _unroute?.IsSet == true) endpoint.Routes = Routes(certificates, endpoint.Routes ?? []);
    }

    /// <summary>Never null: the daemon keeps what is not said.</summary>
    private HttpRoute[] Routes(RouteCertificates certificates, HttpRoute[] before)
    {
        var added = _routes.Values.Select(RouteSpec.Parse).Select(certificates.Resolve).ToList();
        var kept = before.Where(route => _unroute?.Values.Any(key => RouteSpec.Matches(route, key)) != true
            && !added.Exists(a => a.Host == route.Host && a.Path == route.Path));
        return [.. kept, .. added];
    }

    private PortConfig[]? Ports(PortConfig[] before)
    {
        var added = _publish.Values.SelectMany(PublishSpec.Parse)
            .Select(port => _unpublish is null ? port : PublishSpec.Whole(port)).ToList();
        var kept = before.Where(port => _unpublish?.Values.Any(target => PublishSpec.Matches(port, target)) != true
            && !added.Exists(a => a.TargetPort == port.TargetPort
                && a.Protocol == port.Protocol && a.PublishedPort == port.PublishedPort));
        PortConfig[] ports = [.. kept, .. added];
        return ports.Length == 0 ? null : ports;
    }

    /// <summary>By ID, since a spec is compared, and edited later, by ID.</summary>
    private void ApplyNetworks(Session session, ServiceSpec spec)
    {
        var gone = _networks.Removed.Where(IsNetwork).Select(name => Resolve(session, name)).ToHashSet(StringComparer.Ordinal);
        var added = _networks.Added.Where(IsNetwork).Select(NetworkSpec.Parse).Select(
            network => network.ToAttachment() with { Target = Resolve(session, network.Name) }).ToList();
        var kept = (spec.TaskTemplate.Networks ?? spec.Networks ?? [])
            .Where(n => !gone.Contains(n.Target ?? "") && !added.Exists(a => a.Target == n.Target));
        NetworkAttachmentConfig[] networks =
            [.. kept.Concat(added).OrderBy(static n => n.Target, StringComparer.Ordinal)];
        spec.TaskTemplate.Networks = networks.Length == 0 ? null : networks;
        spec.Networks = null;
    }

    private void ApplyPipes(ServiceSpec spec)
    {
        var gone = _networks.Removed.Where(PipeField.IsPipe).ToList();
        PipeRequest[] pipes =
        [
            .. (spec.TaskTemplate.Pipes ?? []).Where(pipe => !gone.Exists(text => PipeField.Matches(text, pipe))),
            .. _networks.Added.Where(PipeField.IsPipe).Select(PipeField.Parse),
        ];
        spec.TaskTemplate.Pipes = pipes.Length == 0 ? null : pipes;
    }

    private static bool IsNetwork(string text) => !PipeField.IsPipe(text);

    private static string Resolve(Session session, string name) =>
        session.Client.Get($"/networks/{Uri.EscapeDataString(name)}?scope=swarm", ApiJson.Wire.NetworkResource).Id;
}
