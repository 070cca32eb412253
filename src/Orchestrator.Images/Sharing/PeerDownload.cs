using System.Diagnostics;

namespace Orchestrator.Images.Sharing;

/// <summary>
/// Brings a blob from other nodes while that goes well, and from the registry where it does not: whatever they do, it
/// fails only if the registry would have.
/// </summary>
internal sealed class PeerDownload(IBlobPeers peers, BlobArrival arrival)
{
    private const int MaxFailures = 8;

    /// <summary>Of which damage counts for so many: twice, and nobody else is believed.</summary>
    private const int Damage = 5;

    /// <summary>Less than this is no use to anybody.</summary>
    private const double MinBytesPerSecond = 128 * 1024;

    /// <param name="fromRegistry">Brings what is missing from there.</param>
    public async Task RunAsync(
        Func<CancellationToken, Task> fromRegistry, Action<long>? progress, CancellationToken cancellationToken)
    {
        if (await TryPeersAsync(progress, cancellationToken))
            return;
        arrival.ReadFrom(null, null);
        await fromRegistry(cancellationToken);
        if (arrival.TryVerify() || !arrival.HasPeerBytes)
            return;
        // What was here before was damaged. Nobody is asked any more, only told.
        await peers.FindAsync(arrival.Blob.Digest, 0, PeerFault.Damaged, null, cancellationToken);
        arrival.BeginAnew();
        await fromRegistry(cancellationToken);
    }

    /// <returns>False: the rest is to come from the registry.</returns>
    private async Task<bool> TryPeersAsync(Action<long>? progress, CancellationToken cancellationToken)
    {
        var (failures, fault) = (0, PeerFault.None);
        string? last = null;
        while (true)
        {
            var choice = await peers.FindAsync(arrival.Blob.Digest, arrival.Length, fault, last, cancellationToken);
            if (choice.IsAnew || fault == PeerFault.Damaged)
                arrival.BeginAnew(); // Now that it has been told: who is cut off here will be told so, too.
            if (choice.Source is not { } source || failures > MaxFailures)
                return false;
            fault = await ReadAsync(source, progress, cancellationToken);
            if (fault == PeerFault.None)
                return true;
            last = source.Node;
            failures += fault switch { PeerFault.Slow => 0, PeerFault.Damaged => Damage, _ => 1 };
        }
    }

    private async Task<PeerFault> ReadAsync(
        PeerSource source, Action<long>? progress, CancellationToken cancellationToken)
    {
        using var hurried = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        arrival.ReadFrom(source.Node, hurried);
        try
        {
            hurried.CancelAfter(source.Patience);
            await using var body = await peers.OpenAsync(
                source, arrival.Blob.Digest, arrival.Length, arrival.Blob.Size, hurried.Token);
            if (!await CopyAsync(body, source.Patience, progress, hurried))
                return PeerFault.Slow;
            return arrival.TryVerify() ? PeerFault.None : PeerFault.Damaged;
        }
        catch (PeerException error)
        {
            return error.Fault;
        }
        catch (Exception error) when (error is HttpRequestException or IOException && !Disk.IsFull(error))
        {
            return PeerFault.Broken;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PeerFault.Slow;
        }
        finally
        {
            arrival.ReadFrom(source.Node, null);
        }
    }

    /// <returns>False: too little comes.</returns>
    /// <exception cref="PeerException">Broken: it ends too early.</exception>
    private async Task<bool> CopyAsync(
        Stream body, TimeSpan patience, Action<long>? progress, CancellationTokenSource hurried)
    {
        var buffer = new byte[128 * 1024];
        var (since, from) = (Stopwatch.GetTimestamp(), arrival.Length);
        while (arrival.Length < arrival.Blob.Size)
        {
            hurried.CancelAfter(patience);
            var wanted = (int)Math.Min(buffer.Length, arrival.Blob.Size - arrival.Length);
            var read = await body.ReadAsync(buffer.AsMemory(0, wanted), hurried.Token);
            if (read == 0)
                throw new PeerException(PeerFault.Broken, $"it ended after {arrival.Length} bytes");
            await arrival.AppendAsync(buffer.AsMemory(0, read), hurried.Token);
            PullMetrics.FromPeers(read);
            progress?.Invoke(arrival.Length);
            if (Stopwatch.GetElapsedTime(since) is var elapsed && elapsed < patience)
                continue;
            if (arrival.Length - from < MinBytesPerSecond * elapsed.TotalSeconds)
                return arrival.Length == arrival.Blob.Size;
            (since, from) = (Stopwatch.GetTimestamp(), arrival.Length);
        }

        return true;
    }
}
