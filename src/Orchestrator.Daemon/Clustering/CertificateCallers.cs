using Grpc.Core;
using Orchestrator.Manager;
using Orchestrator.Model;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Callers as their certificates prove them, less the nodes that were removed.</summary>
internal sealed class CertificateCallers(PeerAuthorizer authorizer) : ICallers
{
    public Caller Of(ServerCallContext context)
    {
        var peer = authorizer.Authorize(context, NodeRole.Worker, NodeRole.Manager);
        return new Caller(peer.Id, peer.Role);
    }
}
