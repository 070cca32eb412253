using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dhcp;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network;

/// <summary>Pipes whose addresses a DHCP server lends.</summary>
public sealed partial class NodeNetwork
{
    private const int DhcpProtocol = 16;

    /// <summary>How long whoever makes a pipe waits for a server.</summary>
    private static readonly TimeSpan LeasePatience = TimeSpan.FromSeconds(10);

    /// <summary>How long the start of a container does. What comes later still finds its way.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(4);

    // By key of the pipe. Replaced whole under the gate; read without it.
    private ImmutableDictionary<string, LeaseKeeper> keepers = ImmutableDictionary<string, LeaseKeeper>.Empty;

    /// <summary>Somebody cares for each lease of a plugged pipe: whoever gave up, for the link was another's for a while,
    /// is replaced. A link that is gone is made first, which starts a new one.</summary>
    private IEnumerable<WantedState> LeasesKept(string containerId) =>
        PipesOf(containerId).Where(p => keepers.GetValueOrDefault(p.Key) is { IsOver: true }).Select(p => new WantedState(
            $"nobody prolonged the DHCP lease of {p.Config.InterfaceName}",
            () => keepers.GetValueOrDefault(p.Key) is not { IsOver: true } || !HasLink(p), () => KeepLease(p.Key)));

    private bool HasLink(Pipe pipe)
    {
        using var container = NetNamespace.Open(paths.NamespaceOf(pipe.ContainerId));
        using var inside = RouteSocket.Open(container);
        return inside.FindLink(pipe.Config.InterfaceName) is not null;
    }

    private void KeepLease(string key)
    {
        using var container = NetNamespace.Open(paths.NamespaceOf(pipes[key].ContainerId));
        KeepLease(pipes[key], container);
    }

    /// <summary>Sees to it that somebody cares for a plugged pipe's address.</summary>
    private void KeepLease(Pipe pipe, NetNamespace container)
    {
        if (!pipe.Config.Dhcp || keepers.GetValueOrDefault(pipe.Key) is { IsOver: false })
            return;
        using var inside = RouteSocket.Open(container);
        var link = inside.GetLink(pipe.Config.InterfaceName);
        var wish = pipe.Lease?.Address.Split('/')[0] ?? pipe.Config.DhcpAddress;
        var lease = pipe.Lease is { } known && known.Expire > DateTimeOffset.UtcNow ? known : null;
        if (lease is null && pipe.Lease is not null)
            GiveUp(pipe, container, inside, link); // It ran out while nobody had it prolonged: the address may be another's by now.
        var isHeld = lease is not null && inside.ListAddresses().Exists(
            a => a.Index == link.Index && a.Address.ToString() == lease.Address.Split('/')[0]);
        var name = pipe.Config.DhcpHostname.Length > 0 ? pipe.Config.DhcpHostname
            : sandboxes[pipe.ContainerId].Config.Name;
        // Its own handle: the keeper outlives this call.
        var home = NetNamespace.Open(paths.NamespaceOf(pipe.ContainerId));
        LeaseKeeper? keeper = null;
        keeper = new LeaseKeeper(
            new DhcpClient(home, link, name), home, (now, token) => ApplyLeaseAsync(pipe.Key, keeper!, now, token),
            TimeProvider.System);
        keepers = keepers.SetItem(pipe.Key, keeper);
        keeper.Start(lease, isHeld, IPAddress.TryParse(wish, out var wanted) ? wanted : null);
    }

    private void GiveUp(Pipe pipe, NetNamespace container, RouteSocket inside, LinkInfo link)
    {
        TakeBack(pipe.Lease!, container, inside, link);
        Keep(pipes[pipe.Key] with { Lease = null });
        SetExit(sandboxes[pipe.ContainerId]); // The lease's router leads out for no longer than the lease.
    }

    /// <summary>Takes what was lent off the link, and nothing that somebody put beside it.</summary>
    private static void TakeBack(DhcpLease lease, NetNamespace container, RouteSocket inside, LinkInfo link)
    {
        // Or later addresses of the same subnet would go with the first one.
        container.Run(() => Sysctl.TrySet($"ipv4/conf/{link.Name}/promote_secondaries", "1"));
        var (address, prefixLength) = PipeWords.Split(lease.Address);
        inside.DeleteAddress(link.Index, address, prefixLength);
    }

    private void DropLease(Pipe pipe)
    {
        keepers.GetValueOrDefault(pipe.Key)?.Dispose();
        keepers = keepers.Remove(pipe.Key);
    }

    /// <summary>Waits, outside the gate, until a server has lent an address.</summary>
    /// <returns>False: none did in time, or the pipe is gone.</returns>
    private async Task<bool> WaitForLeaseAsync(Pipe pipe, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!pipe.Config.Dhcp || !keepers.TryGetValue(pipe.Key, out var keeper))
            return true;
        try
        {
            await keeper.First.WaitAsync(limit, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Gives back what was lent, while the link can still say so.</summary>
    private void ReleaseLease(Pipe pipe)
    {
        if (pipe.Lease is not { } lease || !keepers.ContainsKey(pipe.Key) || !sandboxes.ContainsKey(pipe.ContainerId))
            return;
        using var container = NetNamespace.Open(paths.NamespaceOf(pipe.ContainerId));
        using var inside = RouteSocket.Open(container);
        if (inside.FindLink(pipe.Config.InterfaceName) is { } link)
            new DhcpClient(container, link, "").Release(lease);
    }

    private Task ApplyLeaseAsync(
        string key, LeaseKeeper keeper, DhcpLease? lease, CancellationToken cancellationToken) => ExclusiveAsync(() =>
    {
        if (keepers.GetValueOrDefault(key) != keeper || pipes.GetValueOrDefault(key) is not { } pipe)
            return Task.CompletedTask; // Unplugged meanwhile.
        using var container = NetNamespace.Open(paths.NamespaceOf(pipe.ContainerId));
        using var inside = RouteSocket.Open(container);
        var link = inside.GetLink(pipe.Config.InterfaceName);
        if (pipe.Lease is { } former && former.Address != lease?.Address)
            TakeBack(former, container, inside, link);
        if (lease is not null && pipe.Lease?.IsAlike(lease) == true)
            pipes = pipes.SetItem(key, pipe with { Lease = lease }); // True also where it cannot be written down.
        Keep(pipe with { Lease = lease, Fault = lease is null ? "the DHCP lease is over" : "" });
        if (lease is null)
        {
            SetExit(sandboxes[pipe.ContainerId]);
            return Task.CompletedTask;
        }

        var (address, prefixLength) = PipeWords.Split(lease.Address);
        inside.EnsureAddress(link.Index, address, prefixLength);
        if (lease.Router.Length > 0)
            PipeAddress.SetDefault(
                inside, link.Index, IPAddress.Parse(lease.Router), address, prefixLength, DhcpProtocol);
        Announcement.Send(container, link, address);
        return Task.CompletedTask;
    }, cancellationToken);
}
