using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry;

/// <summary>A registry: what it holds, what that is called, and how it keeps in step with other managers'.</summary>
/// <remarks>
/// Of a daemon alone, or of one manager: then a manifest is acknowledged once a majority of all managers hold it with
/// all its blobs and the replicated store has its name. See docs/decisions/040-registry-replication.md.
/// </remarks>
public sealed class ImageRegistry : IDisposable
{
    internal const string UserFile = "_users.json";

    private readonly RegistryOptions options;
    private readonly TimeProvider time;
    private readonly PeerRegistries? peers;
    private readonly ManifestCopies? copies;
    private readonly LegacyFiles legacy;
    private DateTimeOffset collected;
    private DateTimeOffset caughtUp;
    private ulong seen;

    private ImageRegistry(
        RegistryOptions options, ContentStore content, (IRegistryNames Names, IAccountBook Accounts)? shared,
        PeerRegistries? peers, TimeProvider time)
    {
        (this.options, this.time, this.peers, Content) = (options, time, peers, content);
        var folders = new RepositoryFolders(options.Root);
        Held = new HeldContent(options, folders, content, time);
        Uploads = new UploadSessions(options, content, time);
        Intake = new ManifestIntake(Held, content, peers, time);
        var files = new FileNames(folders, Held, content, time);
        legacy = new LegacyFiles(folders, files);
        copies = peers is null ? null : new ManifestCopies(options, content, Held, Intake, peers);
        Names = shared?.Names ?? files;
        Accounts = new RegistryAccounts(
            shared?.Accounts ?? new AccountFile(Path.Combine(options.Root, UserFile), time));
        Gate = new RegistryGate(Accounts, time);
    }

    /// <summary>The folder of its own files.</summary>
    public string Root => options.Root;

    /// <summary>Who may log in.</summary>
    public RegistryAccounts Accounts { get; }

    /// <summary>What those may do who are no nodes of the cluster.</summary>
    public RegistryGate Gate { get; }

    internal ContentStore Content { get; }

    internal IRegistryNames Names { get; }

    internal HeldContent Held { get; }

    internal UploadSessions Uploads { get; }

    internal ManifestIntake Intake { get; }

    /// <summary>What this manager has in files that the store has not taken over; null: it is alone.</summary>
    internal LegacyNames? Legacy => peers is null ? null : legacy.Read();

    /// <summary>A registry that nobody shares, with its names in files.</summary>
    /// <param name="content">Shared with the engine's images; each keeps what it names.</param>
    public static ImageRegistry Alone(RegistryOptions options, ContentStore content, TimeProvider time) =>
        new(options, content, null, null, time);

    /// <summary>One manager's registry of a cluster's.</summary>
    /// <param name="names">What all managers agree on; stays the caller's, as do the others.</param>
    public static ImageRegistry OfCluster(
        RegistryOptions options, ContentStore content, IRegistryNames names, IAccountBook accounts,
        IRegistryPeers peers, TimeProvider time) =>
        new(options, content, (names, accounts), new PeerRegistries(peers), time);

    /// <summary>Keeps in step with the other managers and tidies up, until cancelled. The owner awaits it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.SyncInterval, time);
        try
        {
            do
            {
                await TryRoundAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the run, no error.
        }
    }

    private async Task TryRoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TidyAsync(cancellationToken);
            await SyncAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The disk is full, or nobody is known yet: a later round may do better. No fault may end the rounds.
            options.Stumbled?.Invoke(error);
        }
    }

    /// <summary>Fetches what others were given, if there is anything new.</summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        var (now, version) = (time.GetUtcNow(), Names.Version);
        if (copies is null || version == 0 || (version == seen && now - caughtUp < options.RetryInterval))
            return;
        (seen, caughtUp) = (version, now);
        await copies.CatchUpAsync(Names, cancellationToken);
    }

    /// <summary>Collects what the managers' files hold of names, for a store that has none yet.</summary>
    /// <returns>Null: fewer than a majority of the managers answer.</returns>
    public async Task<LegacyNames?> GatherLegacyAsync(CancellationToken cancellationToken)
    {
        var others = peers?.Others ?? [];
        var answers = await Task.WhenAll(others.Select(peer => peers!.LegacyAsync(peer, cancellationToken)));
        LegacyNames[] all = [legacy.Read(), .. answers.OfType<LegacyNames>()];
        return all.Length >= ((others.Count + 1) / 2) + 1 ? LegacyNames.Merge(all) : null;
    }

    /// <summary>Lets go of the repositories that another registry has taken over whole; users stay.</summary>
    public void GiveAwayTo(ImageRegistry other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var name in Names.Repositories().Where(name => other.HasAllOf(this, name)))
            Held.Remove(name);
    }

    /// <summary>To be called once the store has what <see cref="GatherLegacyAsync"/> gave.</summary>
    public void ForgetLegacy() => legacy.Delete();

    public void Dispose()
    {
        Uploads.Dispose();
        peers?.Dispose();
    }

    internal bool Exists(string name) => Names.Has(name) || Held.Knows(name);

    /// <summary>Brings the names up to date for an answer; where that fails, the answer says so.</summary>
    internal async Task<bool> RefreshAsync(RegistryCall call)
    {
        var isCurrent = await Names.RefreshAsync(call.Aborted);
        if (!isCurrent)
            call.Say("Warning", "299 - \"this manager does not reach a majority of the others: it may be out of date\"");
        return isCurrent;
    }

    /// <summary>Copies a manifest that is here to a majority of the managers, then has it named.</summary>
    /// <exception cref="RegistryError">UNAVAILABLE: no majority could be reached; no tag has moved.</exception>
    internal async Task PublishAsync(
        string name, string? tag, NamedManifest manifest, byte[] json, CancellationToken cancellationToken)
    {
        if (copies is not null)
        {
            var descriptor = new Descriptor
            {
                Digest = manifest.Digest, MediaType = manifest.MediaType, Size = manifest.Size,
            };
            await copies.ReachMajorityAsync(name, descriptor, json, cancellationToken);
        }

        await Names.PutAsync(name, manifest, tag, cancellationToken);
    }

    private bool HasAllOf(ImageRegistry other, string name) =>
        other.Names.Manifests(name).All(m => Names.MediaTypeOf(name, m.Digest) is not null)
        && other.Names.Tags(name).All(tag => Names.Tag(name, tag) == other.Names.Tag(name, tag));

    internal Task DeleteBlobElsewhereAsync(string name, Digest blob, CancellationToken cancellationToken) =>
        peers?.DeleteBlobAsync(name, blob, cancellationToken) ?? Task.CompletedTask;

    /// <summary>Gives up idle uploads and, now and then, deletes what no manifest names; pushes go on meanwhile.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        Uploads.Expire();
        var now = time.GetUtcNow();
        if (now - collected < options.CollectInterval)
            return;
        collected = now;
        copies?.Forget();
        // What is not named may only be unknown here: who is cut off keeps it.
        if (copies is not null && await IsCurrentAsync(cancellationToken))
            Held.PruneManifests(Names);
        await Content.CollectAsync(cancellationToken);
        Held.PruneBlobs();
    }

    private async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Names.RefreshAsync(cancellationToken);
        }
        catch (ImageException)
        {
            return false;
        }
    }
}
