using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServiceList : ListCommand
{
    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("status", "true").Add(FilterFlags.ToFilters(Filter));
        var services = session.Client.Get($"/services{query}", ApiJson.Wire.ServiceArray);
        new Listing<Service>(
            ["ID", "Name", "Mode", "Replicas", "Image", "Ports"],
            new("ID", "ID", static s => Text.ShortId(s.ID)),
            new("Name", "NAME", static s => s.Spec.Name ?? ""),
            new("Mode", "MODE", static s => ServiceText.Mode(s.Spec.Mode)),
            new("Replicas", "REPLICAS", ServiceText.Replicas),
            new("Image", "IMAGE", static s => ServiceText.Image(s.Spec.TaskTemplate.ContainerSpec?.Image)),
            new("Ports", "PORTS", static s => ServiceText.Ports(s.Endpoint.Ports)))
            .Write(
                session.Out, services.OrderBy(static s => s.Spec.Name, StringComparer.Ordinal), DefaultFormat.Of(session, Format, "servicesFormat", Quiet), Quiet);
        return 0;
    }
}
