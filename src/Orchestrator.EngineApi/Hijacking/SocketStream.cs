using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;

namespace Orchestrator.EngineApi.Hijacking;

/// <summary>A WebSocket joined to a program's streams: for browsers, which cannot take a connection over.</summary>
internal static class SocketStream
{
    private const int BufferBytes = 32 << 10;

    /// <summary>For the client's goodbye.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Pumps until the program's output has ended or the client is gone.</summary>
    public static async Task RunAsync(HttpContext http, AttachedStreams streams)
    {
        await using var attached = streams;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var input = PumpInputAsync(socket, streams, ending);
        try
        {
            await PumpOutputAsync(socket, streams, ending.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The client is gone or has said that it goes; the program goes on.
        }

        await SayGoodbyeAsync(socket, http.RequestAborted);
        // A receive that is cancelled cuts the connection, and what is on its way with it.
        await input.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ending.CancelAsync();
        await input;
    }

    private static async Task SayGoodbyeAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // Nobody is there to hear it.
        }
    }

    private static async Task PumpOutputAsync(
        WebSocket socket, AttachedStreams streams, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var frames = new FrameStripper();
        while (await streams.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            var count = streams.IsFramed ? frames.Strip(buffer.AsSpan(0, read)) : read;
            if (count > 0)
                await socket.SendAsync(
                    buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
    }

    private static async Task PumpInputAsync(WebSocket socket, AttachedStreams streams, CancellationTokenSource ending)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), ending.Token) is
                { MessageType: not WebSocketMessageType.Close } message)
                await streams.WriteAsync(buffer.AsMemory(0, message.Count), ending.Token);
            await streams.CloseInputAsync(ending.Token);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // Gone, or the output has ended: either way there is no more input.
        }

        await ending.CancelAsync();
    }
}
