namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Where records end up. Used by one thread, which alone waits for it. No call but <see cref="Open"/> throws for
/// what disks and networks do: records that cannot be kept are counted, and told of in their place once they can.
/// </summary>
internal abstract class LogSink : IDisposable
{
    /// <exception cref="IOException">It cannot be used at all: who makes the container is told.</exception>
    public abstract void Open();

    /// <param name="records">Whole ones.</param>
    public abstract void Write(ReadOnlySpan<byte> records);

    /// <summary>Nothing more will be written.</summary>
    public abstract void Finish();

    /// <summary>Returns when what was written is safe, or cannot be.</summary>
    public abstract void Sync();

    public abstract void Dispose();
}
