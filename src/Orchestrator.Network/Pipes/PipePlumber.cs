using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Switching;

namespace Orchestrator.Network.Pipes;

/// <summary>Makes and removes the links of pipes. Holds nothing: all it knows is in the pipe and in the kernel.</summary>
/// <remarks>A link is ours by its alias. Any other is used where it is asked for, never changed for good, never
/// deleted.</remarks>
internal sealed class PipePlumber(HostSpace host, VirtualSwitch switches)
{
    private readonly PipeBridges bridges = new(host);
    private readonly PipeSwitches switched = new(host, switches);
    private readonly PipeCards cards = new(host);

    /// <summary>What a pipe will be, without making it.</summary>
    public Pipe Describe(string containerId, PipeConfig config, DateTimeOffset now)
    {
        var target = PipeTarget.Find(host.Route, switches, config);
        config = config with
        {
            InterfaceName = config.InterfaceName.Length > 0 ? config.InterfaceName
                : target.Kind == PipeKind.Infiniband ? "ib0" : "eth1",
        };
        if (config.LocalName.Length > 0 && !target.Kind.HasHostEnd())
            throw new NetworkException(NetworkFault.Invalid,
                $"-l names the host's end of a link to a bridge; one on {target.Name} has no such end");
        return new Pipe
        {
            ContainerId = containerId,
            Config = config,
            Kind = target.Kind,
            HostLink = !target.Kind.HasHostEnd() ? ""
                : config.LocalName.Length > 0 ? config.LocalName
                : LinkNames.HostEnd(LinkNames.EndpointId(containerId, $"pipe-{config.InterfaceName}")),
            Mac = config.Mac.Length > 0 ? config.Mac : PipeWords.MacOf($"{containerId}/{config.InterfaceName}"),
            Created = now,
        };
    }

    /// <summary>Notes what a card is called before it goes into a container; it is to be on disk first.</summary>
    public Pipe Locate(Pipe pipe, NetNamespace container)
    {
        if (pipe.Kind != PipeKind.Physical)
            return pipe;
        using var inside = RouteSocket.Open(container);
        if (cards.Find(pipe, inside) is { } lent)
            return PipeCards.Known(pipe, lent);
        var card = cards.ParentOf(pipe, PipeTarget.Find(host.Route, switches, pipe.Config));
        return pipe with
        {
            HostLink = card.Name,
            HostAlias = card.Alias,
            Mac = card.Mac?.ToString() ?? "",
            CardKind = card.Kind,
            CardIndex = 0,
        };
    }

    public PipeTarget TargetOf(Pipe pipe) => PipeTarget.Find(host.Route, switches, pipe.Config);

    /// <summary>The name of what the word for the host's side stands for, where it says that itself; of a hardware address
    /// that of its link, if that is there.</summary>
    public string? NameOf(Pipe pipe)
    {
        if (Model.LinkName.IsValid(pipe.Config.HostInterface))
            return pipe.Config.HostInterface;
        try
        {
            return TargetOf(pipe).Name;
        }
        catch (NetworkException)
        {
            return null;
        }
    }

    /// <summary>The link at which the host is in the pipe's segment, if it is there; null: it has none.</summary>
    public string? HostSideOf(Pipe pipe) => pipe.Config.Vlan.Length == 0 ? TargetOf(pipe).Link?.Name : VlanLinkOf(pipe);

    /// <summary>The VLAN's link that a pipe stands on; null: on none.</summary>
    public string? VlanLinkOf(Pipe pipe) =>
        pipe.Config.Vlan.Length > 0 && pipe.Kind is PipeKind.Macvlan or PipeKind.Physical
            ? $"{PipeTarget.Find(host.Route, switches, pipe.Config).Name}.{pipe.Config.Vlan}" : null;

    /// <summary>Makes what is missing of a pipe. Done again, it does nothing.</summary>
    /// <returns>With what is known now of a card that was moved.</returns>
    /// <exception cref="NetworkException">It cannot be; what was made for it is gone again.</exception>
    public Pipe Plug(Pipe pipe, NetNamespace container)
    {
        using var inside = RouteSocket.Open(container);
        var present = inside.FindLink(pipe.Config.InterfaceName);
        if (present is not null && !IsOwn(present, pipe, inside))
            throw new NetworkException(NetworkFault.Conflict,
                $"the container has an interface {present.Name} already; choose another name with -i");
        // The container renamed it: with two there would be two of its address, and a card there is only once.
        if (present is null && FindInside(pipe, inside) is not null)
            Unplug(pipe, container);
        try
        {
            if (present is null || !IsJoined(pipe))
                pipe = Make(pipe, inside, container);
            PipeAddress.Set(pipe, inside, container);
            return pipe;
        }
        catch
        {
            if (present is null)
                Unplug(pipe, container);
            throw;
        }
    }

