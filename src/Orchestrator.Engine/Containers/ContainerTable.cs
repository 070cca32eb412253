using System.Buffers;
using System.Collections.Concurrent;
using Orchestrator.Model;

namespace Orchestrator.Engine.Containers;

/// <summary>All containers of this node by id, with each name taken at most once.</summary>
internal sealed class ContainerTable
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly ConcurrentDictionary<string, ContainerEntry> byId = new();

    /// <summary>
    /// Name → id. A name is taken before its container is in <see cref="byId"/> and freed after it is out.
    /// </summary>
    private readonly ConcurrentDictionary<string, string> names = new();

    public IEnumerable<ContainerEntry> All => byId.Values;

    public int Count => byId.Count;

    /// <exception cref="EngineException">Conflict: another container has the name.</exception>
    public void TakeName(string name, string id)
    {
        if (names.TryAdd(name, id))
            return;
        throw EngineException.Conflict(
            $"Conflict. The container name \"/{name}\" is already in use by container "
            + $"\"{names.GetValueOrDefault(name)}\". " +
            "You have to remove (or rename) that container to be able to reuse that name.");
    }

    public string TakeAnyName(string id, Random random)
    {
        for (var attempt = 0; ; attempt++)
        {
            var name = NameMaker.Make(random, attempt);
            if (names.TryAdd(name, id))
                return name;
        }
    }

    public void FreeName(string name, string id) => names.TryRemove(KeyValuePair.Create(name, id));

    public void Add(ContainerEntry entry) => byId[entry.Id] = entry;

    public void Remove(ContainerEntry entry)
    {
        byId.TryRemove(entry.Id, out _);
        FreeName(entry.Record.Name, entry.Id);
    }

    /// <summary>By full id, then name, then unique prefix of an id: docker's order.</summary>
    public ContainerEntry Get(string reference) =>
        Find(reference) ?? throw EngineException.NoSuchContainer(reference);

    public ContainerEntry? Find(string reference)
    {
        if (byId.TryGetValue(reference, out var entry))
            return entry;
        var name = reference.StartsWith('/') ? reference[1..] : reference;
        if (names.TryGetValue(name, out var id) && byId.TryGetValue(id, out entry))
            return entry;
        return FindByPrefix(reference);
    }

    private ContainerEntry? FindByPrefix(string prefix)
    {
        if (prefix.Length == 0 || prefix.AsSpan().ContainsAnyExcept(HexDigits))
            return null;
        var matches = byId.Values.Where(
            entry => entry.Id.StartsWith(prefix, StringComparison.Ordinal)).Take(2).ToList();
        if (matches.Count > 1)
            throw EngineException.Invalid($"Multiple IDs found with provided prefix: {prefix}");
        return matches.FirstOrDefault();
    }
}
