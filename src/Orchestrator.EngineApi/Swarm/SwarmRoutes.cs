using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>/swarm: founding, joining and leaving a cluster, and its settings.</summary>
internal sealed class SwarmRoutes(ControlCalls control)
{
    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/swarm", InspectAsync);
        routes.MapPost("/swarm/init", InitAsync);
        routes.MapPost("/swarm/join", JoinAsync);
        routes.MapPost("/swarm/leave", LeaveAsync);
        routes.MapPost("/swarm/update", UpdateAsync);
        routes.MapPost("/swarm/unlock", UnlockAsync);
        routes.MapGet("/swarm/unlockkey", UnlockKeyAsync);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var cluster = await GetAsync(http);
        await http.WriteJsonAsync(
            ClusterViews.Fill(
                new Dto.SwarmInspect
                {
                    JoinTokens = new Dto.JoinTokens
                    {
                        Worker = cluster.RootCa.WorkerToken,
                        Manager = cluster.RootCa.ManagerToken,
                    },
                },
                cluster),
            Json.SwarmInspect);
    }

    private async Task InitAsync(HttpContext http)
    {
        var request = ClusterViews.Read(await http.ReadJsonAsync(Json.SwarmInitRequest));
        await http.WriteJsonAsync(await control.Node.InitAsync(request, http.RequestAborted), Json.String);
    }

    private async Task JoinAsync(HttpContext http)
    {
        var request = ClusterViews.Read(await http.ReadJsonAsync(Json.SwarmJoinRequest));
        await control.Node.JoinAsync(request, http.RequestAborted);
    }

    private Task LeaveAsync(HttpContext http) => control.Node.LeaveAsync(http.Flag("force"), http.RequestAborted);

    private async Task UpdateAsync(HttpContext http)
    {
        SpecFields.Refuse(http.Flag("rotateManagerUnlockKey"), "autolock");
        var request = await http.ReadJsonAsync(Json.SwarmSpec);
        var spec = ClusterViews.Read(request, (await GetAsync(http)).Spec);
        await control.CallAsync(c => c.UpdateClusterAsync(
            new UpdateClusterRequest
            {
                Version = http.Version(),
                Spec = spec.ToProto(),
                RotateWorkerToken = http.Flag("rotateWorkerToken"),
                RotateManagerToken = http.Flag("rotateManagerToken"),
                RotateNetworkKeys = http.Flag("rotateNetworkKeys"),
            },
            cancellationToken: http.RequestAborted));
    }

    private static Task UnlockAsync(HttpContext http) =>
        throw new UserException(Model.ErrorCode.FailedPrecondition, "swarm is not locked");

    /// <summary>Empty: autolock is off, docker's clients say so then.</summary>
    private async Task UnlockKeyAsync(HttpContext http)
    {
        await GetAsync(http);
        await http.WriteJsonAsync(new Dto.SwarmUnlockKeyResponse(), Json.SwarmUnlockKeyResponse);
    }

    private async Task<Model.Cluster> GetAsync(HttpContext http)
    {
        var response = await control.CallAsync(
            c => c.GetClusterAsync(new GetClusterRequest(), cancellationToken: http.RequestAborted));
        return response.Cluster.ToModel();
    }
}
