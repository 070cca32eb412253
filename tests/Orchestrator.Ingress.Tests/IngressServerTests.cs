using System.Net;
using System.Net.Sockets;
using Orchestrator.Network.Proxying;
using Orchestrator.Testing;

namespace Orchestrator.Ingress.Tests;

public sealed class IngressServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ProxyFolder folder = new(Directory.CreateTempSubdirectory("orch-ingress-test-").FullName);
    private readonly IngressServer server;

    public IngressServerTests() => server = new IngressServer(folder);

    [Fact]
    public async Task A_state_that_cannot_be_read_for_a_while_ends_nothing()
    {
        var port = PutRelay();
        var running = server.RunAsync();
        await Eventually.HoldsAsync("it answers", Patience, () => IsAnsweredAsync(port));

        // Read while it is so, it says that there are too many links: a fault that is not its absence.
        File.CreateSymbolicLink(folder.StateFile + ".loop", folder.StateFile);
        File.Move(folder.StateFile + ".loop", folder.StateFile, overwrite: true);
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var (hasEnded, isAnswered) = (running.IsCompleted, await IsAnsweredAsync(port));

        Assert.False(hasEnded);
        Assert.True(isAnswered);
        folder.Put(ProxyState.Nothing with { EndsAtOnce = true });
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_status_that_cannot_be_written_ends_nothing_and_is_told_once_it_can()
    {
        var inTheWay = Path.Combine(folder.Root, "status.json");
        Directory.CreateDirectory(inTheWay);
        var port = PutRelay();

        var running = server.RunAsync();
        await Eventually.HoldsAsync("it answers", Patience, () => IsAnsweredAsync(port));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var hasEnded = running.IsCompleted;
        Directory.Delete(inTheWay);

        Assert.False(hasEnded);
        await Eventually.HoldsAsync("it tells", Patience, () => Task.FromResult(folder.Status() is { Faults.IsEmpty: true }));
        folder.Put(ProxyState.Nothing with { EndsAtOnce = true });
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task Where_nothing_was_ever_written_there_is_nothing_to_do() => await server.RunAsync().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder.Root, recursive: true);
    }

    private int PutRelay()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        folder.Put(ProxyState.Nothing with { Relays = [new ProxyRelay(port, [], [], false)] });
        return port;
    }

    private static async Task<bool> IsAnsweredAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
