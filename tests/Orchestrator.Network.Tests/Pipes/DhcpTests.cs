using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dhcp;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Our DHCP client with Debian's dnsmasq as server.</summary>
public sealed class DhcpTests
{
    [RootFact]
    public async Task A_pipe_gets_address_and_way_out_of_a_server_and_gives_the_address_back()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        await using var router = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(host, router);
        using var server = await Dnsmasq.StartAsync(router);
        using var container = await host.RunAsync("zerorpcworker", "bridge");

        var pipe = await host.PipeAsync("up0", "zerorpcworker", "dhcp:-r 10.9.0.123", "U:myhost.foo.com");
        var (address, way, lent) = (container.Addresses().Find(a => a.Index == container.Link("eth1")!.Index),
            container.Default()?.Gateway, server.Leases());
        await host.Network.RemovePipeAsync("zerorpcworker", "eth1", default);

        Assert.Equal(("10.9.0.123", 24), (address!.Address.ToString(), address.PrefixLength));
        Assert.Equal("10.9.0.2", way?.ToString());
        Assert.Contains("02:72:6c:cd:9b:8d 10.9.0.123 zerorpcworker", lent, StringComparison.Ordinal);
        Assert.Equal(pipe.Lease!.Expire - pipe.Lease.Renew, TimeSpan.FromSeconds(60));
        Assert.NotEqual(way, container.Default()?.Gateway);
        await server.UntilAsync(() => server.Leases().Length == 0);
    }

    [RootFact]
    public async Task A_lease_is_held_over_a_restart_of_the_daemon_and_prolonged_by_the_next_one()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        await using var router = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(host, router);
        using var server = await Dnsmasq.StartAsync(router);
        using var container = await host.RunAsync("c", "bridge");
        var before = (await host.PipeAsync("up0", "c", "dhcp")).Lease!;

        await host.Network.DisposeAsync();
        var record = Directory.GetFiles(Path.Combine(host.Options.DataRoot, "pipes")).Single();
        var due = Regex.Replace(File.ReadAllText(record), "\"Renew\": \"[^\"]*\"", "\"Renew\": \"2020-01-01T00:00:00+00:00\"");
        File.WriteAllText(record, due); // As if half of its time had passed meanwhile.
        await host.RestartDaemonAsync(new HashSet<string> { "c" });
        var held = container.Addresses().Exists(a => $"{a.Address}/{a.PrefixLength}" == before.Address);
        await server.UntilAsync(() => host.Network.ListPipes().Single().Lease is { } lease && lease.Expire > before.Expire);

        Assert.True(held);
        Assert.Equal(before.Address, host.Network.ListPipes().Single().Lease!.Address);
    }

    [RootFact]
    public async Task A_container_that_starts_again_has_its_address_again_and_any_server_prolongs_it()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        await using var router = await TestHost.StartAsync("10.9.0.2");
        using var underlay = TestHost.Join(host, router);
        using var server = await Dnsmasq.StartAsync(router);
        using var first = await host.RunAsync("c", "bridge");
        var lease = (await host.PipeAsync("up0", "c", "dhcp")).Lease!;

        await host.Network.DeleteSandboxAsync("c", default);
        using var second = await host.RunAsync("c", "bridge");
        await host.Network.PlugPipesAsync("c", default);
        var link = second.Link("eth1")!;
        var client = new DhcpClient(second.Namespace, link, "c");

        await server.UntilAsync(() => second.Addresses().Exists(a => $"{a.Address}/{a.PrefixLength}" == lease.Address));
        await server.UntilAsync(() => client.Rebind(lease, default) is not null);
    }

    [RootFact]
    public async Task An_address_that_the_server_refuses_to_prolong_goes_and_another_comes()
    {
        await using var wire = await WireAsync();
        using (var server = await Dnsmasq.StartAsync(wire.Router))
            await wire.Host.PipeAsync("up0", "c", "dhcp:-r 10.9.0.123");
        using var strict = await Dnsmasq.StartAsync(wire.Router, first: 200); // Knows nothing of the first one's leases.

        await wire.PassAsync("Renew");

        await strict.UntilAsync(() => wire.Addresses() is [var one] && one.StartsWith("10.9.0.2", StringComparison.Ordinal));
        Assert.Equal("10.9.0.2", wire.Container.Default()?.Gateway?.ToString());
    }

    [RootFact]
    public async Task An_address_whose_time_ran_out_while_nobody_looked_is_given_up_at_once_and_asked_for_again()
    {
        await using var wire = await WireAsync();
        using (var server = await Dnsmasq.StartAsync(wire.Router))
            await wire.Host.PipeAsync("up0", "c", "dhcp:-r 10.9.0.123");

        await wire.PassAsync("Renew", "Rebind", "Expire");
        var (given, lease) = (wire.Addresses(), wire.Host.Network.ListPipes().Single().Lease);
        using var again = await Dnsmasq.StartAsync(wire.Router);

        Assert.Empty(given);
        Assert.Null(lease);
        await again.UntilAsync(() => wire.Addresses() is ["10.9.0.123"]);
    }

    [RootFact]
    public async Task An_address_that_somebody_put_beside_a_lease_outlives_it()
    {
        await using var wire = await WireAsync();
        using (var server = await Dnsmasq.StartAsync(wire.Router))
            await wire.Host.PipeAsync("up0", "c", "dhcp:-r 10.9.0.123");
        wire.Put("10.9.0.77");

        await wire.PassAsync("Renew", "Rebind", "Expire");
        var (left, way) = (wire.Addresses(), wire.Container.Default()?.Gateway?.ToString());
        using var again = await Dnsmasq.StartAsync(wire.Router);

        Assert.Equal(["10.9.0.77"], left);
        Assert.NotEqual("10.9.0.2", way);
        await again.UntilAsync(() => wire.Addresses().Order().SequenceEqual(["10.9.0.123", "10.9.0.77"]));
    }

    [RootFact]
    public async Task Whoever_answers_prolongs_a_lease_whose_server_is_gone()
    {
        await using var wire = await WireAsync();
        await using var second = await TestHost.StartAsync("10.9.0.3");
        wire.Underlay.Add(second);
        using (var server = await Dnsmasq.StartAsync(wire.Router))
            await wire.Host.PipeAsync("up0", "c", "dhcp:-r 10.9.0.123");
        using var other = await Dnsmasq.StartAsync(second);

        await wire.PassAsync("Renew", "Rebind");

        await other.UntilAsync(() => wire.Host.Network.ListPipes().Single().Lease is { Server: "10.9.0.3", Address: "10.9.0.123/24" });
        Assert.Equal(["10.9.0.123"], wire.Addresses());
    }

    [RootFact]
    public async Task A_lease_that_cannot_be_written_down_just_now_is_written_later()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        var ran = Lease(DateTimeOffset.UtcNow.AddSeconds(-1));
        var (tries, given) = (0, new TaskCompletionSource<DhcpLease?>());
        using var keeper = new LeaseKeeper(
            new DhcpClient(host.Namespace, host.Route.GetLink("lo"), "c"), new MemoryStream(), (lease, _) =>
            {
                if (++tries < 3)
                    throw new IOException("No space left on device");
                given.TrySetResult(lease);
                return Task.CompletedTask;
            },
            TimeProvider.System);

        keeper.Start(ran, isHeld: true, wanted: null);

        Assert.Null(await given.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.False(keeper.IsOver);
        await keeper.StopAsync();
    }

    [RootFact]
    public async Task A_lease_is_prolonged_for_as_long_as_its_times_cannot_be_written_down()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var server = ServerOf(host);
        var lent = new ConcurrentBag<DateTimeOffset>();
        _ = LendAsync(server, lent);
        var (start, isFull, written) = (DateTimeOffset.UtcNow, true, default(DhcpLease));
        using var keeper = new LeaseKeeper(
            new DhcpClient(host.Namespace, host.Route.GetLink("lo"), "c"), new MemoryStream(), (lease, _) =>
            {
                written = Volatile.Read(ref isFull) ? throw new IOException("No space left on device") : lease;
                return Task.CompletedTask;
            },
            TimeProvider.System);

        keeper.Start(Lease(start.AddSeconds(60)) with { Renew = start }, isHeld: true, wanted: null);

        // It is lent for six seconds at a time.
        await Eventually.HoldsAsync(
            "it outlives a lease", TimeSpan.FromSeconds(30),
            () => Task.FromResult(lent.Any(at => at > start.AddSeconds(10))));
        Assert.False(keeper.IsOver);
        Volatile.Write(ref isFull, false);
        await Eventually.HoldsAsync(
            "it is written down", TimeSpan.FromSeconds(10),
            () => Task.FromResult(written?.Expire > start.AddSeconds(10)));
        await keeper.StopAsync();
    }

    [RootFact]
    public async Task A_server_that_is_silent_is_asked_again_after_half_of_the_time_that_is_left()
    {
        await using var host = await TestHost.StartAsync("10.9.0.1");
        using var server = ServerOf(host);
        var time = new ManualTime(DateTimeOffset.UtcNow);
        using var keeper = new LeaseKeeper(
            new DhcpClient(host.Namespace, host.Route.GetLink("lo"), "c"), new MemoryStream(),
            (_, _) => Task.CompletedTask, time);
        var now = time.GetUtcNow();
        var lease = Lease(now.AddMinutes(40)) with { Renew = now, Rebind = now.AddMinutes(20) };

        keeper.Start(lease, isHeld: true, wanted: null);

        Assert.Equal(1, await QuestionsAsync(minutes: 9));
        Assert.Equal(1, await QuestionsAsync(minutes: 2));
        await keeper.StopAsync();

        async Task<int> QuestionsAsync(int minutes)
        {
            await WaitsAsync();
            for (var passed = 0; passed < minutes; passed++)
            {
                time.Advance(TimeSpan.FromMinutes(1));
                await WaitsAsync();
            }

            var questions = 0;
            for (; server.Available > 0; questions++)
                server.Receive(new byte[2048]);
            return questions;
        }

        Task WaitsAsync() => Eventually.HoldsAsync(
            "it waits", TimeSpan.FromSeconds(10), () => Task.FromResult(time.TimerCount == 1));
    }

    [RootFact]
    public async Task A_lease_whose_link_was_made_again_is_prolonged_all_the_same()
    {
        await using var wire = await WireAsync();
        using (var server = await Dnsmasq.StartAsync(wire.Router))
            await wire.Host.PipeAsync("up0", "c", "dhcp:-r 10.9.0.123");
        await wire.PassAsync("Renew", "Rebind");
        var before = wire.Host.Network.ListPipes().Single().Lease!;

        // Whoever asks is between two questions: the link that it asked on is another one at the next.
        using (var inside = RouteSocket.Open(wire.Container.Namespace))
            inside.DeleteLink("eth1");
        await wire.Host.Network.CheckAsync(mend: true, default);
        using var again = await Dnsmasq.StartAsync(wire.Router);

        await again.UntilAsync(() =>
        {
            wire.Host.Network.CheckAsync(mend: true, default).GetAwaiter().GetResult();
            return wire.Host.Network.ListPipes().Single().Lease is { } lease && lease.Expire > before.Expire;
        });
    }

    [Fact]
    public void However_long_a_lease_is_the_clock_is_looked_at_each_minute() =>
        Assert.Equal(TimeSpan.FromMinutes(1), LeaseKeeper.Clamp(TimeSpan.FromDays(1)));

    private static DhcpLease Lease(DateTimeOffset end) => new()
    {
        Address = "10.9.0.123/24", Router = "", Server = "10.9.0.2", Renew = end, Rebind = end, Expire = end,
    };

    /// <summary>Where the server of <see cref="Lease"/> listens, on a loopback that has the address, too.</summary>
    private static Socket ServerOf(TestHost host)
    {
        foreach (var address in new[] { "10.9.0.2", "10.9.0.123" })
            host.Route.EnsureAddress(host.Route.GetLink("lo").Index, IPAddress.Parse(address), 32);
        return Wire.Listen(host.Namespace, "10.9.0.2:67");
    }

    /// <summary>Lends whoever asks the address that it has, for six seconds, to be prolonged after one.</summary>
    private static async Task LendAsync(Socket server, ConcurrentBag<DateTimeOffset> lent)
    {
        const int fixedSize = 240;
        byte[] options =
        [
            53, 1, 5, 54, 4, 10, 9, 0, 2, 1, 4, 255, 255, 255, 0,
            51, 4, 0, 0, 0, 6, 58, 4, 0, 0, 0, 1, 59, 4, 0, 0, 0, 5, 255,
        ];
        var message = new byte[2048];
        try
        {
            while (true)
            {
                var asked = await server.ReceiveFromAsync(message, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                message[0] = 2;
                message.AsSpan(12, 4).CopyTo(message.AsSpan(16));
                await server.SendToAsync((byte[])[.. message[..fixedSize], .. options], asked.RemoteEndPoint);
                lent.Add(DateTimeOffset.UtcNow);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static async Task<DhcpWire> WireAsync()
    {
        var host = await TestHost.StartAsync("10.9.0.1");
        var router = await TestHost.StartAsync("10.9.0.2");
        return new DhcpWire(host, router, TestHost.Join(host, router), await host.RunAsync("c", "bridge"));
    }

    /// <summary>A host with a container, and a router on the same wire.</summary>
    private sealed record DhcpWire(TestHost Host, TestHost Router, Underlay Underlay, TestContainer Container) : IAsyncDisposable
    {
        /// <summary>As if the daemon had been away until times of its lease were over.</summary>
        public async Task PassAsync(params string[] times)
        {
            await Host.Network.DisposeAsync();
            var record = Directory.GetFiles(Path.Combine(Host.Options.DataRoot, "pipes")).Single();
            var text = times.Aggregate(File.ReadAllText(record), (json, time) => Regex.Replace(
                json, $"\"{time}\": \"[^\"]*\"", $"\"{time}\": \"2020-01-01T00:00:00+00:00\""));
            File.WriteAllText(record, text);
            await Host.RestartDaemonAsync(new HashSet<string> { "c" });
        }

        public void Put(string address)
        {
            using var inside = RouteSocket.Open(Container.Namespace);
            inside.EnsureAddress(Container.Link("eth1")!.Index, IPAddress.Parse(address), 24);
        }

        public List<string> Addresses() =>
            [.. Container.Addresses().Where(a => a.Index == Container.Link("eth1")!.Index).Select(a => a.Address.ToString())];

        public async ValueTask DisposeAsync()
        {
            Container.Dispose();
            await Host.DisposeAsync();
            await Router.DisposeAsync();
            Underlay.Dispose();
        }
    }

    [Fact]
    public void A_lease_is_prolonged_at_half_of_its_time_by_its_server_then_by_anyone_and_ends()
    {
        var start = DateTimeOffset.UnixEpoch;
        var lease = new DhcpLease
        {
            Address = "10.0.0.1/24", Router = "", Server = "10.0.0.2",
            Renew = start.AddSeconds(60), Rebind = start.AddSeconds(105), Expire = start.AddSeconds(120),
        };

        Assert.Equal((LeaseStep.Wait, lease.Renew), LeaseTimes.Next(lease, start));
        Assert.Equal((LeaseStep.Renew, lease.Rebind), LeaseTimes.Next(lease, start.AddSeconds(65)));
        Assert.Equal((LeaseStep.Rebind, lease.Expire), LeaseTimes.Next(lease, start.AddSeconds(110)));
        Assert.Equal(LeaseStep.Expired, LeaseTimes.Next(lease, start.AddSeconds(120)).Step);
    }

    [Fact]
    public void No_bytes_from_the_wire_make_the_reader_throw()
    {
        var random = new Random(7);
        var message = new byte[400];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(message);
            message[0] = 2;
            new byte[] { 0x63, 0x82, 0x53, 0x63 }.CopyTo(message, 236);
            DhcpCodec.Read(message.AsSpan(0, random.Next(message.Length)));
            UdpPacket.Unwrap(message.AsSpan(0, random.Next(60)), 68);
        }

        Assert.Null(DhcpCodec.Read([]));
    }
}
