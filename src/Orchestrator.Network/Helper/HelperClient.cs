using System.Diagnostics;
using System.Net.Sockets;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Helper;

/// <summary>The daemon's end of orch-net: finds the running one, or starts it. One exchange at a time.</summary>
/// <remarks>Requests may be repeated, so a helper that died under one is started again and asked once more. One that hangs
/// would hang all networks of the node with it: it is ended, and is as one that died.</remarks>
internal sealed class HelperClient(string program, HelperPaths paths, HostSpace host) : IDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(10);

    /// <summary>With one answer; the longest took some tenths of a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private NetworkStream? stream;

    /// <inheritdoc cref="AskAllAsync"/>
    public async Task<HelperResponse> AskAsync(HelperRequest request, CancellationToken cancellationToken) =>
        (await AskAllAsync([request], cancellationToken))[0];

    /// <summary>Says everything before it listens: to wake the other process once takes as long as most requests.</summary>
    /// <returns>An answer to each, in their order.</returns>
    /// <exception cref="NetworkException">The helper refused one, or cannot be started.</exception>
    public async Task<IReadOnlyList<HelperResponse>> AskAllAsync(
        IReadOnlyList<HelperRequest> requests, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var responses = await TryAskAsync(requests, cancellationToken)
                ?? await RetryAsync(requests, cancellationToken);
            return responses.FirstOrDefault(response => response.Error is not null) is { } refusal
                ? throw new NetworkException(refusal.Fault, refusal.Error!) { Holder = refusal.Holder } : responses;
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
                await ExchangeAsync([new HelperRequest(HelperOperation.Stop)], cancellationToken);
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

    private async Task<IReadOnlyList<HelperResponse>> RetryAsync(
        IReadOnlyList<HelperRequest> requests, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        return await TryAskAsync(requests, cancellationToken)
            ?? throw new NetworkException(NetworkFault.Kernel, $"orch-net ends at once: its log is {paths.Log}");
    }

    /// <returns>Null: nobody is there, or it went away.</returns>
    private async Task<IReadOnlyList<HelperResponse>?> TryAskAsync(
        IReadOnlyList<HelperRequest> requests, CancellationToken cancellationToken)
    {
        stream ??= await ConnectAsync(cancellationToken);
        var responses = stream is null ? null : await ExchangeAsync(requests, cancellationToken);
        if (responses is null)
            Disconnect();
        return responses;
    }

    private async Task<IReadOnlyList<HelperResponse>?> ExchangeAsync(
        IReadOnlyList<HelperRequest> requests, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            patience.CancelAfter(Patience);
            foreach (var request in requests)
                await HelperFrame.WriteAsync(stream!, request, HelperJson.Default.HelperRequest, patience.Token);
            var responses = new List<HelperResponse>(requests.Count);
            while (responses.Count < requests.Count
                && await HelperFrame.ReadAsync(stream!, HelperJson.Default.HelperResponse, patience.Token) is { } response)
            {
                responses.Add(response);
                patience.CancelAfter(Patience);
            }

            return responses.Count == requests.Count ? responses : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                await EndAsync(stream!);
                return null;
            }

            // The answer is still to come; on this connection it would be taken for that of the next request.
            Disconnect();
            throw;
        }
    }

    /// <summary>Ends the process at the other end; the next waits for what only one may have.</summary>
    private static async Task EndAsync(NetworkStream stream)
    {
        const int SocketLevel = 1, PeerCredentials = 17; // SOL_SOCKET, SO_PEERCRED
        var credentials = new byte[3 * sizeof(int)]; // Process, user, group.
        stream.Socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        try
        {
            using var process = Process.GetProcessById(BitConverter.ToInt32(credentials));
            await EndAsync(process);
        }
        catch (ArgumentException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Ends one that an earlier call or daemon started, if there is one.</summary>
    private async Task EndOwnerAsync()
    {
        if (!File.Exists(paths.Owner) || !int.TryParse(await File.ReadAllTextAsync(paths.Owner), out var id))
            return;
        try
        {
            using var process = Process.GetProcessById(id);
            var command = await File.ReadAllTextAsync($"/proc/{id}/cmdline");
            if (command.Contains(paths.Root, StringComparison.Ordinal)) // Ids are used again.
                await EndAsync(process);
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            // It has ended meanwhile.
        }
    }

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
        catch (TimeoutException e)
        {
            throw new NetworkException(NetworkFault.Kernel,
                $"orch-net (process {process.Id}) answers no more and does not end: the kernel holds it", e);
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
            {
                // Whoever hangs before it listens has the lock already: no other could start.
                await EndAsync(process);
                await EndOwnerAsync();
                throw new NetworkException(NetworkFault.Kernel,
                    $"orch-net does not answer on {paths.Socket}: its log is {paths.Log}");
            }

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
