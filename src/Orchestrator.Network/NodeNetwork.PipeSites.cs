using System.Net;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Parents;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network;

/// <summary>What pipes and networks of the world outside add to what should be in which namespace.</summary>
public sealed partial class NodeNetwork
{
    private IEnumerable<Pipe> PluggedPipes => pipes.Values.Where(IsPlugged);

    /// <summary>Bridges over VLANs, and their uplinks.</summary>
    private IEnumerable<WantedLink> VlanLinksWanted => Outside.Where(n => n.Driver == NetworkDrivers.Vlan).SelectMany(n =>
        new[]
        {
            new WantedLink(LinkNames.BridgeOf(n), "bridge") { Alias = LinkNames.Mark + n.Id },
            new WantedLink(ParentLinks.NameOf(n), "vlan") { Master = LinkNames.BridgeOf(n) },
        });

    /// <summary>The host's own links beside those of its containers, and the ways to these.</summary>
    private IEnumerable<WantedLink> HostAccessWanted =>
        from network in Outside
        where HostAccess.AddressOf(network) is not null
        select new WantedLink(HostAccess.NameOf(network), "macvlan")
        {
            Alias = LinkNames.Mark + network.Id,
            Address = $"{HostAccess.AddressOf(network)}/32",
            Beyond = [.. ListEndpoints(network.Id).Select(HostAccess.WayTo)],
        };

    /// <summary>The host's ends of pipes to bridges, and a bridge that is gone: one that is there may be somebody's,
    /// who does with it what he wants.</summary>
    private IEnumerable<WantedLink> PipePortsWanted
    {
        get
        {
            var bridged = PluggedPipes.Where(p => p.Kind.HasHostEnd()).ToList();
            return
            [
                .. bridged.Where(p => p.Kind == PipeKind.Bridge).Select(p => p.Config.HostInterface).Distinct()
                    .Where(name => IsName(name) && host.Route.FindLink(name) is null).Select(name => new WantedLink(name, "")),
                .. bridged.Select(p => new WantedLink(p.HostLink, "veth")
                {
                    Alias = PipePlumber.AliasOf(p),
                    Master = p.Kind == PipeKind.Bridge && IsName(p.Config.HostInterface) ? p.Config.HostInterface : null,
                }),
            ];
        }
    }

    /// <summary>Ports in the switch: a row of its database each.</summary>
    private IEnumerable<WantedState> SwitchPortsWanted => PluggedPipes.Where(p => p.Kind == PipeKind.OpenVSwitch)
        .Where(p => host.Route.FindLink(p.HostLink) is not null).Select(p => new WantedState(
            $"{p.HostLink} is no port of {p.Config.HostInterface}", () => plumber.IsSwitched(p), () => plumber.Switch(p)));

    private static bool IsName(string hostInterface) => !hostInterface.Contains(':', StringComparison.Ordinal);

    private IEnumerable<WantedLink> PipesWanted(string containerId) =>
        PipesOf(containerId).Where(IsPlugged).Select(p => new WantedLink(p.Config.InterfaceName, "")
        {
            Alias = PipePlumber.AliasOf(p),
            Address = AddressOf(p) is { } four && !IpFamily.Of(four).IsIPv6 ? four : null,
            Address6 = AddressOf(p) is { } six && IpFamily.Of(six).IsIPv6 ? six : null,
        });

    private static string? AddressOf(Pipe pipe) =>
        pipe.Lease?.Address ?? (pipe.Config.Address.Length > 0 ? pipe.Config.Address : null);

    private string KindOf(Endpoint endpoint) =>
        endpoint.IsOutside && endpoint.HostInterfaceName.Length == 0 ? networks[endpoint.NetworkId].Driver : "veth";

    private WantedExit? WantedExitOf(SandboxRecord sandbox) =>
        WantedExitOf(sandbox, IpFamily.V4, sandbox.Exit?.InterfaceName, sandbox.Exit?.Gateway);

    private WantedExit? WantedExit6Of(SandboxRecord sandbox) =>
        WantedExitOf(sandbox, IpFamily.V6, sandbox.Exit6?.InterfaceName, sandbox.Exit6?.Gateway6);

    /// <summary>A pipe with a gateway goes before the networks. What is no neighbour's address is not looked at.</summary>
    private WantedExit? WantedExitOf(SandboxRecord sandbox, IpFamily family, string? link, string? gateway)
    {
        if (PipesOf(sandbox.ContainerId).LastOrDefault(p => LeadsOut(p, family)) is not { } pipe)
            return link is not null && gateway is { Length: > 0 } && gateway != family.Any
                ? new WantedExit(link, IPAddress.Parse(gateway)) : null;
        if (!IsPlugged(pipe) || AddressOf(pipe) is not { } cidr)
            return null;
        var router = IPAddress.Parse(pipe.Lease?.Router ?? pipe.Config.Gateway);
        var (address, prefixLength) = PipeWords.Split(cidr);
        return PipeAddress.NetworkOf(address, prefixLength).Contains(router)
            ? new WantedExit(pipe.Config.InterfaceName, router) : null;
    }

    private bool MakeOutsideOrPipe(string link)
    {
        if (Outside.FirstOrDefault(n => 
            LinkNames.BridgeOf(n) == link || ParentLinks.NameOf(n) == link || HostAccess.NameOf(n) == link) is { } network)
            parents.Ensure(network);
        else
        {
            var lost = PluggedPipes.Where(p => p.HostLink == link || p.Config.HostInterface == link).ToList();
            lost.ForEach(Plug);
            return lost.Count > 0;
        }

        return true;
    }
}
