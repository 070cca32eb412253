using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Pipes;

/// <summary>Network cards of the host, which pipes stand on or are.</summary>
internal sealed class PipeCards(HostSpace host)
{
    /// <summary>The card, up, or the link of its VLAN.</summary>
    public LinkInfo ParentOf(Pipe pipe, PipeTarget target)
    {
        host.Route.SetUp(target.Name);
        return pipe.Config.Vlan.Length > 0 ? VlanLinks.Ensure(host, target.Link!, pipe.Config.Vlan) : target.Link!;
    }

    /// <summary>Gives the container the card itself.</summary>
    public void Hand(Pipe pipe, PipeTarget target, RouteSocket inside, NetNamespace container)
    {
        var card = ParentOf(pipe, target);
        if (IpFamily.Both.SelectMany(family => host.Route.ListRoutes(family.Sockets))
            .Any(r => r.Destination.PrefixLength == 0 && r.Index == card.Index))
            throw new NetworkException(NetworkFault.Conflict,
                $"{card.Name} carries this host's default route; without --direct-phys the host and the container share it");
        host.Route.SetAlias(card.Name, PipePlumber.AliasOf(pipe));
        try
        {
            host.Route.Move(card, container, pipe.Config.InterfaceName);
        }
        catch (NetlinkException e)
        {
            host.Route.SetAlias(card.Name, card.Alias);
            throw new NetworkException(NetworkFault.Kernel,
                $"{card.Name} cannot be given to a container: {e.Message}; try it without --direct-phys", e);
        }

        var moved = inside.ListLinks().Find(l => l.Alias == PipePlumber.AliasOf(pipe)) ?? throw new NetworkException(
            NetworkFault.Kernel, $"{card.Name} vanished on its way into the container; plug the card in, and try again");
        if (moved.Name != pipe.Config.InterfaceName)
            inside.Rename(moved.Index, pipe.Config.InterfaceName);
        if (MacAddress.TryParse(pipe.Config.Mac, out var wanted))
            inside.SetMac(pipe.Config.InterfaceName, wanted);
    }

    /// <summary>Takes a card back; one that was pulled meanwhile, as a USB adapter is, needs nothing more.</summary>
    public void Return(Pipe pipe, LinkInfo link, RouteSocket inside)
    {
        try
        {
            inside.SetDown(link.Name);
            if (pipe.Config.Mac.Length > 0 && PipePlumber.MacOf(pipe) is { } own)
                inside.SetMac(link.Name, own);
            inside.Move(link, host.Namespace, pipe.HostLink);
            if (host.Route.ListLinks().Find(l => l.Alias == PipePlumber.AliasOf(pipe)) is not { } back)
                return;
            if (back.Name != pipe.HostLink)
                host.Route.Rename(back.Index, pipe.HostLink);
            host.Route.SetAlias(pipe.HostLink, pipe.HostAlias);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            // At any of these steps it may be gone.
        }
    }
}
