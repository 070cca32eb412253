using Grpc.Core;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Attaching;

/// <summary>Gives containers that no service runs their places on attachable networks, while this manager leads.</summary>
/// <remarks>Each place is a task that is bound to its node from the start: addresses, assignment and report go the way of
/// any other task's.</remarks>
public sealed class AttachmentsService : P.Attachments.AttachmentsBase
{
    /// <summary>As long as something that stands in the way may still pass, such as a network that grows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ObjectStore store;
    private readonly ICallers callers;
    private readonly TimeProvider time;

    internal AttachmentsService(ObjectStore store, ICallers callers, TimeProvider time) =>
        (this.store, this.callers, this.time) = (store, callers, time);

    public override Task<P.FindNetworkResponse> FindNetwork(P.FindNetworkRequest request, ServerCallContext context) =>
        AnswerAsync(async () =>
        {
            callers.Of(context);
            var network = AttachmentPlan.Find(await store.ViewCurrentAsync(context.CancellationToken), request.Reference);
            return new P.FindNetworkResponse { Id = network.Id.Value, Name = network.Spec.Name };
        });

    public override Task<P.AttachResponse> Attach(P.AttachRequest request, ServerCallContext context) =>
        AnswerAsync(async () =>
        {
            var node = callers.Of(context).Node;
            await store.UpdateAsync(
                tx => AttachmentPlan.Put(tx, node, request, time.GetUtcNow()), context.CancellationToken);
            await WaitForPlaceAsync(request.Id, context.CancellationToken);
            return new P.AttachResponse();
        });

    /// <summary>Until allocator and scheduler are done with it.</summary>
    /// <exception cref="UserException">They did not come to an end; the task is gone.</exception>
    private async Task WaitForPlaceAsync(string id, CancellationToken cancellationToken)
    {
        OrchTask? seen = null;
        try
        {
            using var late = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            await foreach (var root in store.FollowAsync([ObjectKind.Task], either.Token))
            {
                seen = root.Tasks.Get(id);
                if (seen is null || seen.Status.State >= TaskState.Assigned)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // Too late, or nobody waits any more: either way it is not to be.
        }

        if (seen?.Status.State is >= TaskState.Assigned and <= TaskState.Running)
            return;
        await store.UpdateAsync(tx => Withdraw(tx, id), CancellationToken.None);
        throw new UserException(
            ErrorCode.FailedPrecondition,
            seen?.Status.Error is { Length: > 0 } obstacle ? obstacle : "the managers gave the container no place in time");
    }

    private static void Withdraw(Store.Transactions.Transaction tx, string id)
    {
        if (tx.Tasks.Get(id) is not null)
            tx.Tasks.Delete(id);
    }

    private async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (NotLeaderException)
        {
            throw LeaderGate.NotLeader(store.Log);
        }
        catch (Exception e) when (UserErrors.Of(e) is { } error)
        {
            throw error.ToRpc();
        }
    }
}
