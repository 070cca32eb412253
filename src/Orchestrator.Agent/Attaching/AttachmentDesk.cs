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
    /// <summary>For all of one question; longer than the managers need for another leader.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TaskId, PendingPlace> pending = new();

    public Task<ClusterNetwork?> FindAsync(string reference, CancellationToken cancellationToken) =>
        InTimeAsync(reference, token => FindPatientlyAsync(reference, token), cancellationToken);

    public Task<EndpointConfig> AttachAsync(
        ContainerRecord container, EndpointConfig wanted, string? former, CancellationToken cancellationToken)
    {
        CheckPaired(wanted);
        return InTimeAsync(
            wanted.NetworkId, token => AttachPatientlyAsync(container, wanted, former, token), cancellationToken);
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

    private async Task<ClusterNetwork?> FindPatientlyAsync(string reference, CancellationToken cancellationToken)
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

    private async Task<EndpointConfig> AttachPatientlyAsync(
        ContainerRecord container, EndpointConfig wanted, string? former, CancellationToken cancellationToken)
    {
        var id = new TaskId(Identifier.New());
        var place = pending[id] = new PendingPlace(container.Id);
        var request = RequestOf(id, container, wanted, former);
        await AskAsync((client, options) => client.AttachAsync(request, options), cancellationToken).ConfigureAwait(false);
        var task = await place.Given.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return TaskContainer.Endpoint(task.Networks[0], task.Id) with { Links = wanted.Links };
    }

    private static P.AttachRequest RequestOf(
        TaskId id, ContainerRecord container, EndpointConfig wanted, string? former)
    {
        var request = new P.AttachRequest
        {
            Id = id.Value,
            Network = wanted.NetworkId,
            ContainerId = container.Id,
            ContainerName = container.Name,
            Aliases = { wanted.Aliases.Prepend(container.ShortId) },
            Address = wanted.IPv4 ?? "",
            FormerAddress = former ?? "",
        };
        request.Options.Add(wanted.Options ?? ImmutableDictionary<string, string>.Empty);
        return request;
    }

    /// <summary>All nodes know an endpoint's other addresses by the one of IPv4.</summary>
    private static void CheckPaired(EndpointConfig wanted)
    {
        if (wanted.IPv6 is not null)
            throw new NetworkException(NetworkFault.Invalid,
                $"cannot have {wanted.IPv6} on network {wanted.NetworkId}: there the address of IPv6 ends in the one of IPv4; "
                + "ask for that with --ip");
        if (!string.IsNullOrEmpty(wanted.Mac))
            throw new NetworkException(NetworkFault.Invalid,
                $"cannot have hardware address {wanted.Mac} on network {wanted.NetworkId}: there it follows from the address of "
                + "IPv4; leave out --mac-address");
    }

    private async Task<T> InTimeAsync<T>(
        string network, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NetworkException(
                NetworkFault.Kernel,
                $"the managers of the cluster did not answer for network {network} in {Patience.TotalSeconds:0} s; orch info says "
                + "how they are");
        }
    }

    /// <summary>Again and again, while the managers look for a leader.</summary>
    private async Task<T> AskAsync<T>(
        Func<P.Attachments.AttachmentsClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (leader() is { } invoker)
                    return await ask(
                        new P.Attachments.AttachmentsClient(invoker), new CallOptions(cancellationToken: cancellationToken));
            }
            catch (RpcException e) when (IsFinal(e))
            {
                var refusal = e.ToUser();
                throw new NetworkException(
                    FaultOf(refusal.Code), refusal.Message is { Length: > 0 } words ? words : $"{e.StatusCode}", e);
            }
            catch (RpcException)
            {
                // Nobody answered, or one that does not lead, or that ended meanwhile; or it is too late, as the next line says.
            }

            await Task.Delay(BetweenTries, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>It would be answered so again.</summary>
    private static bool IsFinal(RpcException error) => error.IsRefusal()
        ? error.ToUser().Code is not (ErrorCode.Unavailable or ErrorCode.NoQuorum)
        : error.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied;

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
