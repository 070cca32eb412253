using System.Runtime.InteropServices;
using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling;

/// <summary>A node and what is on it, while one pass fills it up. Belongs to that pass.</summary>
internal sealed class NodeLoad(Node node, NetworkNeeds? needs = null)
{
    private readonly Dictionary<ServiceId, int> byService = [];
    private readonly Dictionary<(ServiceId, ulong), int> failures = [];
    private readonly List<PortConfig> hostPorts = [];
    private long reservedCpus;
    private long reservedMemory;

    public Node Node { get; } = node;

    /// <summary>Tasks that are to run here.</summary>
    public int Tasks { get; private set; }

    public long FreeNanoCpus => (Node.Description?.Resources.NanoCpus ?? 0) - reservedCpus;

    public long FreeMemoryBytes => (Node.Description?.Resources.MemoryBytes ?? 0) - reservedMemory;

    /// <returns>What the task's networks need and this node's kernel has not; null: nothing.</returns>
    public string? MissingFeature(OrchTask task) => needs?.MissingOn(Node, task);

    /// <returns>A link that a network of the task stands on and that this node has not; null: it has all.</returns>
    public string? MissingLink(OrchTask task) => needs?.MissingLinkOn(Node, task);

    public int TasksOf(ServiceId service) => byService.GetValueOrDefault(service);

    public int FailuresOf(OrchTask task) => failures.GetValueOrDefault((task.ServiceId, task.SpecVersion));

    public bool HasHostPort(PortConfig port) => hostPorts.Exists(taken =>
        taken.Protocol == port.Protocol && taken.PublishedPort == port.PublishedPort && taken.SharesAddress(port));

    /// <summary>Counts a task that has this node.</summary>
    /// <param name="faultsSince">A failure at or after this moment counts against the node.</param>
    public void Add(OrchTask task, DateTimeOffset faultsSince)
    {
        if (task.Status.State is TaskState.Failed or TaskState.Rejected && task.Status.Timestamp >= faultsSince)
            CollectionsMarshal.GetValueRefOrAddDefault(failures, (task.ServiceId, task.SpecVersion), out _)++;
        if (!task.Status.State.IsTerminal())
            Occupy(task);
    }

    /// <summary>Sets aside what a task needs: until it has ended, even when it is only wanted to end.</summary>
    public void Occupy(OrchTask task)
    {
        reservedCpus += task.Spec.Resources.Reservations.NanoCpus;
        reservedMemory += task.Spec.Resources.Reservations.MemoryBytes;
        foreach (var port in HostPortsOf(task))
            hostPorts.Add(port);
        if (task.DesiredState > TaskState.Running || task.IsAttachment)
            return;
        Tasks++;
        CollectionsMarshal.GetValueRefOrAddDefault(byService, task.ServiceId, out _)++;
    }

    public static IEnumerable<PortConfig> HostPortsOf(OrchTask task) =>
        task.Endpoint?.Ports.Where(p => p.Mode == PublishMode.Host && p.PublishedPort != 0) ?? [];
}
