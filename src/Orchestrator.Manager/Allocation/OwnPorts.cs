using Orchestrator.Model;

namespace Orchestrator.Manager.Allocation;

/// <summary>
/// Ports that nodes listen at themselves, so that no service is published there. Pure.
/// </summary>
/// <remarks>
/// A published port answers on every node, and every worker may become a manager: so each port counts of which the managers
/// know, whether or not a node listens there today. What one node was configured with (its API, its plain registry) they do
/// not know; that node's doctor tells of it.
/// </remarks>
internal static class OwnPorts
{
    /// <param name="cluster">Null: there is none yet.</param>
    /// <returns>Whose a port is, as <c>port '2377/tcp' is …</c> goes on; null: nobody's.</returns>
    public static string? OwnerOf(
        PortProtocol protocol, int port, IEnumerable<Node> nodes, Cluster? cluster) => (protocol, port) switch
    {
        (PortProtocol.Tcp, ClusterPorts.Manager) => "where managers answer nodes and users",
        (PortProtocol.Tcp, ClusterPorts.Registry) => "where managers serve the cluster's registry",
        (PortProtocol.Tcp, ClusterPorts.Peers) => "where nodes give one another layers of images",
        (PortProtocol.Udp, _) when port == (cluster?.Spec.DataPathPort ?? ClusterPorts.Vxlan) =>
            "where nodes take one another's packets of overlays",
        // Whoever makes an encrypted network later would find it taken on every node.
        (PortProtocol.Udp, ClusterPorts.Tunnel) => "where nodes take one another's packets of encrypted overlays",
        (PortProtocol.Tcp, _) when nodes.Any(node => PortOf(node.Manager?.Address) == port) => "where managers answer nodes and users",
        _ => null,
    };

    /// <param name="address">HOST:PORT.</param>
    private static int? PortOf(string? address) =>
        address is not null && int.TryParse(address.AsSpan(address.LastIndexOf(':') + 1), out var port) ? port : null;
}
