using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>v1's marks on network traffic. On v2 programs of the cgroup do that, not the runtime.</summary>
internal static class NetworkPlan
{
    public static void Add(WriteList list, NetworkResources network)
    {
        if (network.ClassId is { } id and not 0)
            list.Add("network.classID", id, list.NeedV1("net_cls", "network.classID", id), "net_cls.classid", $"{id}");
        foreach (var (priority, field) in WriteList.Each(network.Priorities, "network.priorities"))
        {
            if (priority.Name is not { Length: > 0 } name || name.Any(c => char.IsWhiteSpace(c) || c == '/'))
                throw WriteList.Fault($"{field}.name", $"\"{priority.Name}\"", "it is the name of a network interface");
            list.Add($"{field}.name", name, list.NeedV1("net_prio", $"{field}.name", name), "net_prio.ifpriomap",
                $"{name} {priority.Priority}", restore: WriteList.Line(name, $"{name} 0"));
        }
    }
}
