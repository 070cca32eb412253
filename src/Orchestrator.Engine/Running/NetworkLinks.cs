using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Running;

/// <summary>The network of one run.</summary>
/// <param name="Namespace">File of the namespace to join; empty for the host's; null: the runtime makes it.</param>
internal sealed record NetworkLinks(
    string? Namespace,
    IReadOnlyList<NetworkConnection> Connections,
    IReadOnlyList<PortBinding> Ports,
    SandboxFiles? Files)
{
    /// <summary>The host's own stack; names are those of the host's files.</summary>
    public static NetworkLinks OfHost(IReadOnlyList<NetworkConnection> connections) => new("", connections, [], null);

    /// <summary>To be linked once the runtime has made the namespace: it shall belong to the container's users.
    /// </summary>
    public static NetworkLinks Later { get; } = new(null, [], [], null);

    public static NetworkLinks OfContainer(string path, SandboxFiles? files) => new(path, [], [], files);
}
