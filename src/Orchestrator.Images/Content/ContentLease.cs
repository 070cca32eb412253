using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>
/// Keeps blobs and layers from being collected while somebody is still putting together what will name them.
/// </summary>
/// <remarks>
/// It ends with the process; then what nothing names is garbage, and what was made of it starts anew.
/// </remarks>
public sealed class ContentLease : IDisposable
{
    private readonly ContentStore store;
    private readonly HashSet<Digest> pinned = [];
    private bool disposed;

    internal ContentLease(ContentStore store) => this.store = store;

    /// <summary>Protects a blob, or the layer of that chain ID, until the lease ends.</summary>
    /// <returns>Whether the blob is there. Where it is not, it is protected as soon as it comes.</returns>
    public bool Pin(Digest digest)
    {
        lock (pinned)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (pinned.Add(digest))
                store.Leases.Protect(digest);
        }

        return store.Contains(digest);
    }

    public void Dispose()
    {
        lock (pinned)
        {
            if (disposed)
                return;
            disposed = true;
            foreach (var digest in pinned)
                store.Leases.Release(digest);
        }
    }
}
