using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Nodes;

internal sealed class NodeList : ListCommand
{
    public override int Run(Session session, List<string> args)
    {
        var nodes = session.Client.Get(
            $"/nodes{new Query().Add(FilterFlags.ToFilters(Filter))}", ApiJson.Wire.NodeArray);
        var info = Quiet ? new SystemInfo() : session.Client.Get("/info", ApiJson.Wire.SystemInfo);
        var rows = nodes.OrderBy(static n => n.Description.Hostname ?? "", Services.NaturalOrder.Instance);
        var format = DefaultFormat.Of(session, Format, "nodesFormat", Quiet);
        Listing(info.Swarm).Write(session.Out, rows, format, Quiet);
        return 0;
    }

    private static Listing<Node> Listing(SwarmInfo swarm) => new(
        ["{{.ID}} {{if .Self}}*{{else}} {{end}}", "Hostname", "Status", "Availability", "ManagerStatus", "EngineVersion"],
        new("ID", "ID", static n => n.ID),
        new("Self", "", n => n.ID == swarm.NodeID ? "true" : "false") { IsTruth = true },
        new("Hostname", "HOSTNAME", static n => n.Description.Hostname ?? ""),
        new("Status", "STATUS", static n => Text.Capitalize(n.Status.State)),
        new("Availability", "AVAILABILITY", static n => Text.Capitalize(n.Spec.Availability)),
        new("ManagerStatus", "MANAGER STATUS", static n => n.ManagerStatus is null ? ""
            : n.ManagerStatus.Leader == true ? "Leader" : Text.Capitalize(n.ManagerStatus.Reachability)),
        new("TLSStatus", "TLS STATUS", n => TlsStatus(n, swarm)),
        new("EngineVersion", "ENGINE VERSION", static n => n.Description.Engine.EngineVersion ?? ""));

    private static string TlsStatus(Node node, SwarmInfo swarm)
    {
        if (swarm.Cluster is null || node.Description.TLSInfo.CertIssuerSubject is null) return "Unknown";
        return node.Description.TLSInfo.TrustRoot == swarm.Cluster.TLSInfo.TrustRoot ? "Ready" : "Needs Rotation";
    }
}
