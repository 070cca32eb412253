using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine.Running;
using Orchestrator.EngineApi.Http;
using Orchestrator.Network;
using Orchestrator.Network.Pipes;

namespace Orchestrator.EngineApi.Networks;

/// <summary>Pipes of this node's containers. Routes of ours: docker has pipework for it.</summary>
internal sealed class PipeRoutes(EngineApiContext context)
{
    private readonly NodeNetwork network = context.Engine.Network;
    private readonly ContainerPipes pipes = context.Engine.Pipes;

    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/pipes", ListAsync);
        routes.MapPost("/containers/{id}/pipes", AddAsync);
        routes.MapDelete("/containers/{id}/pipes/{interface}", RemoveAsync);
        foreach (var command in (string[])["route", "rule", "tc"])
            routes.MapPost($"/containers/{{id}}/network/{command}", http => CommandAsync(http, command));
        routes.MapPost("/containers/{id}/network/wait", WaitAsync);
    }

    private async Task ListAsync(HttpContext http) => await http.WriteJsonAsync(
        [.. pipes.List().Select(one => View(one.Pipe, one.Container))], Json.PipeArray);

    private async Task AddAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.PipeRequest);
        var config = PipeWords.Parse(
            new PipeConfig
            {
                HostInterface = request.HostInterface,
                DirectPhys = request.DirectPhys,
                InterfaceName = request.Interface,
                LocalName = request.LocalInterface,
            },
            request.Address, request.MacAndVlan, request.Family);
        var pipe = await pipes.AddAsync(http.Route("id"), config, http.RequestAborted);
        await http.WriteJsonAsync(View(pipe, ""), Json.Pipe, StatusCodes.Status201Created);
    }

    private async Task RemoveAsync(HttpContext http)
    {
        await pipes.RemoveAsync(http.Route("id"), http.Route("interface"), http.RequestAborted);
        http.NoContent();
    }

    private async Task CommandAsync(HttpContext http, string command)
    {
        var request = await http.ReadJsonAsync(Json.NetworkWordsRequest);
        var output = network.RunCommand(
            pipes.Running(http.Route("id")), command, request.Words);
        await http.WriteJsonAsync(
            new Api.NetworkWordsResponse { Output = output }, Json.NetworkWordsResponse);
    }

    private async Task WaitAsync(HttpContext http)
    {
        await network.WaitForLinkAsync(
            pipes.Running(http.Route("id")), http.Query("interface"),
            TimeSpan.FromSeconds(http.Number("seconds") ?? 0), http.RequestAborted);
        http.NoContent();
    }

    private Api.Pipe View(Pipe pipe, string container) => new()
    {
        ContainerID = pipe.ContainerId,
        Container = container,
        Interface = pipe.Config.InterfaceName,
        HostInterface = pipe.Config.HostInterface,
        Kind = pipe.Kind.ToString().ToLowerInvariant(),
        HostLink = pipe.HostLink,
        Dhcp = pipe.Config.Dhcp,
        LeaseExpires = pipe.Lease?.Expire,
        Address = pipe.Lease?.Address ?? pipe.Config.Address,
        Gateway = pipe.Lease?.Router ?? pipe.Config.Gateway,
        MacAddress = pipe.Config.Mac.Length > 0 ? pipe.Config.Mac : pipe.Mac,
        Vlan = pipe.Config.Vlan,
        State = network.IsPlugged(pipe) ? "up" : pipe.Fault.Length > 0 ? "failed" : "down",
        Fault = pipe.Fault,
        Created = pipe.Created,
    };
}
