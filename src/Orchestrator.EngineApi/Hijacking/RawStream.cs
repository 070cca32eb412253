using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Hijacking;

/// <summary>A hijacked connection joined to a program's streams, each direction ending by itself.</summary>
internal static class RawStream
{
    private static readonly Version MultiplexedSince = new(1, 42);

    /// <summary>
    /// Answers, pumps until the program's output has ended or the client is gone, and closes the connection.
    /// </summary>
    public static async Task RunAsync(HttpContext http, AttachedStreams streams)
    {
        var hijack = http.Features.Get<IHijackFeature>()
            ?? throw new EngineException(EngineError.NotImplemented, "this listener cannot hijack connections");
        var head = Head(http, streams.IsFramed);
        var connection = hijack.Take();
        await using (streams)
        {
            await connection.Output.WriteAsync(head);
            using var ending = new CancellationTokenSource();
            var input = PumpInputAsync(connection.Input, streams, ending.Token);
            await PumpOutputAsync(connection, streams);
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

    private static async Task PumpOutputAsync(IDuplexPipe connection, AttachedStreams streams)
    {
        while (true)
        {
            var memory = connection.Output.GetMemory(32 << 10);
            var read = await streams.ReadAsync(memory, CancellationToken.None);
            if (read == 0)
                return;
            connection.Output.Advance(read);
            var flushed = await connection.Output.FlushAsync();
            if (flushed.IsCompleted)
                return; // The client is gone altogether.
        }
    }

    private static async Task PumpInputAsync(
        PipeReader input, AttachedStreams streams, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                    await streams.WriteAsync(segment, cancellationToken);
                input.AdvanceTo(read.Buffer.End);
                if (!read.IsCompleted)
                    continue;
                await streams.CloseInputAsync(cancellationToken);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Reset by the client, or the output has ended: either way there is no more input.
        }
    }
}
