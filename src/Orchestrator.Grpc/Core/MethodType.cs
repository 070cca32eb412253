namespace Grpc.Core;

/// <summary>The four shapes of a call: which side sends one message and which a stream.</summary>
public enum MethodType
{
    Unary,
    ClientStreaming,
    ServerStreaming,
    DuplexStreaming,
}
