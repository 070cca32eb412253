using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkList : ListCommand
{
    private readonly BoolFlag _noTrunc;

    public NetworkList() => _noTrunc = Flags.NoTrunc();

    public override int Run(Session session, List<string> args)
    {
        var networks = session.Client.Get(
            $"/networks{new Query().Add(FilterFlags.ToFilters(Filter))}", ApiJson.Wire.NetworkResourceArray);
        new Listing<NetworkResource>(
            ["ID", "Name", "Driver", "Scope"],
            new("ID", "NETWORK ID", n => Text.Id(n.Id, _noTrunc)),
            new("Name", "NAME", static n => n.Name),
            new("Driver", "DRIVER", static n => n.Driver),
            new("Scope", "SCOPE", static n => n.Scope),
            new("IPv4", "IPV4", static n => Truth(n.EnableIPv4)),
            new("IPv6", "IPV6", static n => Truth(n.EnableIPv6)),
            new("Internal", "INTERNAL", static n => Truth(n.Internal)),
            new("Labels", "LABELS", static n => Text.Join(n.Labels)),
            new("CreatedAt", "CREATED AT", static n => GoTime.Text(UtcTimeConverter.Format(n.Created))))
        {
            Raw = "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
            RawQuiet = "network_id: {{.ID}}",
            Lookup = static (n, field, key) => field == "Label" ? n.Labels.GetValueOrDefault(key, "") : null,
        }.Write(session.Out, networks.OrderBy(static n => n.Name, StringComparer.Ordinal), DefaultFormat.Of(session, Format, "networksFormat", Quiet), Quiet);
        return 0;
    }

    private static string Truth(bool value) => value ? "true" : "false";
}
