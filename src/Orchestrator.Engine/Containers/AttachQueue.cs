using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Containers;

/// <summary>
/// Clients that attached to a container before its start: joined to its streams before its first byte.
/// </summary>
internal sealed class AttachQueue
{
    private readonly Lock gate = new();
    private readonly List<(AttachOptions Options, PendingStreams Streams)> waiting = [];

    public AttachedStreams Enter(AttachOptions options, bool framed)
    {
        var streams = new PendingStreams(framed, Leave);
        lock (gate)
            waiting.Add((options, streams));
        return streams;
    }

    private void Leave(PendingStreams streams)
    {
        lock (gate)
            waiting.RemoveAll(one => one.Streams == streams);
    }

    public async Task JoinAsync(IContainerRun run, bool terminal, bool stdinOnce, CancellationToken cancellationToken)
    {
        foreach (var (options, streams) in Take())
        {
            if (!streams.IsAbandoned)
                streams.Join(await run.AttachAsync(null, options, terminal, stdinOnce, cancellationToken));
        }
    }

    /// <summary>The container will not start: whoever waits reads the end.</summary>
    public void Dismiss()
    {
        foreach (var (_, streams) in Take())
            streams.Join(null);
    }

    private (AttachOptions Options, PendingStreams Streams)[] Take()
    {
        lock (gate)
        {
            var all = waiting.ToArray();
            waiting.Clear();
            return all;
        }
    }
}

/// <summary>Streams of a container that does not run yet.</summary>
/// <param name="left">Told when the client goes.</param>
internal sealed class PendingStreams(bool framed, Action<PendingStreams> left) : AttachedStreams
{
    private readonly TaskCompletionSource<AttachedStreams?> joined = new(
        TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool disposed;

    public bool IsAbandoned => disposed;

    public override bool IsFramed => framed;

    public void Join(AttachedStreams? streams)
    {
        if (!joined.TrySetResult(streams) && streams is not null)
            streams.DisposeAsync().AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        await joined.Task.WaitAsync(cancellationToken) is { } streams
            ? await streams.ReadAsync(buffer, cancellationToken) : 0;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (await joined.Task.WaitAsync(cancellationToken) is { } streams)
            await streams.WriteAsync(bytes, cancellationToken);
    }

    public override async ValueTask CloseInputAsync(CancellationToken cancellationToken)
    {
        if (await joined.Task.WaitAsync(cancellationToken) is { } streams)
            await streams.CloseInputAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        disposed = true;
        left(this);
        joined.TrySetResult(null);
        if (await joined.Task is { } streams)
            await streams.DisposeAsync();
    }
}
