using System.Net.Sockets;
using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine.Load;

/// <summary>Clients that go without a word while a program says nothing: nobody would ever write to them again.
/// ORCH_VANISHED of them (tests/soak engine).</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class VanishedClientsTests(LoneDaemon node)
{
    private const int Rounds = 3;

    private static readonly string[] Requests =
    [
        "POST /containers/silent-1/attach?stream=1&stdin=1&stdout=1", "POST /containers/waiting-1/attach?stream=1&stdout=1",
        "GET /containers/silent-1/logs?stdout=1&follow=1", "GET /events", "POST /containers/silent-1/wait",
    ];

    [RootFact]
    public async Task Nothing_is_kept_of_clients_that_are_gone()
    {
        await node.DockerAsync("run", "-d", "--name", "silent-1", LoneDaemon.Image, "sleep", "1000");
        await node.DockerAsync("create", "--name", "waiting-1", LoneDaemon.Image, "true");
        try
        {
            var pid = await File.ReadAllTextAsync(Path.Combine(node.Root, "run", "orchd.pid"));
            // The daemon opens files of its own, too, by its clock: for the new container's network, for parts of itself. That ends;
            // what is kept of clients grows with every round.
            for (var round = 1; await GrowsAsync(pid, isLast: round == Rounds); round++)
            {
            }
        }
        finally
        {
            await node.DockerAsync("rm", "-f", "silent-1", "waiting-1");
        }
    }

    /// <returns>More files are open than before the round; of the last one that is a failure.</returns>
    private async Task<bool> GrowsAsync(string pid, bool isLast)
    {
        await VanishAsync(Requests.Length); // Whatever the first of each kind brings along for good.
        var before = await FilesAsync(pid, _ => true);
        await VanishAsync(SoakSetting.Number("ORCH_VANISHED", 60));
        try
        {
            await FilesAsync(pid, files => files <= before);
            return false;
        }
        catch (Xunit.Sdk.XunitException) when (!isLast)
        {
            return true;
        }
    }

    private async Task VanishAsync(int count)
    {
        var raw = new RawApi(node.ApiSocket);
        for (var done = 0; done < count; done += Requests.Length)
        {
            var connections = await Task.WhenAll(Requests.Select(request => SendAsync(raw, request)));
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    /// <summary>Not before the daemon is at it.</summary>
    private static async Task<Socket> SendAsync(RawApi raw, string request)
    {
        var connection = await raw.ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(
            $"{request} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
        await connection.ReceiveAsync(new byte[1]);
        return connection;
    }

    /// <summary>How many files the daemon has open, as soon as that is as asked.</summary>
    private static async Task<int> FilesAsync(string pid, Func<int, bool> holds)
    {
        var files = 0;
        await Eventually.HoldsAsync("no file is open for nobody", TimeSpan.FromSeconds(15), () =>
        {
            files = Directory.GetFiles($"/proc/{pid.Trim()}/fd").Length;
            return Task.FromResult($"{files}");
        }, _ => holds(files));
        return files;
    }
}
