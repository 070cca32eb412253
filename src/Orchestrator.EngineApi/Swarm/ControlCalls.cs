using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>Calls of the cluster's control service, from a route: its refusals come out as the user's errors.</summary>
internal sealed class ControlCalls(IClusterNode? cluster)
{
    public const string NotInCluster =
        "This node is not a swarm manager. Use \"orch swarm init\" or \"orch swarm join\" to connect "
        + "this node to swarm and try again.";

    private const string Worker =
        "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. "
        + "Please run this command on a manager node or promote the current node to a manager.";

    /// <summary>True where swarm routes are answered.</summary>
    public bool IsManager => cluster?.Control is not null;

    public IClusterNode Node => cluster ?? throw NoManager();

    public Logs.LogsClient Logs => new(Invoker);

    public Diagnosis.DiagnosisClient Diagnosis => new(Invoker);

    private CallInvoker Invoker => cluster?.Control ?? throw NoManager();

    /// <exception cref="UserException">The cluster refused, or this node is no manager.</exception>
    public async Task<T> CallAsync<T>(Func<Control.ControlClient, AsyncUnaryCall<T>> call)
    {
        try
        {
            return await call(new Control.ControlClient(Invoker));
        }
        catch (RpcException e)
        {
            throw e.ToUser();
        }
    }

    private UserException NoManager() => new(Model.ErrorCode.Unavailable,
        cluster?.Info.State is ClusterNodeState.Active or ClusterNodeState.Pending ? Worker : NotInCluster);
}
