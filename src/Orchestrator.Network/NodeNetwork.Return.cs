using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network;

/// <summary>Answers to clients of published ports, who are seen under their own addresses.</summary>
public sealed partial class NodeNetwork
{
    private readonly Dictionary<string, ReturnModel> returns = [];

    /// <summary>Has a container on the ingress overlay answer by the node that a client came in by. Nothing is done
    /// when nothing changed.</summary>
    private void LeadBack(SandboxRecord sandbox)
    {
        var present = returns.GetValueOrDefault(sandbox.ContainerId);
        if (ReturnOf(sandbox) is not { } model || present == model)
            return;
        using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        using var route = RouteSocket.Open(ns);
        ns.Run(() =>
        {
            foreach (var setting in model.Settings)
                Sysctl.TrySet(setting.Path, setting.Value);
        });
        foreach (var change in SpaceComparison.Ways([.. model.Ways], SpaceDump.Read(route, neighbours: false, ways: true)))
            LinkMender.Apply(route, change);
        foreach (var family in model.Families)
        {
            if (present?.Link == model.Link && present.Families.FirstOrDefault(family.DiffersInNodesAlone) is { } before)
                ChangeInContainer(
                    sandbox, family.Family.TableNamed(ReturnTable.Name), ReturnTable.Change(model.Link, before, family),
                    restate: () => StateReturn(sandbox, model.Link, family));
            else
                StateReturn(sandbox, model.Link, family);
        }

        returns[sandbox.ContainerId] = model;
    }

    private void StateReturn(SandboxRecord sandbox, string link, ReturnFamily model) =>
        StateInContainer(sandbox, model.Family.TableNamed(ReturnTable.Name), ReturnTable.Replace(link, model));

    private ReturnModel? ReturnOf(SandboxRecord sandbox) =>
        IngressOverlay is { } mesh && sandbox.On(mesh.Network.Id) is { } endpoint
            ? new ReturnModel(
                endpoint.InterfaceName,
                [
                    new ReturnFamily(IpFamily.V4, SubnetsOf(mesh, IpFamily.V4), ExitAddressOf(sandbox, IpFamily.V4),
                        MeshNodes(mesh, IpFamily.V4)),
                    .. IPv6Of(endpoint) is null ? ImmutableArray<ReturnFamily>.Empty
                        : [new ReturnFamily(IpFamily.V6, SubnetsOf(mesh, IpFamily.V6), ExitAddressOf(sandbox, IpFamily.V6),
                            MeshNodes(mesh, IpFamily.V6))],
                ])
            : null;

    private static ImmutableArray<string> SubnetsOf(OverlayView mesh, IpFamily family) =>
        [.. mesh.Network.Pools.Where(p => p.IsIPv6 == family.IsIPv6).Select(p => p.Subnet)];

    private string? ExitAddressOf(SandboxRecord sandbox, IpFamily family)
    {
        var own = family.IsIPv6 ? sandbox.Exit6?.IPv6 : sandbox.Exit?.IPv4;
        return (PipesOf(sandbox.ContainerId).LastOrDefault(p => LeadsOut(p, family)) is { } pipe ? AddressOf(pipe) : own)
            is { } cidr && IpFamily.Of(cidr) == family ? ContainerLink.Split(cidr).Address.ToString() : null;
    }

    private ImmutableArray<IPAddress> MeshNodes(OverlayView mesh, IpFamily family) =>
    [
        .. mesh.Endpoints.Where(e => e.IsNode).SelectMany(e => e.Addresses)
            .Concat(IngressEndpoint(mesh.Network, cluster.Ingress!).Addresses).Where(a => IpFamily.Of(a) == family).Distinct()
            .Order(StringComparer.Ordinal).Select(IPAddress.Parse),
    ];
}
