using Orchestrator.Images;
using Orchestrator.Registry.Replication;
using Orchestrator.Store.Host;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The registries of the other voters of the replicated log: a majority is of those.</summary>
internal sealed class ManagerPeers(RaftHost raft, HttpMessageHandler handler) : IRegistryPeers
{
    public HttpMessageHandler Handler => handler;

    public IReadOnlyList<Uri> Others => raft.Members is { Count: > 0 } members
        ? [.. members.Where(m => m.Member.IsVoter && m.Member.RaftId != raft.Self.RaftId)
            .Select(m => new Uri($"https://{Addresses.Join(Addresses.HostOf(m.Member.Address), ClusterRegistry.Port)}"))]
        : throw new ImageException(
            ImageError.Unavailable, "this manager does not know the others yet: try again in a moment");
}
