using Orchestrator.Api;
using Orchestrator.Api.Swarm;

namespace Orchestrator.Cli.Commands.Nodes;

/// <summary>A node as the user names it; <c>self</c> is the one that answers.</summary>
internal static class NodeReference
{
    public static string Resolve(Session session, string name)
    {
        if (name != "self") return name;
        var swarm = session.Client.Get("/info", ApiJson.Wire.SystemInfo).Swarm;
        if (swarm.NodeID.Length > 0) return swarm.NodeID;
        // Not of a cluster: what a manager-only route says about it has the remedy.
        session.Client.Get("/nodes", ApiJson.Wire.NodeArray);
        throw new CliException("this node has no ID yet; wait until it has joined its cluster");
    }

    public static Node Get(Session session, string name) =>
        session.Client.Get($"/nodes/{Uri.EscapeDataString(Resolve(session, name))}", ApiJson.Wire.Node);

    public static void Update(Session session, Node node) => session.Client.Post(
        $"/nodes/{node.ID}/update?version={node.Version.Index}", node.Spec, ApiJson.Wire.NodeSpec);
}
