using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;
using Orchestrator.Linux.Io;

namespace Orchestrator.EngineApi.Hijacking;

/// <summary>A hijacked connection joined to a program's streams, each direction ending by itself.</summary>
internal static class RawStream
{
    private static readonly Version MultiplexedSince = new(1, 42);

    /// <summary>How often a client that says no more is looked after.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Answers, pumps until the program's output has ended or the client is gone, and closes the connection.
    /// </summary>
    public static async Task RunAsync(HttpContext http, AttachedStreams streams)
    {
        var hijack = http.Features.Get<IHijackFeature>()
            ?? throw new EngineException(EngineError.NotImplemented, "this listener cannot hijack connections");
        await SkipBodyAsync(http);
        var head = Head(http, streams.IsFramed);
        var socket = http.Features.Get<IConnectionSocketFeature>()?.Socket;
        var connection = hijack.Take();
        await using (streams)
        {
            // By the socket itself where we then ask whether it was read: the pipe sends when it comes to it.
            if (socket?.AddressFamily == AddressFamily.Unix)
                await socket.SendAsync(head);
            else
                await connection.Output.WriteAsync(head);
            using var ending = new CancellationTokenSource();
            var input = PumpInputAsync(connection.Input, streams, socket, ending);
            await PumpOutputAsync(connection, streams, socket, ending.Token);
            await ending.CancelAsync();
            await input.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Completing drains what is still on its way and then closes; aborting the request makes HTTP forget it.
        await connection.Output.CompleteAsync();
        await connection.Input.CompleteAsync();
        http.Abort();
    }

    private static byte[] Head(HttpContext http, bool framed)
    {
        var type = framed && http.ApiVersion() >= MultiplexedSince
            ? Api.StreamFrame.MultiplexedMediaType : Api.StreamFrame.RawMediaType;
        var asked = http.Request.Headers.Upgrade.Count > 0;
        var text = asked
            ? $"HTTP/1.1 101 UPGRADED\r\nContent-Type: {type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
            : $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n";
        return Encoding.ASCII.GetBytes($"{text}Api-Version: {Api.ApiJson.ApiVersion}\r\nOstype: linux\r\n\r\n");
    }

    /// <summary>A body with its length is no input: dockerode sends its options once more in one.</summary>
    private static async Task SkipBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > 0)
            await JsonBody.ReadAsync(http);
    }

    private static async Task PumpOutputAsync(
        IDuplexPipe connection, AttachedStreams streams, Socket? socket, CancellationToken gone)
    {
        for (var first = true; ; first = false)
        {
            var memory = connection.Output.GetMemory(32 << 10);
            var read = await ReadAsync(streams, memory, gone);
            if (read == 0)
                return;
            if (first)
                await HeadIsReadAsync(socket);
            connection.Output.Advance(read);
            var flushed = await connection.Output.FlushAsync(CancellationToken.None);
            if (flushed.IsCompleted)
                return; // The client is gone altogether.
        }
    }

    private static async ValueTask<int> ReadAsync(AttachedStreams streams, Memory<byte> memory, CancellationToken gone)
    {
        try
        {
            return await streams.ReadAsync(memory, gone);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Waits a little until the client has taken the answer's head: python's HTTP reads ahead, and what it then
    /// has of the output is lost to docker-py, which goes on with the bare socket.</summary>
    private static async Task HeadIsReadAsync(Socket? socket)
    {
        const int attempts = 50;
        if (socket?.AddressFamily != AddressFamily.Unix)
            return;
        for (var i = 0; i < attempts && UnixSocket.Unread(socket) > 0; i++)
            await Task.Delay(1);
    }

    private static async Task PumpInputAsync(
        PipeReader input, AttachedStreams streams, Socket? socket, CancellationTokenSource ending)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(ending.Token);
                foreach (var segment in read.Buffer)
                    await streams.WriteAsync(segment, ending.Token);
                input.AdvanceTo(read.Buffer.End);
                if (!read.IsCompleted)
                    continue;
                var leaving = WatchAsync(socket, ending);
                await streams.CloseInputAsync(ending.Token);
                await leaving;
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The output has ended: there is no use for more input.
        }
        catch (IOException)
        {
            await ending.CancelAsync(); // Reset by the client.
        }
    }

    /// <summary>A client that has said all may still listen, or be gone: that a program which prints nothing would never
    /// find out.</summary>
    private static async Task WatchAsync(Socket? socket, CancellationTokenSource ending)
    {
        while (socket is not null && !ending.IsCancellationRequested)
        {
            if (UnixSocket.HasHungUp(socket))
                await ending.CancelAsync();
            else
                await Task.Delay(Glance, ending.Token);
        }
    }
}
