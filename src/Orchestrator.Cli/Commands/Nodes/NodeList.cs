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
        if (format is "" or "table" && !Quiet)
            Listing(info.Swarm, withSelf: true).Write(session.Out, rows);
        else Listing(info.Swarm, withSelf: false).Write(session.Out, rows, format, Quiet);
        return 0;
    }

    /// <param name="withSelf">The default table marks this node behind its ID; elsewhere an ID is an ID.</param>
    private static Listing<Node> Listing(SwarmInfo swarm, bool withSelf) => new(
        ["ID", "Hostname", "Status", "Availability", "ManagerStatus", "EngineVersion"],
        new("ID", "ID", n => withSelf ? $"{n.ID} {(n.ID == swarm.NodeID ? "*" : " ")}" : n.ID),
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
