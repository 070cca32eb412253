using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry;

/// <summary>The registry of one manager: what it holds, and how it keeps in step with the other managers.</summary>
/// <remarks>
/// A manifest is acknowledged once a majority of all managers hold it with all its blobs; names are looked up at all
/// managers that answer, the newest wins. See docs/decisions/040-registry-replication.md.
/// </remarks>
public sealed class ImageRegistry : IDisposable
{
    private readonly RegistryOptions options;
    private readonly TimeProvider time;
    private readonly PeerRegistries? peers;
    private DateTimeOffset collected;

    /// <param name="content">Shared with the engine's images; each keeps what it names.</param>
    /// <param name="peers">Null: there is no other manager.</param>
    public ImageRegistry(RegistryOptions options, ContentStore content, IRegistryPeers? peers, TimeProvider time)
    {
        (this.options, this.time, Content) = (options, time, content);
        this.peers = peers is null ? null : new PeerRegistries(peers);
        Repositories = new RepositoryStore(options, content, time);
        Uploads = new UploadSessions(options, content, time);
        Intake = new ManifestIntake(Repositories, content, this.peers, time);
        Accounts = new RegistryAccounts(Path.Combine(options.Root, "_users.json"), time);
        Gate = new RegistryGate(Accounts, time);
    }

    /// <summary>Who may log in.</summary>
    public RegistryAccounts Accounts { get; }

    /// <summary>What those may do who are no nodes of the cluster.</summary>
    public RegistryGate Gate { get; }

    internal ContentStore Content { get; }

    internal RepositoryStore Repositories { get; }

    internal UploadSessions Uploads { get; }

    internal ManifestIntake Intake { get; }

    /// <summary>Keeps in step with the other managers and tidies up, until cancelled. The owner awaits it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.SyncInterval, time);
        try
        {
            do
            {
                await TidyAsync(cancellationToken);
                await SyncAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the run, no error.
        }
    }

    /// <summary>Gives up idle uploads and, now and then, deletes what no manifest names; pushes go on meanwhile.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        Uploads.Expire();
        var now = time.GetUtcNow();
        if (now - collected < options.CollectInterval)
            return;
        collected = now;
        await Content.CollectAsync(cancellationToken);
        Repositories.Prune();
    }

    /// <summary>Takes over every tag that another manager has newer, with all it names.</summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        foreach (var peer in peers?.Others ?? [])
        {
            if (await peers!.AccountsAsync(peer, cancellationToken) is { } accounts)
                Accounts.TakeOver(accounts);
            foreach (var (name, tags) in await peers!.AllTagsAsync(peer, cancellationToken) ?? [])
            {
                if (!ReferenceGrammar.IsPath(name))
                    continue;
                foreach (var (tag, record) in tags.Where(t => ReferenceGrammar.IsTag(t.Key)))
                    await TakeOverAsync(name, tag, record, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        Uploads.Dispose();
        peers?.Dispose();
    }

    /// <summary>The newest record of a tag at all managers that answer, taken over if it is not this one's.</summary>
    internal async Task<TagRecord?> FindTagAsync(string name, string tag, bool ask, CancellationToken cancellationToken)
    {
        var own = Repositories.Tag(name, tag);
        if (!ask || peers is null)
            return own;
        var others = await peers.TagsAsync(name, tag, cancellationToken);
        var newest = others.Select(o => o.Record).OrderByDescending(r => r.Version).FirstOrDefault();
        return newest is not null && newest.Version > (own?.Version ?? 0)
            && await TakeOverAsync(name, tag, newest, cancellationToken)
            ? newest : own;
    }

    /// <summary>
    /// Copies a manifest that is here to the other managers, and sets its tag once a majority has it.
    /// </summary>
    /// <param name="tag">Null: pushed by digest alone.</param>
    /// <exception cref="RegistryError">
    /// UNAVAILABLE: no majority could be reached; here, the tag stays what it was.
    /// </exception>
    internal async Task PublishAsync(
        string name, string? tag, Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        var before = tag is null ? null : await FindTagAsync(name, tag, ask: true, cancellationToken);
        var record = new TagRecord(manifest.Digest, Repositories.NextVersion(before));
        if (peers is { Others.Count: > 0 })
            await ReachMajorityAsync(name, tag, record, manifest, json, cancellationToken);
        if (tag is not null)
            Repositories.SetTag(name, tag, record);
    }

    internal async Task DeleteTagAsync(string name, string tag, CancellationToken cancellationToken)
    {
        var record = await FindTagAsync(name, tag, ask: true, cancellationToken);
        if (record?.Digest is null)
            throw RegistryError.ManifestUnknown(tag);
        var removed = new TagRecord(null, Repositories.NextVersion(record));
        Repositories.SetTag(name, tag, removed);
        if (peers is not null)
            await peers.DeleteAsync($"v2/{name}/manifests/{tag}", removed.Version, cancellationToken);
    }

    internal async Task DeleteManifestAsync(string name, Digest digest, bool ask, CancellationToken cancellationToken)
    {
        if (Repositories.MediaTypeOf(name, digest) is null)
            throw RegistryError.ManifestUnknown(digest.ToString());
        Repositories.RemoveManifest(name, digest);
        if (ask && peers is not null)
            await peers.DeleteAsync($"v2/{name}/manifests/{digest}", 0, cancellationToken);
    }

    private async Task<bool> TakeOverAsync(
        string name, string tag, TagRecord record, CancellationToken cancellationToken)
    {
        if (Repositories.Tag(name, tag) is { } own && own.Version >= record.Version)
            return false;
        if (record.Digest is { } digest && Repositories.MediaTypeOf(name, digest) is null
            && !await Intake.FetchAsync(name, digest, cancellationToken))
            return false;
        Repositories.SetTag(name, tag, record);
        return true;
    }

    private async Task ReachMajorityAsync(string name, string? tag, TagRecord record,
        Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ReplicationTimeout);
        var others = peers!.Others;
        var pending = others.Select(peer => peers.CopyToAsync(peer, name, tag ?? manifest.Digest.ToString(),
            tag is null ? null : record.Version, manifest, json, limit.Token)).ToList();
        var (have, needed) = (1, ((others.Count + 1) / 2) + 1);
        try
        {
            while (have < needed && pending.Count > 0)
            {
                var done = await Task.WhenAny(pending);
                pending.Remove(done);
                have += await done ? 1 : 0;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow counts as not reached.
        }
        finally
        {
            // Who is slower than the majority catches up by its next comparison of tags.
            await limit.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (have < needed)
        {
            throw new RegistryError(503, "UNAVAILABLE", $"the image is on {have} of {others.Count + 1} managers and " +
                $"must be on {needed}: bring the others back (\"orch node ls\") and push again");
        }
    }
}
