using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Nftables;
using Orchestrator.Linux.Processes;
using Orchestrator.Network;
using Orchestrator.Network.Helper;

namespace Orchestrator.NetHelper;

/// <summary>Takes the daemon's requests on a unix socket, any number of connections, until told to stop.</summary>
internal sealed class HelperServer(HelperPaths paths, HelperState state) : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    public async Task RunAsync()
    {
        File.Delete(paths.Socket);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(paths.Socket));
        File.SetUnixFileMode(paths.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen();
        HelperLog.Write($"serving {paths.Socket}");
        var connections = new List<Task>();
        var tidying = new IdleMemory(TimeProvider.System).RunAsync(stop.Token);
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stop.Token);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
            await tidying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            File.Delete(paths.Socket);
        }
    }

    public void Dispose() => stop.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await HelperFrame.ReadAsync(stream, HelperJson.Default.HelperRequest, stop.Token) is { } request)
            {
                var response = await AnswerAsync(request);
                await HelperFrame.WriteAsync(stream, response, HelperJson.Default.HelperResponse,
                    CancellationToken.None);
                if (request.Operation == HelperOperation.Stop)
                    await stop.CancelAsync();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Text.Json.JsonException)
        {
            // The daemon was killed in the middle of a request, or we were told to stop. It connects again.
        }
    }

    private async Task<HelperResponse> AnswerAsync(HelperRequest request)
    {
        try
        {
            return request.Operation == HelperOperation.AwaitCaller
                ? await state.AwaitCallerAsync(request.Seen, stop.Token) : await state.ApplyAsync(request);
        }
        catch (NetworkException e)
        {
            return new HelperResponse(e.Message, e.Fault) { Holder = e.Holder };
        }
        catch (Exception e) when (e is IOException or SocketException or LinuxException or NftException)
        {
            HelperLog.Write($"{request.Operation} {request.Id}: {e.Message}");
            return new HelperResponse(e.Message);
        }
    }
}
