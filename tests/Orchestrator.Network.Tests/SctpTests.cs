using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>Published ports of SCTP, which takes a kernel that has it: that of tests/vm.</summary>
public sealed class SctpTests
{
    [VmFact(Only = "net")]
    public async Task A_published_port_leads_clients_to_the_containers_server()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        await using var outside = new TestHost("10.77.0.9");
        using var underlay = TestHost.Join(host, outside);
        using var container = await host.RunAsync("web", "bridge");
        using var server = Serve(container.Namespace, 80, "web");

        await host.Network.PublishAsync("web", [new PortBinding("", 8080, 80, "sctp")], default);

        Assert.Equal("web 10.77.0.9", await CallAsync(outside.Namespace, "10.77.0.1", 8080));
        Assert.Equal("ConnectionRefused", await CallAsync(outside.Namespace, "10.77.0.1", 8081));
        Assert.Equal("ConnectionRefused", await Wire.CallAsync(outside.Namespace, "10.77.0.1", 8080));
    }

    [VmFact(Only = "net")]
    public async Task Every_node_leads_to_the_tasks_of_a_service_under_its_own_address()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published = [new IngressPort("sctp", 8080, 80, "s1", [])];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0), ("web.2.b", "10.0.0.6", 1));
        using var servers = cluster.ServeAllWith(ns => Serve(ns, 80, "task"));
        await using var outside = new TestHost("10.77.0.9");
        cluster.Wire.Add(outside);

        Assert.Empty(cluster.Faults);
        var seen = new HashSet<string>();
        foreach (var node in new[] { "10.77.0.1", "10.77.0.2" })
        {
            for (var call = 0; call < 8; call++)
                seen.Add($"{node}: {await CallAsync(outside.Namespace, node, 8080)}");
        }

        // The host's own address on the mesh: 10.0.0.2 of the first one, 10.0.0.3 of the second.
        Assert.Equal(["10.77.0.1: task 10.0.0.2", "10.77.0.2: task 10.0.0.3"], seen.Order(StringComparer.Ordinal));
    }

    /// <summary>As <see cref="Wire.Serve"/>.</summary>
    private static Socket Serve(NetNamespace ns, int port, string name)
    {
        var listener = ns.Run(() => SctpSocket.Open(AddressFamily.InterNetwork));
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen(16);
        _ = AcceptAsync(listener, name);
        return listener;
    }

    private static async Task AcceptAsync(Socket listener, string name)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync();
                await client.SendAsync(Encoding.UTF8.GetBytes($"{name} {((IPEndPoint)client.RemoteEndPoint!).Address}"));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    /// <summary>As <see cref="Wire.CallAsync"/>.</summary>
    private static async Task<string> CallAsync(NetNamespace ns, string address, int port)
    {
        using var socket = ns.Run(() => SctpSocket.Open(AddressFamily.InterNetwork));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse($"{address}:{port}"), patience.Token);
            var buffer = new byte[64];
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }
}
