using System.Collections.Immutable;
using Orchestrator.Manager.Allocation;
using Orchestrator.Model;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>
/// Whether a service can be as asked. What depends on other objects is read in the transaction that writes it.
/// </summary>
internal static class ServiceValidator
{
    /// <param name="current">The service that is updated; null when it is made.</param>
    /// <returns>The spec to store: networks, secrets and configs by id.</returns>
    /// <exception cref="UserException">It cannot.</exception>
    public static ServiceSpec Validate(ServiceSpec spec, Service? current, Transaction tx)
    {
        Names.Validate(spec.Name, "service");
        TaskSpecValidator.Validate(spec.Task);
        ValidateUpdate(spec.Update, "update");
        ValidateUpdate(spec.Rollback, "rollback");
        ValidateMode(spec);
        ValidateEndpoint(spec.Endpoint);
        ValidateHostNetwork(spec);
        RefuseOwnPorts(spec, tx);
        ValidatePortsFree(spec, current, tx);
        RouteValidator.Validate(spec, [.. tx.Services.All().Where(other => other.Id != current?.Id)]);
        ImmutableArray<HttpRoute> routes = [.. spec.Endpoint.Routes.Select(route => RouteValidator.Resolve(route, tx))];
        ImmutableArray<PayloadReference> payloads =
            [.. spec.Task.Container.Payloads.Select(reference => PayloadValidator.Resolve(reference, tx))];
        PayloadValidator.RefuseSameTarget(payloads);
        ImmutableArray<NetworkAttachment> networks = [.. spec.Task.Networks.Select(n => Resolve(n, tx))];
        // By id now: the same network may have been given by name as well.
        if (networks.GroupBy(n => n.Target).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw UserErrors.Invalid(
                $"network {tx.Networks.Get(twice.Key)!.Spec.Name} is given twice", "Attach each network once.");
        RefuseOverlap([.. networks.Select(n => tx.Networks.Get(n.Target)!)]);
        foreach (var attachment in networks)
            AddressValidator.Validate(attachment, tx.Networks.Get(attachment.Target)!, spec);
        return spec with
        {
            Task = spec.Task with
            {
                Networks = networks, Container = spec.Task.Container with { Payloads = payloads }, Attached = null,
            },
            Endpoint = spec.Endpoint with { Routes = routes },
        };
    }

    /// <summary>Networks may have the same addresses; a container that is on both could not tell them apart.</summary>
    private static void RefuseOverlap(ImmutableArray<Network> networks)
    {
        var pairs = networks.SelectMany((one, index) => networks.Skip(index + 1).Select(other => (one, other)));
        foreach (var (one, other) in pairs.Where(pair => pair.one.Id != pair.other.Id))
        {
            var theirs = NetworkAllocator.SubnetsOf(other).ToList();
            foreach (var subnet in NetworkAllocator.SubnetsOf(one).Where(subnet => theirs.Exists(subnet.Overlaps)))
            {
                throw UserErrors.Invalid(
                    $"networks {one.Spec.Name} and {other.Spec.Name} both have addresses of {subnet}",
                    "A service can be on one of them only.");
            }
        }
    }

    private static void ValidateMode(ServiceSpec spec)
    {
        if (spec.Mode is ServiceMode.Global && spec.Task.Placement.MaxReplicasPerNode > 0)
        {
            throw UserErrors.Invalid(
                "replicas-max-per-node can only be used with replicated or replicated-job mode",
                "A global service has one task on every node.");
        }

        if (spec.Mode is ServiceMode.Replicated { Replicas: > 100_000 } replicated)
            throw UserErrors.Invalid(
                $"{replicated.Replicas} replicas are more than the 100000 a service can have", "Ask for fewer.");
    }

    private static void ValidateUpdate(UpdateConfig? config, string word)
    {
        if (config is null)
            return;
        if (config.Delay < TimeSpan.Zero)
            throw UserErrors.Invalid($"TaskSpec: {word}-delay cannot be negative");
        if (config.Monitor < TimeSpan.Zero)
            throw UserErrors.Invalid($"TaskSpec: {word}-monitor cannot be negative");
        if (config.MaxFailureRatio is < 0 or > 1)
            throw UserErrors.Invalid($"TaskSpec: {word}-maxfailureratio cannot be less than 0 or bigger than 1");
        if (word == "rollback" && config.FailureAction == UpdateFailureAction.Rollback)
            throw UserErrors.Invalid("invalid rollback failure action: rollback", "Use pause or continue.");
    }

    private static void ValidateEndpoint(EndpointSpec endpoint)
    {
        if (endpoint.Ports.FirstOrDefault(
            p => p.TargetPort is < 1 or > 65_535 || p.PublishedPort is < 0 or > 65_535) is { } odd)
            throw UserErrors.Invalid($"invalid port {odd.PublishedPort}:{odd.TargetPort}", "Ports are 1 to 65535.");
        if (endpoint.Mode == EndpointMode.DnsRoundRobin && endpoint.Ports.Any(p => p.Mode == PublishMode.Ingress))
        {
            throw UserErrors.Invalid(
                "EndpointSpec: port published with ingress mode can't be used with dnsrr mode",
                "Publish with mode=host, or use --endpoint-mode vip.");
        }

        if (endpoint.Ports.Where((port, i) => endpoint.Ports.Take(i).Any(other => Clash(port, other))).Any())
            throw UserErrors.Invalid("EndpointSpec: duplicate published ports provided", "Publish each port once.");
        foreach (var port in endpoint.Ports)
            ValidateWords(port);
    }

    /// <summary>What a service has through links and addresses of its own is not to be had there.</summary>
    private static void ValidateHostNetwork(ServiceSpec spec)
    {
        if (!spec.Task.HostNetwork)
            return;
        if (!spec.Task.Networks.IsEmpty || !spec.Task.Pipes.IsEmpty)
            throw UserErrors.Invalid(
                "a service in its hosts' network can be on no other, nor have pipes", "Give --network host alone.");
        if (!spec.Endpoint.Ports.IsEmpty || !spec.Endpoint.Routes.IsEmpty)
            throw UserErrors.Invalid(
                "a service in its hosts' network has their ports: there is nothing to publish, and no route leads to it",
                "Leave --publish and --route out, or --network host.");
    }

    private static void ValidateWords(PortConfig port)
    {
        var isHost = port.Mode == PublishMode.Host;
        if (port.HostIp.Length > 0 && !isHost)
            throw UserErrors.Invalid(
                $"port {port.TargetPort}: a port of the routing mesh answers on every address of every node",
                "Publish with mode=host on one address.");
        if (port.HostIp.Length > 0
            && (!System.Net.IPAddress.TryParse(port.HostIp, out var address) || ReservedBlocks.IsOfMany(address)))
            throw UserErrors.Invalid($"invalid IP address: {port.HostIp}", "Give an address that the hosts have.");
        if (isHost && port.OfTask != port)
            throw UserErrors.Invalid(
                $"port {port.TargetPort}: source, preference and PROXY protocol are the routing mesh's, and the port is "
                + "published on hosts",
                "Publish with mode=ingress.");
        if (port.HasProxyHeader && (port.Protocol != PortProtocol.Tcp || port.Source != SourceAddress.Client))
            throw UserErrors.Invalid(
                $"port {port.TargetPort}: the PROXY protocol is for TCP, and tells of the client itself",
                "Publish with protocol=tcp and without source=masquerade.");
    }

    /// <summary>On hosts, too, whatever the address: a task may be placed on any of them, and there the port is not free.</summary>
    private static void RefuseOwnPorts(ServiceSpec spec, Transaction tx)
    {
        var cluster = tx.Base.Clusters.All.FirstOrDefault();
        foreach (var port in spec.Endpoint.Ports)
        {
            // Managers come and go at any time: nobody's write is to wait for that.
            if (OwnPorts.OwnerOf(port.Protocol, port.PublishedPort, tx.Base.Nodes.All, cluster) is { } owner)
                throw new UserException(
                    ErrorCode.PortTaken,
                    $"port '{port.PublishedPort}/{port.Protocol.ToString().ToLowerInvariant()}' is {owner}", "Publish another port.");
        }
    }

    // Ingress ports belong to one service of the cluster; a host port may be shared, for the scheduler keeps its tasks
    // apart.
    private static void ValidatePortsFree(ServiceSpec spec, Service? current, Transaction tx)
    {
        var wanted = spec.Endpoint.Ports.Where(p => p.PublishedPort != 0).ToList();
        if (wanted.Count == 0)
            return;
        foreach (var other in tx.Services.All().Where(other => other.Id != current?.Id))
        {
            foreach (var taken in other.Spec.Endpoint.Ports.Concat(other.Endpoint?.Ports ?? []).Where(
                p => p.PublishedPort != 0))
            {
                if (wanted.Exists(port => ClashOfServices(port, taken)))
                    throw PortTaken(taken, other);
            }
        }
    }

    private static bool Clash(PortConfig one, PortConfig other) =>
        one.PublishedPort != 0 && one.Protocol == other.Protocol && one.PublishedPort == other.PublishedPort
        && (one.Mode == PublishMode.Ingress || other.Mode == PublishMode.Ingress || one.SharesAddress(other));

    private static bool ClashOfServices(PortConfig one, PortConfig other) =>
        Clash(one, other) && (one.Mode == PublishMode.Ingress || other.Mode == PublishMode.Ingress);

    private static UserException PortTaken(PortConfig port, Service owner) => new(
        ErrorCode.PortTaken,
        $"port '{port.PublishedPort}' is already in use by service '{owner.Spec.Name}' ({owner.Id}) as "
        + (port.Mode == PublishMode.Ingress ? "an ingress port" : "a host-published port"),
        $"Publish another port, or free this one: orch service rm {owner.Spec.Name}");

    private static UserException OfNodes(string network) => new(
        ErrorCode.Unsupported,
        $"The network {network} cannot be used with services. Only networks scoped to the swarm can be used, such as those "
        + "created with the overlay driver",
        "Make one: orch network create -d overlay NAME");

    private static NetworkAttachment Resolve(NetworkAttachment attachment, Transaction tx)
    {
        // Read in the transaction, so that the network cannot go before the service is there.
        var network = tx.Networks.Get(attachment.Target)
            ?? tx.Networks.Find(Indexes.NetworkName, attachment.Target.ToLowerInvariant()).SingleOrDefault()
            ?? (attachment.Target is "bridge" or "none" ? throw OfNodes(attachment.Target)
                : tx.Networks.Get(References.Network(tx.Base, attachment.Target).Id.Value)!);
        if (Bandwidth.FaultOf(attachment.Options) is { } fault)
            throw UserErrors.Invalid($"invalid option {fault} for network {network.Spec.Name}", Bandwidth.Remedy);
        return network.Spec.Ingress
            ? throw UserErrors.Invalid(
                $"Service cannot be explicitly attached to the ingress network \"{network.Spec.Name}\"",
                "Publish a port instead.")
            : attachment with { Target = network.Id.Value };
    }
}
