using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Model;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

public sealed class ShapingTests
{
    // 200 kB at 2 Mbit/s are 0.8 s, less what may go at once. An unlimited way is thousands of times as fast.
    private const int Bytes = 200_000;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.6);

    [RootFact]
    public async Task A_container_of_a_limited_network_sends_no_faster_and_one_with_limits_of_its_own_has_those()
    {
        await using var host = await TestHost.StartAsync();
        var network = await host.Network.CreateNetworkAsync(Lab(("bandwidth-out", "2mbit")), default);
        using var sender = await host.RunAsync("sender", network.Id);
        using var other = await RunAsync(host, "other", network.Id, ("bandwidth-in", "2mbit"), ("bandwidth-out", "1gbit"));

        Assert.True(await TimeAsync(sender.Namespace, other) > Least, "out of a limited container");
        await host.Network.DisconnectAsync("sender", network.Id, default);
        using var free = await RunAsync(host, "free", network.Id, ("bandwidth", "1gbit"));
        Assert.True(await TimeAsync(free.Namespace, other) > Least, "into a limited container");
        Assert.DoesNotContain(host.Route.ListLinks(), l => l.Name.StartsWith("ifb", StringComparison.Ordinal)
            && l.Alias.Contains("sender", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task Limits_of_an_overlay_follow_the_network_and_are_put_back_when_somebody_removes_them()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 0));
        var (host, name) = (cluster.Hosts[0], cluster.Hosts[0].Network.ListEndpoints(TwoHosts.Backend.Id)[0].HostInterfaceName);
        using var overlay = NetNamespace.Open(host.FileOfNamespace("overlay-1001"));
        using var route = RouteSocket.Open(overlay);

        cluster.Change(TwoHosts.Backend with { Options = TwoHosts.Backend.Options.Add("bandwidth", "8mbit") });
        await cluster.ApplyAsync();
        Assert.Equal(4, route.ListQdiscs().Count(q => q is { Kind: "tbf", Rate: 1_000_000 }));
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));

        route.DeleteQueue(new TrafficPlace(route.GetLink(name).Index, TrafficPlace.Root, 0));
        route.StopRedirect(route.GetLink(name).Index);
        Assert.Contains(
            new NetworkDrift("network backend", $"link {name} is not held to its bandwidth"),
            await host.Network.CheckAsync(mend: true, default));
        route.DeleteLink($"ifb{name[^8..]}");
        Assert.NotEmpty(await host.Network.CheckAsync(mend: true, default));
        Assert.Equal(4, route.ListQdiscs().Count(q => q is { Kind: "tbf", Rate: 1_000_000 }));
        Assert.Equal(route.GetLink($"ifb{name[^8..]}").Index, route.RedirectOf(route.GetLink(name).Index));

        cluster.Change(TwoHosts.Backend);
        await cluster.ApplyAsync();
        Assert.DoesNotContain(route.ListQdiscs(), q => q.Kind is "tbf" or "ingress");
        Assert.DoesNotContain(route.ListLinks(), l => l.Kind == "ifb");
    }

    [RootFact]
    public async Task A_rate_that_is_none_and_a_network_without_an_end_here_are_refused()
    {
        await using var host = await TestHost.StartAsync();

        var fast = await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.CreateNetworkAsync(Lab(("bandwidth", "fast")), default));
        var card = await Assert.ThrowsAsync<NetworkException>(() => host.Network.CreateNetworkAsync(
            Lab(("bandwidth", "1mbit")) with { Driver = "macvlan" }, default));

        Assert.Contains("bandwidth=fast", fast.Message, StringComparison.Ordinal);
        Assert.Contains("driver macvlan has no end", card.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8mbit", 1_000_000)]
    [InlineData("1.5Mbit", 187_500)]
    [InlineData("64kbit", 8_000)]
    [InlineData("2mbps", 2_000_000)]
    public void A_rate_is_read_in_bits_and_in_bytes(string text, ulong rate) =>
        Assert.Equal(new Bandwidth(rate, rate), Bandwidth.Of(Options(("bandwidth", text)), Options()));

    [Theory]
    [InlineData("8")]
    [InlineData("-8mbit")]
    [InlineData("mbit")]
    [InlineData("1kbit")]
    public void What_is_no_rate_is_named(string text) =>
        Assert.Equal($"bandwidth-in={text}", Bandwidth.FaultOf(Options(("bandwidth-in", text))));

    private static NetworkConfig Lab(params (string, string)[] options) =>
        new() { Name = "lab", Pools = [new IpamPool("10.9.0.0/24")], Options = Options(options) };

    private static ImmutableDictionary<string, string> Options(params (string Key, string Value)[] options) =>
        options.ToImmutableDictionary(o => o.Key, o => o.Value);

    private static async Task<TestContainer> RunAsync(
        TestHost host, string id, string network, params (string, string)[] options)
    {
        var path = await host.Network.CreateSandboxAsync(id, new SandboxConfig { Name = id }, default);
        var endpoint = await host.Network.ConnectAsync(
            id, new EndpointConfig { NetworkId = network, Options = Options(options) }, default);
        return new TestContainer(id, NetNamespace.Open(path), IPAddress.Parse(endpoint.IPv4.Split('/')[0]));
    }

    /// <returns>How long it takes until all has arrived.</returns>
    private static async Task<TimeSpan> TimeAsync(NetNamespace from, TestContainer to)
    {
        using var listener = to.Namespace.Run(NewSocket);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen();
        using var sender = from.Run(NewSocket);
        await sender.ConnectAsync(new IPEndPoint(to.Address, ((IPEndPoint)listener.LocalEndPoint!).Port));
        using var receiver = await listener.AcceptAsync();
        var watch = Stopwatch.StartNew();
        var sending = sender.SendAsync(new byte[Bytes]);
        var buffer = new byte[64 * 1024];
        for (var got = 0; got < Bytes;)
            got += await receiver.ReceiveAsync(buffer);
        await sending;
        return watch.Elapsed;
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
