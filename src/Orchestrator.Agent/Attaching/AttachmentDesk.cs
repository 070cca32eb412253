using System.Collections.Concurrent;
using Grpc.Core;
using Orchestrator.Agent.Tasks;
using Orchestrator.Engine.Containers;
using Orchestrator.Model;
using Orchestrator.Network;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.Agent.Attaching;

/// <summary>
/// Asks the managers for places of this node's own containers on the cluster's networks. A place is a task, and comes as
/// tasks do: with the network it is on, which stands here before anybody is told.
/// </summary>
/// <param name="leader">Where to ask; null: no session now.</param>
internal sealed class AttachmentDesk(Func<CallInvoker?> leader, TimeProvider time) : IClusterNetworks
{
    /// <summary>Longer than the managers need for another leader.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TaskId, PendingPlace> pending = new();

    public async Task<ClusterNetwork?> FindAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            var request = new P.FindNetworkRequest { Reference = reference };
            var found = await AskAsync(
                (client, options) => client.FindNetworkAsync(request, options), cancellationToken).ConfigureAwait(false);
            return new ClusterNetwork(found.Id, found.Name);
        }
        catch (NetworkException e) when (e.Fault == NetworkFault.NotFound)
        {
            return null;
        }
    }

    public async Task<EndpointConfig> AttachAsync(
        ContainerRecord container, EndpointConfig wanted, CancellationToken cancellationToken)
    {
        CheckPaired(wanted);
        var id = new TaskId(Identifier.New());
        var place = pending[id] = new PendingPlace(container.Id);
        var request = RequestOf(id, container, wanted);
        await AskAsync((client, options) => client.AttachAsync(request, options), cancellationToken).ConfigureAwait(false);
        try
        {
            var task = await place.Given.Task.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            return TaskContainer.Endpoint(task.Networks[0], task.Id) with { Links = wanted.Links };
        }
        catch (TimeoutException)
        {
            throw Silent(wanted.NetworkId);
        }
    }

    public void Settle(string containerId)
    {
        foreach (var (id, place) in pending)
        {
            if (place.ContainerId == containerId && pending.TryRemove(id, out _))
                place.Over.TrySetResult();
        }
    }

    /// <summary>Hands a place to who asked for it.</summary>
    /// <returns>Completes when it is decided whether the container is there; null: nobody waits for it, any more.</returns>
    public Task? Give(OrchTask task)
    {
        if (!pending.TryGetValue(task.Id, out var place))
            return null;
        place.Given.TrySetResult(task);
        return place.Over.Task;
    }

    private static P.AttachRequest RequestOf(TaskId id, ContainerRecord container, EndpointConfig wanted)
    {
        var request = new P.AttachRequest
        {
            Id = id.Value,
            Network = wanted.NetworkId,
            ContainerId = container.Id,
            ContainerName = container.Name,
            Aliases = { wanted.Aliases.Prepend(container.ShortId) },
            Address = wanted.IPv4 ?? "",
        };
        request.Options.Add(wanted.Options ?? ImmutableDictionary<string, string>.Empty);
        return request;
    }

    /// <summary>All nodes know an endpoint's other addresses by the one of IPv4.</summary>
    private static void CheckPaired(EndpointConfig wanted)
    {
        if (wanted.IPv6 is not null)
            throw new NetworkException(NetworkFault.Invalid,
                $"cannot have {wanted.IPv6} on network {wanted.NetworkId}: there the address of IPv6 ends in the one of IPv4; ask for "
                + "that with --ip");
        if (!string.IsNullOrEmpty(wanted.Mac))
            throw new NetworkException(NetworkFault.Invalid,
                $"cannot have hardware address {wanted.Mac} on network {wanted.NetworkId}: there it follows from the address of IPv4; "
                + "leave out --mac-address");
    }

    /// <summary>Again, while the managers look for a leader.</summary>
    private async Task<T> AskAsync<T>(
        Func<P.Attachments.AttachmentsClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                if (leader() is { } invoker)
                    return await ask(
                        new P.Attachments.AttachmentsClient(invoker),
                        new CallOptions(deadline: DateTime.UtcNow + Patience, cancellationToken: cancellationToken));
            }
            catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
            {
                if (e.ToUser() is var refusal && !MayPass(e, refusal.Code))
                    throw new NetworkException(FaultOf(refusal.Code), refusal.Message, e);
            }

            if (time.GetElapsedTime(started) > Patience)
                throw Silent(null);
            await Task.Delay(BetweenTries, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static NetworkException Silent(string? network) => new(
        NetworkFault.Kernel,
        (network is null ? "no manager of the cluster answers" : $"the cluster did not bring network {network} to this node")
        + $" for {Patience.TotalSeconds:0} s; orch info says how its managers are");

    /// <summary>Nobody answered, or one that does not lead.</summary>
    private static bool MayPass(RpcException error, ErrorCode code) => code is ErrorCode.Unavailable or ErrorCode.NoQuorum
        || (error.StatusCode == StatusCode.FailedPrecondition && !error.IsRefusal());

    private static NetworkFault FaultOf(ErrorCode code) => code switch
    {
        ErrorCode.NotFound => NetworkFault.NotFound,
        ErrorCode.PermissionDenied => NetworkFault.Forbidden,
        ErrorCode.InvalidArgument => NetworkFault.Invalid,
        ErrorCode.InUse or ErrorCode.FailedPrecondition or ErrorCode.ResourceExhausted => NetworkFault.Conflict,
        _ => NetworkFault.Kernel,
    };

    private sealed record PendingPlace(string ContainerId)
    {
        public TaskCompletionSource<OrchTask> Given { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
