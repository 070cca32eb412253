using System.Net.Sockets;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Tests.Helper;

public sealed class HelperWatchTests : IDisposable
{
    private readonly HelperPaths paths = new(Directory.CreateTempSubdirectory("orch-watch-").FullName);

    [Fact]
    public async Task A_helper_that_answers_though_its_socket_is_gone_is_not_asked_without_a_pause()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(paths.Socket));
        listener.Listen();
        using var client = new HelperClient("/nowhere/orch-net", paths, new HostSpace());
        var first = client.AskAsync(new HelperRequest(HelperOperation.Ping), default);
        using var kept = new NetworkStream(await listener.AcceptAsync(), ownsSocket: true);
        var asked = 0;
        var answering = AnswerAsync(kept, () => asked++);
        await first;
        File.Delete(paths.Socket);

        await using (var watch = new HelperWatch(client, paths))
        {
            watch.Start();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(asked, 2, 12);
        client.Dispose();
        await answering;
    }

    public void Dispose() => Directory.Delete(paths.Root, recursive: true);

    private static async Task AnswerAsync(NetworkStream stream, Action asked)
    {
        try
        {
            while (await HelperFrame.ReadAsync(stream, HelperJson.Default.HelperRequest, default) is not null)
            {
                asked();
                await HelperFrame.WriteAsync(stream, new HelperResponse(), HelperJson.Default.HelperResponse, default);
            }
        }
        catch (IOException)
        {
            // Whoever asked last did not wait.
        }
    }
}
