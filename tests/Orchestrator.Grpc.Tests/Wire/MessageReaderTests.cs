using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Tests.Wire;

public sealed class MessageReaderTests
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(m => m, p => p);

    [Fact]
    public void Messages_survive_however_the_transport_cuts_them() =>
        Check.QuickThrowOnFailure(Prop.ForAll<byte[][], PositiveInt, bool>((messages, cut, gzip) =>
        {
            MessageEncoding.TryFind(gzip ? "gzip" : null, out var encoding);
            byte[][] sent = [.. messages.Select(message => message ?? [])];

            var received = ReadAllAsync(Write(sent, encoding), cut.Get, encoding).GetAwaiter().GetResult();

            return sent.Length == received.Count && sent.Zip(received).All(pair => pair.First.SequenceEqual(pair.Second));
        }));

    [Fact]
    public async Task The_length_is_judged_before_the_message_has_come()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0, 0, 0, 0, 11 });
        var reader = new MessageReader(pipe.Reader, maxBytes: 10, encoding: null);

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => reader.ReadAsync(Bytes, CancellationToken.None).AsTask().Soon());

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    private static byte[] Write(IEnumerable<byte[]> messages, MessageEncoding? encoding)
    {
        using var buffer = new MessageBuffer();
        var all = new List<byte>();
        foreach (var message in messages)
        {
            buffer.Fill(Bytes, message, maxBytes: null, encoding);
            all.AddRange(buffer.Frame.Span);
            buffer.Release();
        }

        return [.. all];
    }

    private static async Task<List<byte[]>> ReadAllAsync(byte[] wire, int cut, MessageEncoding? encoding)
    {
        var pipe = new Pipe();
        var writing = Task.Run(async () =>
        {
            foreach (var piece in wire.Chunk(cut))
                await pipe.Writer.WriteAsync(piece);
            await pipe.Writer.CompleteAsync();
        });
        var reader = new MessageReader(pipe.Reader, maxBytes: null, encoding);
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(Bytes, CancellationToken.None) is { } message)
            messages.Add(message);
        await writing;
        return messages;
    }
}
