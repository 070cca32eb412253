using Grpc.Core;

namespace Orchestrator.Agent.Sessions;

/// <summary>Connections to managers with mutual TLS, kept and shared; the daemon supplies them.</summary>
public interface IManagerChannels
{
    /// <param name="address">HOST:PORT.</param>
    CallInvoker Get(string address);
}
