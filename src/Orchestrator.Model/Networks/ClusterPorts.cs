namespace Orchestrator.Model;

/// <summary>Ports that nodes of a cluster listen at where nobody chose others.</summary>
public static class ClusterPorts
{
    /// <summary>TCP, of managers: calls of nodes, of other managers, of users.</summary>
    public const int Manager = 2377;

    /// <summary>TCP, of managers: the cluster's registry.</summary>
    public const int Registry = 5000;

    /// <summary>TCP: layers of images for other nodes. Swarm's nodes listen there to one another, too: firewalls made for it
    /// have it open.</summary>
    public const int Peers = 7946;

    /// <summary>UDP: VXLAN.</summary>
    public const int Vxlan = 4789;

    /// <summary>UDP: the WireGuard tunnels of encrypted overlays.</summary>
    public const int Tunnel = 51820;
}
