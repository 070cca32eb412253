using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Who printed a line: <c>web.1.0123456789ab@node1</c>. Tasks may start while logs are followed.</summary>
internal sealed class LogPrefixes(ApiClient client, ClusterNames names, bool noTaskIds, bool full)
{
    private readonly Dictionary<string, string> _byTask = new(StringComparer.Ordinal);

    public string Of(string taskId, string nodeId)
    {
        if (_byTask.TryGetValue(taskId, out var known)) return known;
        return _byTask[taskId] = $"{Task(taskId)}@{names.Node(nodeId)}    | ";
    }

    private string Task(string id)
    {
        try
        {
            var task = client.Get($"/tasks/{id}", ApiJson.Wire.SwarmTask);
            return noTaskIds ? names.Task(task) : $"{names.Task(task)}.{Text.Id(id, full)}";
        }
        catch (DaemonException e) when (e.Status == 404)
        {
            return Text.Id(id, full);
        }
    }
}
