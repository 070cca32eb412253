using System.Collections.Immutable;
using System.Net.Sockets;

namespace Orchestrator.Network.Helper;

/// <summary>Starts orch-net again the moment it dies, for names in containers do not resolve without it, and soon after it
/// hangs; and hears of containers that were told a virtual address.</summary>
/// <remarks>The connection ends only when the other side does. The new one reads its state from disk.</remarks>
internal sealed class HelperWatch(HelperClient helper, HelperPaths paths) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), BetweenPings = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private Task? work;
    private bool disposed;

    /// <summary>Containers that were told a virtual address.</summary>
    public event Action<ImmutableArray<string>>? Called;

    public void Start() => work ??= Task.WhenAll(RunAsync(), PingAsync());

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
                var begun = TimeProvider.System.GetTimestamp();
                await WaitForEndAsync();
                await helper.AskAsync(new HelperRequest(HelperOperation.List), stop.Token);
                // It may answer on the connection that is kept although its socket is gone, by which nobody finds it.
                if (TimeProvider.System.GetElapsedTime(begun) < Pause)
                    await Task.Delay(Pause, stop.Token);
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

    /// <summary>Whoever hangs is found by asking: the client ends it then.</summary>
    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(BetweenPings);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                try
                {
                    await helper.AskAsync(new HelperRequest(HelperOperation.Ping), stop.Token);
                }
                catch (NetworkException)
                {
                    // It does not start, which the other loop tries on; or is of before that, and awake.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    private async Task WaitForEndAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(paths.Socket), stop.Token);
            using var stream = new NetworkStream(socket);
            for (var seen = -1; ;)
            {
                await HelperFrame.WriteAsync(
                    stream, new HelperRequest(HelperOperation.AwaitCaller) { Seen = seen }, HelperJson.Default.HelperRequest,
                    stop.Token);
                var answer = await HelperFrame.ReadAsync(stream, HelperJson.Default.HelperResponse, stop.Token);
                if (answer?.Error is not null) // One of before that: nothing comes but its end.
                    await socket.ReceiveAsync(new byte[1], stop.Token);
                if (answer is null or { Error: not null })
                    return;
                seen = answer.Seen;
                Called?.Invoke(answer.Callers);
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Nobody is there: as good as ended.
        }
    }
}
