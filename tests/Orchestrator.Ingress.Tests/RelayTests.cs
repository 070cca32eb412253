using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Ingress.Relaying;
using Orchestrator.Network;
using Orchestrator.Network.Proxying;
using Orchestrator.Network.Tests;
using Orchestrator.Testing;

namespace Orchestrator.Ingress.Tests;

public sealed class RelayTests
{
    private const string Client = "10.77.0.9";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [RootFact]
    public async Task A_port_with_the_proxy_protocol_tells_tasks_on_any_host_who_the_client_is()
    {
        await using var cluster = await StartAsync();
        await using var outside = Outside(cluster);
        using var servers = cluster.ServeAllWith(ns => Wire.ServeProxied(ns, 80));

        foreach (var host in new[] { "10.77.0.1", "10.77.0.2" })
            Assert.Equal($"{Client} {host}:8080 hello", await Wire.SayAsync(outside.Namespace, host, 8080, "hello"));
        Assert.Equal(
            "127.0.0.1 127.0.0.1:8080 hello", await Wire.SayAsync(cluster.Hosts[0].Namespace, "127.0.0.1", 8080, "hello"));
    }

    [RootFact]
    public async Task A_connection_outlives_the_daemon_and_is_reset_when_its_task_is_gone()
    {
        await using var cluster = await StartAsync();
        await using var outside = Outside(cluster);
        using var servers = cluster.ServeAllWith(ns => Wire.ServeProxied(ns, 80));
        using var held = await Wire.ConnectAsync(outside.Namespace, "10.77.0.1", 8080);

        await cluster.Hosts[0].RestartDaemonAsync();
        await held.SendAsync(Encoding.UTF8.GetBytes("still here"));
        var buffer = new byte[256];
        var length = await held.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.EndsWith("still here", Encoding.UTF8.GetString(buffer, 0, length), StringComparison.Ordinal);

        cluster.SetReady("web.1.a", false);
        await cluster.ApplyAsync();
        await held.SendAsync(Encoding.UTF8.GetBytes("draining"));
        Assert.Equal(8, await held.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("ConnectionReset", await Wire.SayAsync(outside.Namespace, "10.77.0.2", 8080, "hello"));

        cluster.Remove("web.1.a");
        await cluster.ApplyAsync();
        var reset = await Assert.ThrowsAsync<SocketException>(
            () => held.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [RootFact]
    public async Task A_program_that_was_killed_is_started_again_and_one_that_is_not_needed_ends()
    {
        await using var cluster = await StartAsync(TimeSpan.FromMilliseconds(20));
        await using var outside = Outside(cluster);
        using var servers = cluster.ServeAllWith(ns => Wire.ServeProxied(ns, 80));
        var host = cluster.Hosts[0];

        foreach (var process in Programs(host))
            process.Kill();
        await Eventually.HoldsAsync("orch-ingress is there again", Patience, async () =>
            await Wire.SayAsync(outside.Namespace, "10.77.0.1", 8080, "hello") == $"{Client} 10.77.0.1:8080 hello");

        cluster.Published = [];
        await cluster.ApplyAsync();
        await Eventually.HoldsAsync("orch-ingress has ended", Patience, () => Task.FromResult(Programs(host).Count == 0));
        Assert.Equal("ConnectionRefused", await Wire.SayAsync(outside.Namespace, "10.77.0.1", 8080, "hello"));
    }

    [RootFact]
    public async Task A_port_of_a_program_of_the_host_stays_that_programs_and_is_reported()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        using var occupant = Wire.Serve(cluster.Hosts[0].Namespace, 8080, "occupant");
        cluster.Published = [new IngressPort("tcp", 8080, 80, "s1", []) { HasProxyHeader = true }];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));

        Assert.StartsWith("port 8080/tcp does not answer here", Assert.Single(cluster.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_gone_without_a_word_is_noticed()
    {
        await using var relayed = await Relayed.StartAsync();

        Assert.NotEqual(0, relayed.Taken.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.InRange((int)relayed.Taken.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!, 1, 60);
    }

    [Fact]
    public async Task A_task_may_pause_as_long_as_it_likes()
    {
        var sent = new byte[32 << 20]; // More than what buffers on the way hold.
        await using var relayed = await Relayed.StartAsync();

        var sending = relayed.Client.SendAsync(sent);
        await Task.Delay(TimeSpan.FromSeconds(12)); // Longer than anybody would wait for a host that is gone.
        var (received, buffer) = (0L, new byte[1 << 20]);
        while (received < sent.Length && await relayed.Server.ReceiveAsync(buffer).WaitAsync(Patience) is > 0 and var more)
            received += more;

        Assert.True(received >= sent.Length, $"{received} bytes");
        await sending;
    }

    [Fact]
    public async Task Who_comes_when_all_places_are_taken_waits_for_one()
    {
        using var task = Listener();
        using var room = new SemaphoreSlim(1);
        var port = FreePort();
        await using var relay = Relay.Listen(port, room);
        relay.Serve(new ProxyRelay(port, [$"127.0.0.1:{PortOf(task)}"], [], false));
        using var first = await ConnectAsync(port);
        using var served = await task.AcceptAsync().WaitAsync(Patience);
        using var second = await ConnectAsync(port);

        var next = task.AcceptAsync();
        await Task.Delay(200);
        var hasWaited = !next.IsCompleted;
        first.Dispose();
        served.Dispose();

        using var later = await next.WaitAsync(Patience);
        Assert.True(hasWaited);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", int.MaxValue)]
    public void How_many_places_there_are_is_read_from_the_processs_limits(string line, int descriptors) => Assert.Equal(
        descriptors, RelayRoom.Descriptors(["Limit                     Soft Limit           Hard Limit           Units", line]));

    private static Socket Listener()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static int FreePort()
    {
        using var listener = Listener();
        return PortOf(listener);
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    private static async Task<TwoHosts> StartAsync(TimeSpan? mends = null)
    {
        var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh, mends);
        cluster.Published = [new IngressPort("tcp", 8080, 80, "s1", []) { HasProxyHeader = true }];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        Assert.Empty(cluster.Faults);
        return cluster;
    }

    private static TestHost Outside(TwoHosts cluster)
    {
        var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, Client);
        return outside;
    }

    private static List<System.Diagnostics.Process> Programs(TestHost host) =>
    [
        .. System.Diagnostics.Process.GetProcessesByName("orch-ingress").Where(p =>
            CommandOf(p.Id).Contains(host.Options.ExecRoot, StringComparison.Ordinal)),
    ];

    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return ""; // It has just ended.
        }
    }

    /// <summary>A connection from a client by the relay to a task.</summary>
    private sealed class Relayed(Socket client, Socket taken, Socket server, CancellationTokenSource stop, Task running)
        : IAsyncDisposable
    {
        public Socket Client => client;

        public Socket Taken => taken;

        public Socket Server => server;

        public static async Task<Relayed> StartAsync()
        {
            using var task = Listener();
            using var port = Listener();
            var client = await ConnectAsync(PortOf(port));
            var taken = await port.AcceptAsync();
            var stop = new CancellationTokenSource();
            var relay = new ProxyRelay(0, [$"127.0.0.1:{PortOf(task)}"], [], false);
            var running = new RelayedConnection(taken).RunAsync(relay, stop.Token);
            return new Relayed(client, taken, await task.AcceptAsync().WaitAsync(Patience), stop, running);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.WaitAsync(Patience);
            foreach (var socket in new[] { client, taken, server })
                socket.Dispose();
            stop.Dispose();
        }
    }
}
