using System.Diagnostics;
using System.Net.Sockets;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Helper;

/// <summary>The daemon's end of orch-net: finds the running one, or starts it. One request at a time.</summary>
/// <remarks>Requests may be repeated, so a helper that died under one is started again and asked once more.</remarks>
internal sealed class HelperClient(string program, HelperPaths paths, HostSpace host) : IDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim gate = new(1, 1);
    private NetworkStream? stream;

    /// <exception cref="NetworkException">The helper refused, or cannot be started.</exception>
    public async Task<HelperResponse> AskAsync(HelperRequest request, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var response = await TryAskAsync(request, cancellationToken)
                ?? await RetryAsync(request, cancellationToken);
            return response.Error is null ? response : throw new NetworkException(response.Fault, response.Error);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Tells a running helper to end; does not start one for that.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            stream ??= await ConnectAsync(cancellationToken);
            if (stream is not null)
                await ExchangeAsync(new HelperRequest(HelperOperation.Stop), cancellationToken);
        }
        finally
        {
            Disconnect();
            gate.Release();
        }
    }

    public void Dispose()
    {
        Disconnect();
        gate.Dispose();
    }

    private async Task<HelperResponse> RetryAsync(HelperRequest request, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        return await TryAskAsync(request, cancellationToken)
            ?? throw new NetworkException(NetworkFault.Kernel, $"orch-net ends at once: its log is {paths.Log}");
    }

    /// <returns>Null: nobody is there, or it went away.</returns>
    private async Task<HelperResponse?> TryAskAsync(HelperRequest request, CancellationToken cancellationToken)
    {
        stream ??= await ConnectAsync(cancellationToken);
        var response = stream is null ? null : await ExchangeAsync(request, cancellationToken);
        if (response is null)
            Disconnect();
        return response;
    }

    private async Task<HelperResponse?> ExchangeAsync(HelperRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await HelperFrame.WriteAsync(stream!, request, HelperJson.Default.HelperRequest, cancellationToken);
            return await HelperFrame.ReadAsync(stream!, HelperJson.Default.HelperResponse, cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            // The answer is still to come; on this connection it would be taken for that of the next request.
            Disconnect();
            throw;
        }
    }

    private async Task<NetworkStream?> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(paths.Socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.Root);
        var start = new ProcessStartInfo(program, ["--root", paths.Root]) { WorkingDirectory = "/" };
        using var process = Spawn(start);
        var deadline = Stopwatch.StartNew();
        while ((stream = await ConnectAsync(cancellationToken)) is null)
        {
            if (deadline.Elapsed > StartDeadline)
                throw new NetworkException(NetworkFault.Kernel,
                    $"orch-net does not answer on {paths.Socket}: its log is {paths.Log}");
            await Task.Delay(5, cancellationToken);
        }
    }

    private Process Spawn(ProcessStartInfo start)
    {
        try
        {
            // In the host's namespace, where its reservations are to be. Null only with UseShellExecute.
            return host.Run(() => Process.Start(start))!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new NetworkException(
                NetworkFault.Kernel, $"cannot start {program}: {e.Message}; install orch-net beside orchd", e);
        }
    }

    private void Disconnect()
    {
        stream?.Dispose();
        stream = null;
    }
}
