using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
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
        if (ReturnOf(sandbox) is not { } model
            || returns.GetValueOrDefault(sandbox.ContainerId)?.Script == model.Script)
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
        StateReturn(sandbox, model);
        returns[sandbox.ContainerId] = model;
    }

    private void StateReturn(SandboxRecord sandbox, ReturnModel model)
    {
        using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        Stating(ContainerSite + sandbox.ContainerId, ReturnTableId, whole: true, () => Nft.Apply(ns, model.Script));
    }

    private ReturnModel? ReturnOf(SandboxRecord sandbox) =>
        IngressOverlay is { } mesh && sandbox.On(mesh.Network.Id) is { } endpoint
            ? new ReturnModel(endpoint.InterfaceName, mesh.Network.Pools[0].Subnet, ExitAddressOf(sandbox), MeshNodes(mesh))
            : null;

    private string? ExitAddressOf(SandboxRecord sandbox) =>
        (PipesOf(sandbox.ContainerId).LastOrDefault(p => LeadsOut(p, IpFamily.V4)) is { } pipe ? AddressOf(pipe) : sandbox.Exit?.IPv4) is { } cidr
        && ContainerLink.Split(cidr).Address is { AddressFamily: AddressFamily.InterNetwork } address
            ? address.ToString() : null;

    private ImmutableArray<IPAddress> MeshNodes(OverlayView mesh) =>
    [
        .. mesh.Endpoints.Where(e => e.IsNode).Select(e => e.Ip).Append(cluster.Ingress!.NodeAddress).Distinct()
            .Order(StringComparer.Ordinal).Select(IPAddress.Parse),
    ];
}
