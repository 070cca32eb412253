using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Shaping;

namespace Orchestrator.Network.Mending;

/// <summary>Does what one change says, by netlink.</summary>
internal static class LinkMender
{
    /// <exception cref="NetworkException">The link is somebody else's.</exception>
    public static void Apply(RouteSocket route, SpaceChange change)
    {
        switch (change)
        {
            case SpaceChange.Remove c:
                route.DeleteLink(c.Subject);
                break;
            case SpaceChange.Mark c:
                route.SetAlias(c.Subject, c.Alias);
                break;
            case SpaceChange.Enslave c:
                route.SetMaster(c.Subject, route.GetLink(c.Master).Index);
                break;
            case SpaceChange.Raise c:
                route.SetUp(c.Subject);
                break;
            case SpaceChange.Resize c:
                route.SetMtu(c.Subject, c.Mtu);
                break;
            case SpaceChange.Unlearn c:
                route.SetVxlanLearning(c.Subject, false);
                break;
            case SpaceChange.SetMac c:
                route.SetMac(c.Subject, c.Mac);
                break;
            case SpaceChange.SetPort c:
                route.SetPort(route.GetLink(c.Subject).Index, c.Settings);
                break;
            case SpaceChange.Limit c:
                LinkShaper.Ensure(route, route.GetLink(c.Subject), c.Bandwidth);
                break;
            case SpaceChange.AddAddress c:
                var (address, length) = ContainerLink.Split(c.Address);
                route.EnsureAddress(route.GetLink(c.Subject).Index, address, length);
                break;
            case SpaceChange.AddRoute c:
                route.SetRoute(c.Destination, null, route.GetLink(c.Subject).Index);
                break;
            case SpaceChange.AddOwnRoute c:
                // Other links have the same for multicast: theirs are not to be replaced.
                route.PutRoute(c.Route, RoutePut.Append);
                break;
            case SpaceChange.AddExit c:
                route.SetRoute(Everywhere.Of(c.Gateway), c.Gateway, route.GetLink(c.Subject).Index);
                break;
            case SpaceChange.LeadBack c:
                route.PutRoute(c.Way.Route(route.GetLink(c.Subject).Index), RoutePut.Replace);
                if (!c.HasRule)
                    route.AddRule(c.Way.Rule);
                break;
            case SpaceChange.DropWay c:
                route.DeleteRule(c.Rule);
                break;
            case SpaceChange.Redo c:
                Pipes.KeptWords.Restore(c.Command, route);
                break;
            case SpaceChange.Forward c:
                route.Change([c.Change]);
                break;
            case SpaceChange.DropFalse c:
                route.Change([new NeighbourChange.DropAnswer(c.Index, c.Address)]);
                break;
            case SpaceChange.Displaced:
                throw new NetworkException(NetworkFault.Conflict, "it is left alone");
        }
    }
}
