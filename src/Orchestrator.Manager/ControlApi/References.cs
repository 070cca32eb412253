using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.ControlApi;

/// <summary>What a user means by a word: a full id, else a name, else the only id that begins so.</summary>
internal static class References
{
    /// <exception cref="UserException">None, or more than one.</exception>
    public static Node Node(StoreRoot root, string reference) => Resolve(
        "node", reference, root.Nodes.Get(reference), root.Nodes.Find(
            Indexes.NodeHostname, reference.ToLowerInvariant()),
        root.Nodes.All);

    /// <exception cref="UserException">None, or more than one.</exception>
    public static Service Service(StoreRoot root, string reference) => Resolve(
        "service", reference, root.Services.Get(reference),
        root.Services.Find(Indexes.ServiceName, reference.ToLowerInvariant()), root.Services.All);

    /// <exception cref="UserException">None, or more than one.</exception>
    public static Network Network(StoreRoot root, string reference) => Resolve(
        "network", reference, root.Networks.Get(reference),
        root.Networks.Find(Indexes.NetworkName, reference.ToLowerInvariant()), root.Networks.All);

    /// <exception cref="UserException">None, or more than one.</exception>
    public static Payload Payload(StoreRoot root, PayloadKind kind, string reference) => Resolve(
        PayloadApi.Noun(kind), reference, root.Payloads(kind).Get(reference),
        root.Payloads(kind).Find(Indexes.PayloadName, reference.ToLowerInvariant()), root.Payloads(kind).All);

    /// <exception cref="UserException">None, or more than one.</exception>
    public static OrchTask Task(StoreRoot root, string reference) => Resolve(
        "task", reference, root.Tasks.Get(reference), [.. root.Tasks.All.Where(t => t.Name == reference && !t.IsAttachment)],
        root.Tasks.All);

    private static T Resolve<T>(string noun, string reference, T? byId, IReadOnlyList<T> byName, IEnumerable<T> all)
        where T : class, IStoreObject
    {
        if (reference.Length == 0)
            throw UserErrors.Invalid($"no {noun} named", $"Give a name or an id: orch {noun} ls");
        if (byId is not null)
            return byId;
        var found = byName.Count > 0 ? byName
            : all.Where(item => item.Id.StartsWith(reference, StringComparison.Ordinal)).Take(2).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw UserException.NotFound(noun, reference),
            _ => throw UserErrors.Invalid(
                $"{noun} {reference} is ambiguous ({found.Count} matches found)", "Use more of the id."),
        };
    }
}
