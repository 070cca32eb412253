using System.Globalization;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Hosting;

/// <summary>Links for the tagged frames of a network card, named <c>eth0.42</c>: made when somebody needs one, removed
/// after the last who did. One that somebody else made is used, and left.</summary>
internal static class VlanLinks
{
    private const string Alias = LinkNames.Mark + "vlan";

    public static bool IsOurs(LinkInfo link) => link.Alias == Alias;

    /// <summary>The link of that name: a card, or made here if it reads <c>CARD.VLAN</c>.</summary>
    /// <exception cref="NetworkException">There is no such card, or the name is taken by something else.</exception>
    public static LinkInfo Ensure(HostSpace host, string name)
    {
        if (host.Route.FindLink(name) is { } present)
        {
            host.Route.SetUp(name);
            return present;
        }

        var dot = name.LastIndexOf('.');
        if (dot <= 0 || host.Route.FindLink(name[..dot]) is not { } card)
            throw new NetworkException(
                NetworkFault.Invalid, $"there is no interface {name} on this host; ip link shows those there are");
        return Ensure(host, card, name[(dot + 1)..]);
    }

    public static LinkInfo Ensure(HostSpace host, LinkInfo card, string vlan)
    {
        if (!int.TryParse(vlan, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id is < 1 or > 4094)
            throw new NetworkException(NetworkFault.Invalid, $"invalid VLAN {vlan} of {card.Name}: give 1 to 4094");
        var name = $"{card.Name}.{id}";
        if (name.Length > 15)
            throw new NetworkException(
                NetworkFault.Invalid, $"{name} is too long for the name of a link; rename {card.Name}");
        host.Route.SetUp(card.Name);
        if (host.Route.FindLink(name) is not { } present)
            return KernelFeature.Need(
                "802.1Q VLANs (module 8021q)", name,
                () => host.Route.CreateVlan(new SublinkSettings(name, card.Index, Alias), id));
        if (present.VlanId != id || present.Parent != card.Index)
            throw new NetworkException(
                NetworkFault.Conflict, $"{name} already exists but is not a VLAN device for tag {id} of {card.Name}");
        host.Route.SetUp(name);
        return present;
    }

    /// <summary>Removes those of ours that nobody needs.</summary>
    /// <param name="used">Names that are needed. What stands on one in a container cannot be seen from here.</param>
    public static void RemoveIdle(HostSpace host, IReadOnlySet<string> used)
    {
        foreach (var link in host.Route.ListLinks().Where(l => l.Alias == Alias && !used.Contains(l.Name)))
            host.Route.DeleteLink(link.Name);
    }
}
