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

        Assert.Contains(second.Addresses(), a => $"{a.Address}/{a.PrefixLength}" == lease.Address);
        Assert.NotNull(client.Rebind(lease, default));
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
        Assert.Equal((LeaseStep.Renew, start.AddSeconds(85)), LeaseTimes.Next(lease, start.AddSeconds(65)));
        Assert.Equal((LeaseStep.Rebind, start.AddSeconds(115)), LeaseTimes.Next(lease, start.AddSeconds(110)));
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
