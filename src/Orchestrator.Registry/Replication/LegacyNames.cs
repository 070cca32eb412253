using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Replication;

/// <summary>What managers kept in files of their own before the replicated store had it.</summary>
/// <param name="Users">Null: there never were any.</param>
public sealed record LegacyNames(LegacyRepository[] Repositories, AccountList? Users)
{
    public static LegacyNames Empty { get; } = new([], null);

    /// <summary>
    /// What several managers have in all: of a tag and of the users the newest counts, removals included. What was
    /// acknowledged is on a majority, so any majority's files make it whole.
    /// </summary>
    public static LegacyNames Merge(IReadOnlyCollection<LegacyNames> all)
    {
        var repositories = all.SelectMany(a => a.Repositories).GroupBy(r => r.Name, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Merge(g.Key, [.. g]));
        var users = all.Select(a => a.Users).OfType<AccountList>().MaxBy(u => u.Version);
        return new LegacyNames([.. repositories.Where(r => r.Manifests.Length > 0)], users);
    }

    private static LegacyRepository Merge(string name, LegacyRepository[] all)
    {
        var manifests = all.SelectMany(r => r.Manifests).DistinctBy(m => m.Digest)
            .OrderBy(m => m.Digest).ToArray();
        var known = manifests.Select(m => m.Digest).ToHashSet();
        var tags = all.SelectMany(r => r.Tags).GroupBy(t => t.Key, StringComparer.Ordinal)
            .Select(g => g.MaxBy(t => t.Value.Version))
            .Where(t => t.Value.Digest is { } digest && known.Contains(digest));
        return new LegacyRepository(name, manifests, new(tags, StringComparer.Ordinal));
    }
}

/// <summary>One repository of one manager's files.</summary>
/// <param name="Tags">Removed ones included, until merged.</param>
public sealed record LegacyRepository(
    string Name, NamedManifest[] Manifests, Dictionary<string, TagRecord> Tags);
