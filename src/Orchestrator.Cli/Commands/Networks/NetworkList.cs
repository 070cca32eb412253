using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks;

internal sealed class NetworkList : Command
{
    private readonly ListFlag _filter;
    private readonly ValueFlag<string> _format;
    private readonly BoolFlag _noTrunc;
    private readonly BoolFlag _quiet;

    public NetworkList()
    {
        _filter = Flags.Filter();
        _format = Flags.Format();
        _noTrunc = Flags.NoTrunc();
        _quiet = Flags.Quiet();
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        var networks = session.Client.Get(
            $"/networks{new Query().Add(FilterFlags.ToFilters(_filter))}", ApiJson.Wire.NetworkResourceArray);
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
            new("CreatedAt", "CREATED AT", static n => UtcTimeConverter.Format(n.Created)))
        {
            Lookup = static (n, field, key) => field == "Label" ? n.Labels.GetValueOrDefault(key, "") : null,
        }.Write(session.Out, networks.OrderBy(static n => n.Name, StringComparer.Ordinal), _format.Value, _quiet);
        return 0;
    }

    private static string Truth(bool value) => value ? "true" : "false";
}
