namespace Orchestrator.Network;

/// <summary>What kind of refusal a <see cref="NetworkException"/> is; the API maps it to a status.</summary>
public enum NetworkFault
{
    Invalid,
    NotFound,
    Conflict,
    Forbidden,
    InUse,
    PortTaken,
    Kernel,
}

/// <summary>A request that cannot be carried out; the message is one line for the user, with the remedy.</summary>
#pragma warning disable CA1032 // Without its kind it could not be mapped to a status.
public sealed class NetworkException(NetworkFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public NetworkFault Fault { get; } = fault;

    /// <summary>Of a port that is taken: for whom orch-net holds it; empty: for nobody.</summary>
    internal string Holder { get; init; } = "";
}
