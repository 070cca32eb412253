using System.Buffers;
using Grpc.Core;

namespace Orchestrator.Grpc.Wire;

/// <summary>One received payload for a deserializer; used again for the next.</summary>
internal sealed class PayloadContext : DeserializationContext
{
    public ReadOnlySequence<byte> Payload { get; set; }

    public override int PayloadLength => checked((int)Payload.Length);

    public override byte[] PayloadAsNewBuffer() => Payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => Payload;
}