    /// <summary>Takes a pipe out; a card that was moved is back under its name.</summary>
    /// <param name="container">Null: it is gone, and all that was in it.</param>
    public void Unplug(Pipe pipe, NetNamespace? container)
    {
        if (pipe.Kind == PipeKind.OpenVSwitch)
            switched.Leave(pipe);
        if (pipe.Kind.HasHostEnd() && host.Route.FindLink(pipe.HostLink) is { } end && end.Alias == AliasOf(pipe))
            host.Route.DeleteLink(end.Name);
        if (container is null)
            return;
        using var inside = RouteSocket.Open(container);
        // A card may have been moved, and not yet been renamed.
        if (FindInside(pipe, inside) is not { } link)
            return;
        if (pipe.Kind == PipeKind.Physical)
            cards.Return(pipe, link, inside);
        else
            inside.DeleteLink(link.Name);
    }

    /// <summary>Removes bridges that were made for pipes, and that none needs any more.</summary>
    /// <param name="pipes">All there are, also of containers that do not run.</param>
    public void RemoveIdle(IReadOnlyCollection<Pipe> pipes)
    {
        var used = pipes.Select(p => p.Config.HostInterface).ToHashSet();
        bridges.RemoveIdle(used);
        switched.RemoveIdle(used);
    }

    /// <summary>Takes ports of pipes that are no more out of the switch, which a reboot did not.</summary>
    public void RemoveStrangers(IReadOnlyCollection<Pipe> pipes) =>
        switched.RemoveStrangers(pipes.Where(p => p.Kind == PipeKind.OpenVSwitch).Select(p => p.HostLink).ToHashSet());

    /// <summary>Is the host's end of a pipe to the switch where it should be? Its database tells nobody of a change.</summary>
    public bool IsSwitched(Pipe pipe) => switched.IsJoined(pipe, pipe.Config.HostInterface);

    public void Switch(Pipe pipe) => switched.Enter(pipe, pipe.Config.HostInterface);

    public static string AliasOf(Pipe pipe) =>
        LinkNames.AliasOf(pipe.ContainerId, $"pipe-{pipe.Config.InterfaceName}");

    /// <returns>The container's side, whatever it is called; null: it is not there.</returns>
    private LinkInfo? FindInside(Pipe pipe, RouteSocket inside) => pipe.Kind == PipeKind.Physical
        ? cards.Find(pipe, inside) : inside.ListLinks().Find(l => l.Alias == AliasOf(pipe));

    private bool IsOwn(LinkInfo present, Pipe pipe, RouteSocket inside) => pipe.Kind == PipeKind.Physical
        ? present.Index == cards.Find(pipe, inside)?.Index : present.Alias == AliasOf(pipe);

    private bool IsJoined(Pipe pipe)
    {
        if (!pipe.Kind.HasHostEnd())
            return true;
        var name = PipeTarget.Find(host.Route, switches, pipe.Config).Name;
        return pipe.Kind == PipeKind.Bridge ? bridges.IsJoined(pipe, name) : switched.IsJoined(pipe, name);
    }

    private Pipe Make(Pipe pipe, RouteSocket inside, NetNamespace container)
    {
        var target = PipeTarget.Find(host.Route, switches, pipe.Config);
        switch (pipe.Kind)
        {
            case PipeKind.Bridge:
                bridges.Join(pipe, target.Name, container);
                break;
            case PipeKind.OpenVSwitch:
                switched.Join(pipe, target.Name, container);
                break;
            case PipeKind.Macvlan:
                var parent = cards.ParentOf(pipe, target);
                KernelFeature.Need("macvlan links (module macvlan)", target.Name, () => host.Route.CreateMacvlan(
                    Settings(pipe, parent), MacvlanMode.Bridge, container));
                break;
            case PipeKind.Infiniband:
                KernelFeature.Need("IPoIB (module ib_ipoib)", target.Name, () => host.Route.CreateIpoib(
                    Settings(pipe, target.Link!) with { Mac = null }, PipeTarget.PartitionOf(pipe.Config), container));
                break;
            case PipeKind.Dummy:
                KernelFeature.Need("dummy links (module dummy)", target.Name, () => inside.CreateDummy(
                    pipe.Config.InterfaceName, AliasOf(pipe), MacOf(pipe)));
                break;
            default:
                return cards.Hand(pipe, target, inside, container);
        }

        return pipe;
    }

    private static SublinkSettings Settings(Pipe pipe, LinkInfo parent) =>
        new(pipe.Config.InterfaceName, parent.Index, AliasOf(pipe), MacOf(pipe));

    public static MacAddress? MacOf(Pipe pipe) => MacAddress.TryParse(pipe.Mac, out var mac) ? mac : null;
}
