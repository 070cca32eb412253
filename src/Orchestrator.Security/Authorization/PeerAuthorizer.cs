using Grpc.Core;

namespace Orchestrator.Security;

/// <summary>Decides who may make a call, by the certificate the connection was made with.</summary>
/// <param name="identity">Of which cluster callers must be.</param>
/// <param name="isBlacklisted">Whether a node was removed: its certificate is still valid, but counts no more.</param>
public sealed class PeerAuthorizer(IdentitySource identity, Func<NodeId, bool> isBlacklisted)
{
    /// <summary>The caller, if its role is among <paramref name="roles"/>.</summary>
    /// <remarks>
    /// For a call that a manager passes on, the caller is the one it names (<see cref="ForwardedPeer"/>).
    /// </remarks>
    /// <exception cref="RpcException">
    /// Unauthenticated: no certificate. PermissionDenied: not that role, or removed.
    /// </exception>
    public PeerIdentity Authorize(ServerCallContext context, params ReadOnlySpan<NodeRole> roles)
    {
        var peer = TryAuthenticate(context)
            ?? throw new RpcException(new Status(
                StatusCode.Unauthenticated, $"{context.Method} needs a node's certificate. Join the cluster first."));
        if (roles.Contains(peer.Role))
            return peer;
        throw new RpcException(new Status(
            StatusCode.PermissionDenied,
            $"{context.Method} is not for a {peer.Role.ToWord()}. Promote it: orch node promote {peer.Id}"));
    }

    /// <summary>The caller, or null when it showed no certificate.</summary>
    /// <exception cref="RpcException">PermissionDenied: its node was removed from the cluster.</exception>
    public PeerIdentity? TryAuthenticate(ServerCallContext context)
    {
        // The handshake has verified the chain; the root may have changed since, the cluster not.
        var certificate = context.GetHttpContext().Connection.ClientCertificate;
        if (certificate is null || PeerIdentity.Read(certificate) is not { } direct)
            return null;
        if (direct.Cluster != identity.Current.Cluster)
            throw Denied($"Node {direct.Id} is of cluster {direct.Cluster}, not {identity.Current.Cluster}.");
        CheckNotRemoved(direct);
        if (ForwardedPeer.Read(context.RequestHeaders) is not { } forwarded)
            return direct;
        if (direct.Role != NodeRole.Manager)
            throw Denied($"Node {direct.Id} is no manager and may not pass calls on.");
        var peer = forwarded with { Cluster = direct.Cluster };
        CheckNotRemoved(peer);
        return peer;
    }

    private void CheckNotRemoved(PeerIdentity peer)
    {
        if (isBlacklisted(peer.Id))
            throw Denied(
                $"Node {peer.Id} was removed from the cluster. Join anew: orch swarm leave --force, orch swarm join.");
    }

    private static RpcException Denied(string detail) => new(new Status(StatusCode.PermissionDenied, detail));
}
