using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Running;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Swarm;
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
        routes.MapGet("/pipes/commands", ListCommandsAsync);
        routes.MapDelete("/containers/{id}/network/commands/{number}", ForgetCommandAsync);
        routes.MapPost("/containers/{id}/network/wait", WaitAsync);
    }

    private async Task ListAsync(HttpContext http) => await http.WriteJsonAsync(
        [.. pipes.List().Select(one => View(one.Pipe, one.Container))], Json.PipeArray);

    private async Task AddAsync(HttpContext http)
    {
        var request = await http.ReadJsonAsync(Json.PipeRequest);
        var config = PipeWords.Parse(PipeSpecReader.Read(request), request.Address);
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
        var output = await network.RunCommandAsync(
            pipes.Running(http.Route("id")), command, request.Words, keep: !request.Once, http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.NetworkWordsResponse { Output = output }, Json.NetworkWordsResponse);
    }

    private async Task ListCommandsAsync(HttpContext http)
    {
        var list = new List<Api.KeptCommand>();
        foreach (var (commands, container, runs) in pipes.ListCommands())
        {
            var inForce = await network.ListCommandsInForceAsync(commands.ContainerId, http.RequestAborted);
            list.AddRange(commands.Commands.Select(command => new Api.KeptCommand
            {
                ContainerID = commands.ContainerId,
                Container = container,
                Number = command.Number,
                Tool = command.Tool,
                Words = [.. command.Words],
                State = inForce.Contains(command.Number) ? "in force" : runs ? "failed" : "down",
            }));
        }

        await http.WriteJsonAsync([.. list], Json.KeptCommandArray);
    }

    private async Task ForgetCommandAsync(HttpContext http)
    {
        if (!int.TryParse(http.Route("number"), CultureInfo.InvariantCulture, out var number))
            throw EngineException.Invalid($"{http.Route("number")} is no number; orch network kept ls has them");
        await pipes.ForgetCommandAsync(http.Route("id"), number, http.RequestAborted);
        http.NoContent();
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
