using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Names for the IDs of nodes and services, each list asked for once. What has gone keeps its ID.</summary>
internal sealed class ClusterNames(ApiClient client, bool resolve)
{
    private readonly Lazy<Dictionary<string, string>> _nodes = new(() => client.Get("/nodes", ApiJson.Wire.NodeArray)
        .ToDictionary(static n => n.ID, static n => n.Description.Hostname ?? n.ID, StringComparer.Ordinal));

    private readonly Lazy<Dictionary<string, string>> _services = new(
        () => client.Get("/services", ApiJson.Wire.ServiceArray)
        .ToDictionary(static s => s.ID, static s => s.Spec.Name ?? s.ID, StringComparer.Ordinal));

    public string Node(string? id)
    {
        if (string.IsNullOrEmpty(id)) return "";
        return resolve ? _nodes.Value.GetValueOrDefault(id, id) : id;
    }

    public string Service(string? id)
    {
        if (string.IsNullOrEmpty(id)) return "";
        return resolve ? _services.Value.GetValueOrDefault(id, id) : id;
    }

    /// <summary><c>web.1</c>; a task of a global service has its node for a slot.</summary>
    public string Task(SwarmTask task)
    {
        if (string.IsNullOrEmpty(task.ServiceID)) return task.ID;
        return task.Slot is > 0 ? $"{Service(task.ServiceID)}.{task.Slot}" : $"{Service(task.ServiceID)}.{task.NodeID}";
    }
}
