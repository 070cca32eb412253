namespace Grpc.Core;

/// <summary>How one message is written.</summary>
[Flags]
public enum WriteFlags
{
    None = 0,

    /// <summary>More messages follow at once: this one may wait in the buffer and share their flush.</summary>
    BufferHint = 1,

    /// <summary>Sent as it is even where the call compresses.</summary>
    NoCompress = 2,
}
