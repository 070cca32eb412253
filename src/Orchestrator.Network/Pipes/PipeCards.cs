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

    /// <summary>The card inside a container. Whoever is root there makes links, and gives them whatever name, alias and
    /// hardware address he likes: by these alone it is not known.</summary>
    /// <returns>Null: it is not there.</returns>
    public LinkInfo? Find(Pipe pipe, RouteSocket inside)
    {
        // Nobody came to note it: then it is there only if it is no more on the host.
        if (pipe.CardIndex == 0 && (pipe.HostLink.Length == 0 || host.Route.FindLink(pipe.HostLink) is not null))
            return null;
        return inside.ListLinks().Find(l => l.Alias == PipePlumber.AliasOf(pipe)
            && (pipe.CardKind is null || l.Kind == pipe.CardKind) && (pipe.CardIndex == 0 || l.Index == pipe.CardIndex));
    }

    public static Pipe Known(Pipe pipe, LinkInfo card) => pipe with { CardKind = card.Kind, CardIndex = card.Index };

    /// <summary>Gives the container the card itself.</summary>
    /// <returns>With what the card is known by there.</returns>
    public Pipe Hand(Pipe pipe, PipeTarget target, RouteSocket inside, NetNamespace container)
    {
        var card = ParentOf(pipe, target);
        if (IpFamily.Both.SelectMany(family => host.Route.ListRoutes(family.Sockets))
            .Any(r => r.Destination.PrefixLength == 0 && r.Index == card.Index))
            throw new NetworkException(NetworkFault.Conflict,
                $"{card.Name} carries this host's default route; without --direct-phys the host and the container share it");
        var moved = Move(card, pipe, inside, container);
        pipe = Known(pipe, moved);
        try
        {
            if (moved.Name != pipe.Config.InterfaceName)
                inside.Rename(moved.Index, pipe.Config.InterfaceName);
            if (MacAddress.TryParse(pipe.Config.Mac, out var wanted))
                inside.SetMac(pipe.Config.InterfaceName, wanted);
            return pipe;
        }
        catch (NetlinkException)
        {
            if (Find(pipe, inside) is { } link)
                Return(pipe, link, inside);
            throw;
        }
    }

    private LinkInfo Move(LinkInfo card, Pipe pipe, RouteSocket inside, NetNamespace container)
    {
        var before = inside.ListLinks().Select(l => l.Index).ToHashSet();
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

        return inside.ListLinks().Find(l => !before.Contains(l.Index) && l.Kind == card.Kind && l.Mac == card.Mac
            && l.Alias == PipePlumber.AliasOf(pipe)) ?? throw new NetworkException(
            NetworkFault.Kernel, $"{card.Name} vanished on its way into the container; plug the card in, and try again");
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
