using System.Collections.Immutable;
using System.Net;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Attaching;

/// <summary>What attaching a node's own container does to the state. Used inside transactions.</summary>
internal static class AttachmentPlan
{
    /// <summary>A network that containers may join by hand.</summary>
    /// <exception cref="UserException">There is none, or it is not attachable.</exception>
    public static Network Find(StoreRoot root, string reference)
    {
        var network = References.Network(root, reference);
        if (network.Spec is { Attachable: false } or { Ingress: true } || network.PendingDelete)
            throw new UserException(
                ErrorCode.PermissionDenied, $"Could not attach to network {network.Spec.Name}: it is not manually attachable",
                network.Spec.Ingress ? "Publish a service's port instead."
                    : $"Make one that is: orch network create -d {network.Spec.Driver} --attachable NAME");
        return network;
    }

    /// <exception cref="UserException">The container cannot have what it asks for.</exception>
    public static void Put(Transaction tx, NodeId node, P.AttachRequest request, DateTimeOffset now)
    {
        AttachmentValidator.Validate(request);
        var id = new TaskId(request.Id);
        if (tx.Tasks.Get(id.Value) is { } known)
        {
            if (known.NodeId != node || !known.IsAttachment)
                throw UserErrors.Invalid($"task {id} is somebody else's");
            return; // The answer to an earlier call was lost.
        }

        var network = tx.Networks.Get(Find(tx.Base, request.Network).Id.Value) ?? throw UserException.NotFound("network", request.Network);
        foreach (var earlier in EarlierOf(tx, node, request.ContainerId, network.Id).ToList())
            tx.Tasks.Update(Ended(earlier, now));
        if (request.Address.Length > 0)
            CheckFree(tx, network, request.Address);
        tx.Tasks.Create(new OrchTask
        {
            Id = id,
            NodeId = node,
            Spec = SpecOf(request, network.Id),
            Status = new TaskStatus { State = TaskState.New, Message = "created", Timestamp = now },
        });
    }

    private static TaskSpec SpecOf(P.AttachRequest request, NetworkId network) => new()
    {
        Container = new ContainerSpec { Image = "" },
        Attached = new AttachedContainer(request.ContainerId, request.ContainerName, FormerOf(request)),
        Networks =
        [
            new NetworkAttachment(network.Value, [.. request.Aliases])
            {
                Addresses = request.Address,
                Options = request.Options.ToImmutableSortedDictionary(StringComparer.Ordinal),
            },
        ],
    };

    /// <summary>What is no address is none.</summary>
    private static string FormerOf(P.AttachRequest request) =>
        IPAddress.TryParse(request.FormerAddress, out var former) ? former.ToString() : "";

    /// <summary>A container has one place on a network: who asks anew is another run of it.</summary>
    private static IEnumerable<OrchTask> EarlierOf(Transaction tx, NodeId node, string container, NetworkId network) =>
        tx.Tasks.Find(Indexes.TaskNode, node.Value).Where(task =>
            task.Spec.Attached?.Id == container && !task.Status.State.IsTerminal()
            && task.Spec.Networks.Any(asked => asked.Target == network.Value));

    private static OrchTask Ended(OrchTask task, DateTimeOffset now) => task with
    {
        Status = task.Status with
        {
            State = TaskState.Complete, Message = "the container was attached anew", Error = "", Timestamp = now,
        },
    };

    private static void CheckFree(Transaction tx, Network network, string address)
    {
        AddressValidator.Within(address, network);
        if (OwnerOf(tx, network, address) is { } owner)
            throw new UserException(
                ErrorCode.InUse, $"Address already in use: {address} on network {network.Spec.Name}, by {owner}",
                "Ask for another or none.");
    }

    /// <returns>Name of the task or service that has an address; null: nobody.</returns>
    private static string? OwnerOf(Transaction tx, Network network, string address)
    {
        var task = tx.Tasks.Find(Indexes.TaskNetwork, network.Id.Value).FirstOrDefault(task =>
            !task.Status.State.IsTerminal()
            && task.Networks.Any(n => n.NetworkId == network.Id && n.Addresses.Any(Is)));
        return task?.Name ?? tx.Services.All().FirstOrDefault(service =>
            service.Endpoint?.VirtualIps.Any(vip => vip.NetworkId == network.Id && Is(vip.Address)) == true)?.Spec.Name;

        bool Is(string cidr) => cidr.Split('/')[0] == address;
    }
}
