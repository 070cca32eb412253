using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

internal sealed class PipeList : Command
{
    private readonly ValueFlag<string> _format;

    public PipeList() => _format = Flags.Format();

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples =>
        ["orch network pipe ls", "orch network pipe ls --format '{{.Container}} {{.Interface}}'"];

    public override int Run(Session session, List<string> args)
    {
        new Listing<Pipe>(
            ["Container", "Interface", "HostInterface", "Vlan", "Kind", "Address", "Gateway", "MacAddress", "State"],
            new("Container", "CONTAINER", static p => p.Container.Length > 0 ? p.Container : p.ContainerID[..12]),
            new("Interface", "INTERFACE", static p => p.Interface),
            new("HostInterface", "HOST INTERFACE", static p => p.HostInterface),
            new("Vlan", "VLAN", static p => p.Vlan),
            new("Kind", "KIND", static p => p.Kind),
            new("Address", "ADDRESS", static p => p.Dhcp ? $"{p.Address} (dhcp)".TrimStart() : p.Address),
            new("Gateway", "GATEWAY", static p => p.Gateway),
            new("MacAddress", "MAC ADDRESS", static p => p.MacAddress),
            new("State", "STATE", static p => p.Fault.Length > 0 ? $"{p.State}: {p.Fault}" : p.State),
            new("HostLink", "HOST LINK", static p => p.HostLink),
            new("ContainerID", "CONTAINER ID", static p => p.ContainerID))
        {
            Raw = "container: {{.Container}}\ninterface: {{.Interface}}\naddress: {{.Address}}\nstate: {{.State}}\n",
        }.Write(session.Out, session.Client.Get("/pipes", ApiJson.Wire.PipeArray), _format.Value);
        return 0;
    }
}
