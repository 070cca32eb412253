using Grpc.Core;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;

namespace Orchestrator.Manager.Images;

/// <summary>Takes changes of the registry's names from other managers, while this one leads.</summary>
public sealed class RegistryNamesService : P.RegistryNames.RegistryNamesBase
{
    private readonly ObjectStore store;
    private readonly ICallers callers;

    internal RegistryNamesService(ObjectStore store, ICallers callers) =>
        (this.store, this.callers) = (store, callers);

    public override async Task<P.NamesChanged> Change(P.NamesChange request, ServerCallContext context)
    {
        if (callers.Of(context).Role != NodeRole.Manager)
            throw new RpcException(new Status(StatusCode.PermissionDenied, "for managers only"));
        try
        {
            var done = await store.UpdateAsync(tx => NamesRules.Apply(tx, request), context.CancellationToken);
            return new P.NamesChanged { Found = done.Value };
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
