using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Security;

namespace Orchestrator.Manager;

/// <summary>Who makes a call, as its certificate proves.</summary>
public sealed record Caller(NodeId Node, NodeRole Role);

/// <summary>Reads the caller from the transport; the daemon supplies it with the certificates it trusts.</summary>
public interface ICallers
{
    /// <exception cref="RpcException">Unauthenticated: no certificate of this cluster.</exception>
    Caller Of(ServerCallContext context);
}

/// <summary>Callers by the certificates of their connections.</summary>
public sealed class CertificateCallers(PeerAuthorizer authorizer) : ICallers
{
    public Caller Of(ServerCallContext context)
    {
        var peer = authorizer.Authorize(context, NodeRole.Worker, NodeRole.Manager);
        return new Caller(peer.Id, peer.Role);
    }
}

/// <summary>Connections to other managers with mutual TLS, kept and shared; the daemon supplies them.</summary>
public interface ILeaderChannels
{
    /// <param name="address">HOST:PORT.</param>
    CallInvoker Get(string address);
}
