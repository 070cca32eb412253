using System.Collections.Immutable;

namespace Orchestrator.Network.Balancing;

/// <summary>What the tables of the routing mesh are to say.</summary>
/// <param name="Node">This node's address in the mesh.</param>
/// <param name="Ports">Each published by one service.</param>
internal sealed record IngressModel(string Node, ImmutableArray<IngressPort> Ports)
{
    /// <summary>Nothing is published.</summary>
    public static IngressModel Empty { get; } = new("", []);

    /// <summary>Of more tasks than there are slots each node takes others, so that all are used; but a client that is to
    /// keep its task is led to the same one by every node.</summary>
    public string SeedOf(IngressPort port) => port.IsSticky ? "ingress" : Node;
}
