using Google.Protobuf;

namespace Orchestrator.Agent;

/// <summary>All that the cluster wants of this node, as the stream of assignments has made it so far.</summary>
public sealed class Assignments
{
    private readonly Dictionary<string, P.Task> tasks = [];
    private readonly Dictionary<string, P.Network> networks = [];
    private readonly Dictionary<(string Network, string Id), P.NetworkEndpoint> endpoints = [];
    private readonly Dictionary<(string Network, string Id), P.NetworkService> services = [];
    private readonly Dictionary<string, P.AssignedPayload> payloads = [];
    private string version = "";

    public IReadOnlyCollection<P.Task> Tasks => tasks.Values;

    public IReadOnlyCollection<P.Network> Networks => networks.Values;

    public IReadOnlyCollection<P.NetworkEndpoint> Endpoints => endpoints.Values;

    public IReadOnlyCollection<P.NetworkService> Services => services.Values;

    /// <summary>Secrets and configs: in memory alone, the next session brings them again.</summary>
    public IReadOnlyCollection<P.AssignedPayload> Payloads => payloads.Values;

    /// <summary>Applies one message of the stream.</summary>
    /// <returns>False: an increment is missing before this one; nothing was changed, ask for a complete set.</returns>
    public bool TryApply(P.AssignmentsMessage message)
    {
        if (message.Kind == P.AssignmentsMessage.Types.Kind.Complete)
            Clear();
        else if (message.AppliesTo != version)
            return false;

        foreach (var change in message.Changes)
            Apply(change, change.Action == P.AssignmentChange.Types.Action.Remove);
        version = message.ResultsIn;
        return true;
    }

    /// <summary>The whole as one message, to be kept on disk.</summary>
    public byte[] Save()
    {
        var message = new P.AssignmentsMessage { Kind = P.AssignmentsMessage.Types.Kind.Complete };
        message.Changes.Add(networks.Values.Select(n => new P.AssignmentChange { Network = WithoutKeys(n) }));
        message.Changes.Add(services.Values.Select(s => new P.AssignmentChange { Service = s }));
        message.Changes.Add(endpoints.Values.Select(e => new P.AssignmentChange { Endpoint = e }));
        message.Changes.Add(tasks.Values.Select(t => new P.AssignmentChange { Task = t }));
        return message.ToByteArray();
    }

    /// <summary>Keys are in memory alone; the next session brings them again, and until then the kernel has its own.</summary>
    private static P.Network WithoutKeys(P.Network network)
    {
        if (network.Keys.Count == 0)
            return network;
        var copy = network.Clone();
        copy.Keys.Clear();
        return copy;
    }

    public void Load(byte[] saved) => TryApply(P.AssignmentsMessage.Parser.ParseFrom(saved));

    private void Clear()
    {
        tasks.Clear();
        networks.Clear();
        endpoints.Clear();
        services.Clear();
        payloads.Clear();
    }

    private void Apply(P.AssignmentChange change, bool remove)
    {
        switch (change.ItemCase)
        {
            case P.AssignmentChange.ItemOneofCase.Task:
                Put(tasks, change.Task.Id, change.Task, remove);
                break;
            case P.AssignmentChange.ItemOneofCase.Network:
                Put(networks, change.Network.Id, change.Network, remove);
                break;
            case P.AssignmentChange.ItemOneofCase.Endpoint:
                Put(endpoints, (change.Endpoint.NetworkId, change.Endpoint.Id), change.Endpoint, remove);
                break;
            case P.AssignmentChange.ItemOneofCase.Service:
                Put(services, (change.Service.NetworkId, change.Service.ServiceId), change.Service, remove);
                break;
            case P.AssignmentChange.ItemOneofCase.Payload:
                Put(payloads, change.Payload.Id, change.Payload, remove);
                break;
        }
    }

    private static void Put<TKey, TValue>(Dictionary<TKey, TValue> map, TKey key, TValue value, bool remove)
        where TKey : notnull
    {
        if (remove)
            map.Remove(key);
        else
            map[key] = value;
    }
}
