using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Replication;

/// <summary>Brings manifests and their blobs to where they are not: to a majority at once, here by and by.</summary>
internal sealed class ManifestCopies(
    RegistryOptions options, ContentStore content, HeldContent held, ManifestIntake intake, PeerRegistries peers)
{
    /// <summary>Manifests seen to be here whole; forgotten now and then, since disks lose things.</summary>
    private readonly HashSet<(string Name, Digest Digest)> whole = [];

    /// <summary>Has a majority of the managers, this one among them, hold a manifest that is here.</summary>
    /// <exception cref="RegistryError">UNAVAILABLE: no majority could be reached.</exception>
    public async Task ReachMajorityAsync(
        string name, Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        var others = peers.Others;
        var needed = ((others.Count + 1) / 2) + 1;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ReplicationTimeout);
        var pending = others.Select(peer => peers.CopyToAsync(peer, name, manifest, json, limit.Token)).ToList();
        var have = await CountAsync(pending, needed, limit, cancellationToken);
        if (have < needed)
        {
            throw RegistryError.Unavailable($"the image is on {have} of {others.Count + 1} managers and must be on "
                + $"{needed}: bring the others back (\"orch node ls\") and push again");
        }
    }

    /// <summary>Fetches what the registry names and this node lacks.</summary>
    public async Task CatchUpAsync(IRegistryNames names, CancellationToken cancellationToken)
    {
        foreach (var name in names.Repositories())
        {
            foreach (var manifest in names.Manifests(name))
            {
                if (whole.Contains((name, manifest.Digest)))
                    continue;
                if (await IsWholeAsync(name, manifest, cancellationToken)
                    || await intake.FetchAsync(name, manifest.Digest, cancellationToken))
                    whole.Add((name, manifest.Digest));
            }
        }
    }

    /// <summary>The next time all is looked at anew.</summary>
    public void Forget() => whole.Clear();

    private async Task<bool> IsWholeAsync(string name, NamedManifest manifest, CancellationToken cancellationToken)
    {
        if (held.MediaTypeOf(name, manifest.Digest) is null || !content.Contains(manifest.Digest))
            return false;
        var children = await new ContentGraph(content).ChildrenAsync(
            new Descriptor { Digest = manifest.Digest, MediaType = manifest.MediaType }, cancellationToken);
        return children.All(c => c.Urls is { Length: > 0 } || content.Contains(c.Digest));
    }

    private static async Task<int> CountAsync(
        List<Task<bool>> pending, int needed, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        var have = 1;
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
            // Who is slower than the majority catches up by itself.
            await limit.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return have;
    }
}
