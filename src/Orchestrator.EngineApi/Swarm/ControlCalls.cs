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

    public IClusterNode Node => cluster ?? throw NoManager();

    /// <summary>True where swarm routes are answered.</summary>
    public async Task<bool> IsManagerAsync() => cluster is not null && await cluster.ControlAsync() is not null;

    public async Task<Logs.LogsClient> LogsAsync() => new(await InvokerAsync());

    public async Task<Diagnosis.DiagnosisClient> DiagnosisAsync() => new(await InvokerAsync());

    /// <exception cref="UserException">The cluster refused, or this node is no manager.</exception>
    public async Task<T> CallAsync<T>(Func<Control.ControlClient, AsyncUnaryCall<T>> call)
    {
        try
        {
            return await call(new Control.ControlClient(await InvokerAsync()));
        }
        catch (RpcException e)
        {
            throw e.ToUser();
        }
    }

    private async Task<CallInvoker> InvokerAsync() =>
        (cluster is null ? null : await cluster.ControlAsync()) ?? throw NoManager();

    private UserException NoManager() => cluster?.Info switch
    {
        { State: ClusterNodeState.Pending, IsManager: true } info => new(
            Model.ErrorCode.Unavailable, $"This manager has not started. {info.Error}".TrimEnd(),
            "Try again in a few seconds, or on another manager."),
        { State: ClusterNodeState.Active or ClusterNodeState.Pending } => new(Model.ErrorCode.Unavailable, Worker),
        _ => new(Model.ErrorCode.Unavailable, NotInCluster),
    };
}
