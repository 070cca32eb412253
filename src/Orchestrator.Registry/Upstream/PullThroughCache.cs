using System.Collections.Concurrent;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Upstream;

/// <summary>Answers for the repositories of another registry, and keeps what it was asked for.</summary>
/// <remarks>
/// What is named by a digest is fetched once, however many ask for it at a time. What is named by a tag is asked of the
/// upstream each time; while that cannot be reached, what it last said counts.
/// </remarks>
public sealed class PullThroughCache : IAsyncDisposable
{
    private readonly UpstreamOptions options;
    private readonly ContentStore content;
    private readonly TimeProvider time;
    private readonly UpstreamRegistry upstream;
    private readonly TransferRetry retry;
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentDictionary<(string Name, string Reference), Lazy<Task<CachedManifest>>> lookups = new();
    private readonly Dictionary<Digest, (string Name, BlobFlight Flight)> flights = [];

    private PullThroughCache(UpstreamOptions options, ContentStore content, TimeProvider time)
    {
        (this.options, this.content, this.time) = (options, content, time);
        Kept = new CachedContent(options, content, time);
        upstream = new UpstreamRegistry(options);
        retry = new TransferRetry(options.Attempts, time);
    }

    /// <param name="options">The root is shared by all upstreams there ever were; what others left goes.</param>
    /// <param name="content">Shared with the engine's images; each keeps what it names.</param>
    public static PullThroughCache Open(UpstreamOptions options, ContentStore content, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var own = Path.Combine(options.Root, $"{options.Address.Host}_{options.Address.Port}");
        foreach (var other in Directory.Exists(options.Root) ? Directory.GetDirectories(options.Root) : [])
        {
            if (other != own)
                Directory.Delete(other, recursive: true);
        }

        return new PullThroughCache(options with { Root = own }, content, time);
    }

    /// <summary>Lets go of all that a cache of before kept.</summary>
    public static void Forget(string root, ContentStore content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
        content.RemoveRoots(CachedContent.Owner);
    }

    internal CachedContent Kept { get; }

    internal Uri Address => options.Address;

    /// <summary>Whether a repository of that name is the upstream's.</summary>
    public bool Covers(string name) => name.Length > 0
        && (options.Namespace.Length == 0 || name.StartsWith(options.Namespace + "/", StringComparison.Ordinal));

