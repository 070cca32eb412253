using Grpc.Core;
using Orchestrator.Model;

namespace Orchestrator.Manager;

/// <summary>Who makes a call, as its certificate proves.</summary>
public sealed record Caller(NodeId Node, NodeRole Role);

/// <summary>Reads the caller from the transport; the daemon supplies it with the certificates it trusts.</summary>
public interface ICallers
{
    /// <exception cref="RpcException">Unauthenticated: no certificate of this cluster.</exception>
    Caller Of(ServerCallContext context);
}

/// <summary>Connections to other managers with mutual TLS, kept and shared; the daemon supplies them.</summary>
public interface ILeaderChannels
{
    /// <param name="address">HOST:PORT.</param>
    CallInvoker Get(string address);
}
