using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Mending;

/// <summary>Somebody renames a link of ours by hand: it keeps addresses, routes and identifiers that the new one needs.</summary>
public sealed class RenamedTests
{
    private const string Other = "foog";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    [RootTheory]
    [InlineData("vx0")]
    [InlineData("br0")]
    [InlineData("a container's port")]
    public async Task A_link_in_an_overlays_namespace_works_again_within_five_seconds(string name)
    {
        await using var cluster = await TwoHosts.StartAsync(mends: Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        using var overlay = NetNamespace.Open(cluster.Hosts[0].FileOfNamespace("overlay-1001"));
        using var tenant = RouteSocket.Open(overlay);
        var port = cluster.Hosts[0].Network.ListEndpoints(TwoHosts.Backend.Id)[0].HostInterfaceName;

        await Mended.WithinFiveSecondsAsync(
            () => Rename(tenant, name == "a container's port" ? port : name),
            async () => tenant.FindLink(Other) is null && await WorksAsync());
        await Mended.WithinFiveSecondsAsync(() => tenant.DeleteLink(port), WorksAsync, "a port deleted later");
        Assert.Empty(await cluster.Hosts[0].Network.CheckAsync(mend: false, default));

        async Task<bool> WorksAsync() =>
            await Wire.CallAsync(cluster["web.1.a"].Namespace, "10.0.1.4", 80, Mended.Try) == "web.2.b 10.0.1.3"
            && await Wire.CallAsync(cluster["web.2.b"].Namespace, "10.0.1.3", 80, Mended.Try) == "web.1.a 10.0.1.4";
    }

    [RootFact]
    public async Task A_container_on_an_overlay_that_renames_its_own_link_has_it_again_within_five_seconds()
    {
        await using var cluster = await TwoHosts.StartAsync(mends: Often);
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        using var servers = cluster.ServeAll(80);
        var container = cluster["web.1.a"].Namespace;
        using var inside = RouteSocket.Open(container);

        await Mended.WithinFiveSecondsAsync(
            () => Rename(inside, "eth0"),
            async () => inside.FindLink(Other) is null
                && await Wire.CallAsync(container, "10.0.1.4", 80, Mended.Try) == "web.2.b 10.0.1.3");

        Assert.Single(inside.ListAddresses(), a => a.Address.Equals(IPAddress.Parse("10.0.1.3")));
    }

    private static void Rename(RouteSocket route, string name)
    {
        var index = route.GetLink(name).Index;
        try
        {
            route.Rename(index, Other);
        }
        catch (NetlinkException e) when (e.Errno == Linux.Errno.EBUSY)
        {
            // Before Linux 6.2 only a link that is down.
            route.SetDown(name);
            route.Rename(index, Other);
            route.SetUp(Other);
        }
    }
}
