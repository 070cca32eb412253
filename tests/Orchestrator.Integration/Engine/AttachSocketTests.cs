using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>What browsers do, and ports by the range.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class AttachSocketTests(LoneDaemon node)
{
    [RootFact]
    public async Task A_web_socket_talks_to_a_container_and_a_page_of_another_site_does_not()
    {
        await node.DockerAsync("run", "-di", "--name", "socket-1", LoneDaemon.Image, "sh", "-c", "read x; echo got $x");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", "http://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(foreign, patience.Token));
        using var socket = new ClientWebSocket();
        await ConnectAsync(socket, patience.Token);
        await socket.SendAsync("hello\n"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, patience.Token);
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        while (await socket.ReceiveAsync(buffer.AsMemory(), patience.Token) is { MessageType: not WebSocketMessageType.Close } message)
            text.Append(Encoding.ASCII.GetString(buffer, 0, message.Count));

        Assert.Equal("got hello\n", text.ToString());
        await node.DockerAsync("rm", "-f", "socket-1");
    }

    [RootFact]
    public async Task Of_a_range_of_host_ports_each_container_gets_one_that_is_free_until_none_is()
    {
        foreach (var name in new[] { "range-1", "range-2" })
            await node.DockerAsync("run", "-d", "--name", name, "-p", "18100-18101:80", LoneDaemon.Image, "sleep", "100");

        var third = await node.TryDockerAsync("run", "--rm", "-p", "18100-18101:80", LoneDaemon.Image, "true");

        Assert.Equal("0.0.0.0:18100", await node.DockerAsync("port", "range-1", "80"));
        Assert.Equal("0.0.0.0:18101", await node.DockerAsync("port", "range-2", "80"));
        Assert.Contains("port is already allocated", third.Error);
        await node.DockerAsync("rm", "-f", "range-1", "range-2");
    }

    private async Task ConnectAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(node.ApiSocket), token);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(
            new Uri("ws://localhost/containers/socket-1/attach/ws?stream=1&stdin=1&stdout=1&stderr=1"), invoker, cancellationToken);
    }
}
