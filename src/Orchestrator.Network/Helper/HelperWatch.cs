using System.Net.Sockets;

namespace Orchestrator.Network.Helper;

/// <summary>Starts orch-net again the moment it dies: names in containers do not resolve without it.</summary>
/// <remarks>A connection that nobody writes to ends only when the other side does. The new one reads its state from
/// disk.</remarks>
internal sealed class HelperWatch(HelperClient helper, HelperPaths paths) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource stop = new();
    private Task? work;
    private bool disposed;

    public void Start() => work ??= RunAsync();

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await stop.CancelAsync();
        if (work is not null)
            await work;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await WaitForEndAsync();
                await helper.AskAsync(new HelperRequest(HelperOperation.List), stop.Token);
            }
            catch (NetworkException)
            {
                // It does not start; the next change that needs it says so to somebody. Try on.
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task WaitForEndAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(paths.Socket), stop.Token);
            await socket.ReceiveAsync(new byte[1], stop.Token);
        }
        catch (SocketException)
        {
            // Nobody is there: as good as ended.
        }
    }
}
