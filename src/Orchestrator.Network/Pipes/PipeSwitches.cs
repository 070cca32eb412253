using System.Globalization;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Switching;

namespace Orchestrator.Network.Pipes;

/// <summary>Pipes that are a veth pair, the host's end a port of Open vSwitch.</summary>
internal sealed class PipeSwitches(HostSpace host, VirtualSwitch switches)
{
    public bool IsJoined(Pipe pipe, string bridge) =>
        host.Route.FindLink(pipe.HostLink) is not null && switches.HasPort(bridge, pipe.HostLink, TagOf(pipe));

    /// <summary>The bridge is made when it is missing, and goes after its last pipe.</summary>
    public void Join(Pipe pipe, string bridge, NetNamespace container)
    {
        PipeBridges.MakeRoom(host, pipe);
        var isNew = !switches.HasBridge(bridge);
        if (isNew)
            switches.AddBridge(bridge);
        try
        {
            var mtu = host.Route.FindLink(bridge)?.Mtu ?? DefaultMtu;
            PipeBridges.Lay(host, pipe, container, mtu, master: 0);
            if (switches.IsInUserSpace(bridge))
                container.Run(() => LinkOffload.Sum(pipe.Config.InterfaceName));
            Enter(pipe, bridge);
        }
        catch
        {
            host.Route.DeleteLink(pipe.HostLink);
            if (isNew)
                switches.RemoveBridge(bridge);
            throw;
        }
    }

    public void Enter(Pipe pipe, string bridge) =>
        switches.AddPort(bridge, pipe.HostLink, TagOf(pipe), PipePlumber.AliasOf(pipe));

    /// <summary>A switch that is not there has no port either; what it remembers goes when it is back.</summary>
    public void Leave(Pipe pipe)
    {
        if (switches.IsThere)
            Try(() => switches.RemovePort(pipe.HostLink));
    }

    public void RemoveIdle(IReadOnlySet<string> used)
    {
        if (switches.IsThere)
            Try(() => RemoveIdleNow(used));
    }

    public void RemoveStrangers(IReadOnlySet<string> known)
    {
        if (!switches.IsThere)
            return;
        Try(() =>
        {
            foreach (var port in switches.ListPorts().Where(port => !known.Contains(port)))
                switches.RemovePort(port);
        });
    }

    private const int DefaultMtu = 1500;

    private void RemoveIdleNow(IReadOnlySet<string> used)
    {
        foreach (var bridge in switches.ListBridges().Where(bridge => !used.Contains(bridge)))
            switches.RemoveBridge(bridge);
    }

    private static int? TagOf(Pipe pipe) =>
        pipe.Config.Vlan.Length > 0 ? int.Parse(pipe.Config.Vlan, CultureInfo.InvariantCulture) : null; // Checked as it was asked for.

    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (NetworkException)
        {
            // It does not answer now; the next start of the daemon looks again.
        }
    }
}