    /// <summary>Lets go of what is old or too much, until cancelled. The owner awaits it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.TidyInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await TryTidyAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the run, no error.
        }
    }

    /// <summary>Lets go, once, of what is old or too much.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        if (Kept.Evict())
            await content.CollectAsync(cancellationToken);
    }

    /// <summary>Gives up what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        Task[] running;
        lock (flights)
            running = [.. flights.Values.Select(f => f.Flight.Completion)];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        upstream.Dispose();
        ended.Dispose();
    }

    /// <summary>A manifest that is here when this returns.</summary>
    /// <param name="reference">A tag or a digest.</param>
    /// <exception cref="ImageException">NotFound, Denied, Unavailable, Damaged: as the upstream has it.</exception>
    internal async Task<CachedManifest> FindManifestAsync(
        string name, string reference, CancellationToken cancellationToken)
    {
        var lookup = lookups.GetOrAdd((name, reference), key => new(() => LookUpAsync(key.Name, key.Reference)));
        return await lookup.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Finds a blob, or begins to fetch it, or joins those who do.</summary>
    /// <returns>Null: it is here.</returns>
    /// <exception cref="ImageException">NotFound, Denied, Unavailable: as the upstream has it.</exception>
    internal async Task<BlobFlight?> FindBlobAsync(string name, Digest digest, CancellationToken cancellationToken)
    {
        if (Kept.HasBlob(name, digest))
            return null;
        using var lease = content.Lease();
        if (!lease.Pin(digest) && TryFly(name, digest, mayJoin: false) is { } own)
            return own;
        // It came, or comes, by way of another repository; whether this one has it too, the upstream must say.
        if (await upstream.Client(name).FindBlobAsync(digest, cancellationToken) is null)
            throw new ImageException(ImageError.NotFound, $"blob {digest} of {name} not found");
        if (!lease.Pin(digest))
            return TryFly(name, digest, mayJoin: true);
        Kept.AddBlob(name, digest);
        return null;
    }

    /// <returns>Null: the upstream has it not.</returns>
    internal Task<long?> SizeOfAsync(string name, Digest digest, CancellationToken cancellationToken) =>
        Kept.HasBlob(name, digest) ? Task.FromResult(content.SizeOf(digest))
        : upstream.Client(name).FindBlobAsync(digest, cancellationToken);

    /// <exception cref="ImageException">NotFound, Denied, Unavailable.</exception>
    internal Task<IReadOnlyList<string>> TagsAsync(string name, CancellationToken cancellationToken) =>
        upstream.Client(name).TagsAsync(cancellationToken);

    internal Task<byte[]?> ReferrersAsync(
        string name, Digest subject, string query, CancellationToken cancellationToken) =>
        upstream.Client(name).ReferrersAsync(subject, query, cancellationToken);

    private async Task TryTidyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TidyAsync(cancellationToken);
        }
        catch (IOException)
        {
            // A file went while it was looked at, or the disk fails: the next round will show.
        }
    }

    /// <param name="mayJoin">A flight for another repository, too: the upstream has it in this one.</param>
    /// <returns>Null: there is one for another repository.</returns>
    private BlobFlight? TryFly(string name, Digest digest, bool mayJoin)
    {
        lock (flights)
        {
            if (flights.TryGetValue(digest, out var found))
            {
                if (found.Name != name && !mayJoin)
                    return null;
                if (found.Name != name)
                    _ = NoteAsync(found.Flight, name, digest); // Ends with the flight.
                return found.Flight;
            }

            var flight = new BlobFlight(
                content, upstream.Client(name), digest, retry, () => Kept.AddBlob(name, digest), () => Forget(digest));
            flights[digest] = (name, flight);
            // It goes on when who asked first has gone: others may have joined, or will ask again. Its end is awaited
            // by way of its completion.
            _ = Task.Run(() => flight.RunAsync(ended.Token), CancellationToken.None);
            return flight;
        }
    }

    private void Forget(Digest digest)
    {
        lock (flights)
            flights.Remove(digest);
    }

    private async Task NoteAsync(BlobFlight flight, string name, Digest digest)
    {
        using var lease = content.Lease();
        lease.Pin(digest);
        await flight.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (flight.Completion.IsCompletedSuccessfully)
            Kept.AddBlob(name, digest);
    }

    /// <summary>One question for all who ask it at a time; who asks later asks anew.</summary>
    private async Task<CachedManifest> LookUpAsync(string name, string reference)
    {
        await Task.Yield(); // It is entered before it can end.
        try
        {
            return Digest.TryParse(reference, out var digest)
                ? await OfDigestAsync(name, digest) : await OfTagAsync(name, reference);
        }
        finally
        {
            lookups.TryRemove((name, reference), out _);
        }
    }

    private async Task<CachedManifest> OfDigestAsync(string name, Digest digest) =>
        Kept.MediaTypeOf(name, digest) is { } known ? new CachedManifest(digest, known, IsStale: false)
        : await FetchAsync(name, upstream.Reference(name).WithDigest(digest));

    private async Task<CachedManifest> OfTagAsync(string name, string tag)
    {
        var reference = upstream.Reference(name).WithTag(tag);
        var before = Kept.Tag(name, tag);
        try
        {
            var digest = await PatientlyAsync(token => upstream.Client(name).FindManifestAsync(reference, token));
            var found = digest is { } said
                ? await OfDigestAsync(name, said) : await FetchAsync(name, reference);
            Kept.SetTag(name, tag, found.Digest);
            return found;
        }
        catch (ImageException error) when (error.Error == ImageError.NotFound)
        {
            Kept.SetTag(name, tag, null);
            throw;
        }
        catch (ImageException error) when (error.Error == ImageError.Unavailable && before is { } last
            && Kept.MediaTypeOf(name, last) is not null)
        {
            return new CachedManifest(last, Kept.MediaTypeOf(name, last)!, IsStale: true);
        }
    }

    private async Task<CachedManifest> FetchAsync(string name, Reference reference)
    {
        var (manifest, json) = await retry.RunAsync(
            _ => PatientlyAsync(token => upstream.Client(name).GetManifestAsync(reference, token)), null, null,
            ended.Token);
        if (!MediaTypes.IsManifest(manifest.MediaType) && !MediaTypes.IsIndex(manifest.MediaType))
        {
            throw new ImageException(ImageError.Damaged,
                $"registry {reference.Domain} sent something else for {reference.Familiar}: its type is \"{manifest.MediaType}\"");
        }

        using var lease = content.Lease();
        await content.IngestAsync(lease, json, manifest, ended.Token);
        Kept.AddManifest(name, manifest);
        return new CachedManifest(manifest.Digest, manifest.MediaType, IsStale: false);
    }

    /// <summary>Small questions, to a registry that may have gone.</summary>
    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> ask)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        late.CancelAfter(options.Patience);
        try
        {
            return await ask(late.Token);
        }
        catch (OperationCanceledException error) when (!ended.IsCancellationRequested)
        {
            throw new ImageException(ImageError.Unavailable,
                $"registry {options.Address.Authority} did not answer within {options.Patience.TotalSeconds:0} s", error);
        }
    }
}

/// <summary>A manifest that is here.</summary>
/// <param name="IsStale">The upstream could not be asked whether its tag names another by now.</param>
internal sealed record CachedManifest(Digest Digest, string MediaType, bool IsStale);
