using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>Who is using what right now, so that a collector never takes it away.</summary>
/// <remarks>
/// A collector first reads what is named (roots), which takes a while, then deletes the rest one by one. A thing may
/// become named in between. It was leased before that, so it is in the set of the touched even if that lease has
/// ended: what anybody relies on is either leased, or touched, or was seen among the roots.
/// </remarks>
internal sealed class LeaseTable
{
    private readonly object gate = new();
    private readonly Dictionary<Digest, int> leased = [];
    private readonly List<HashSet<Digest>> collections = [];

    public void Protect(Digest digest)
    {
        lock (gate)
        {
            leased[digest] = leased.GetValueOrDefault(digest) + 1;
            foreach (var touched in collections)
                touched.Add(digest);
        }
    }

    public void Release(Digest digest)
    {
        lock (gate)
        {
            if (--leased[digest] == 0)
                leased.Remove(digest);
        }
    }

    /// <summary>To be called before the roots are read.</summary>
    public Collection BeginCollection()
    {
        var collection = new Collection(this);
        lock (gate)
            collections.Add(collection.Touched);
        return collection;
    }

    internal sealed class Collection(LeaseTable table) : IDisposable
    {
        internal HashSet<Digest> Touched { get; } = [];

        /// <summary>Runs <paramref name="delete"/> while nobody can take a lease, unless one has been taken.</summary>
        public long DeleteUnlessUsed(Digest digest, Func<long> delete)
        {
            lock (table.gate)
                return table.leased.ContainsKey(digest) || Touched.Contains(digest) ? 0 : delete();
        }

        public void Dispose()
        {
            lock (table.gate)
                table.collections.Remove(Touched);
        }
    }
}
