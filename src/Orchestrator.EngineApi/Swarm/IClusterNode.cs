using Grpc.Core;
using Orchestrator.Model;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>
/// This node's part in a cluster, as the Engine API's swarm routes need it. The daemon implements it.
/// </summary>
/// <remarks>Refusals are <see cref="UserException"/>, in docker's words where docker has words.</remarks>
public interface IClusterNode
{
    ClusterNodeInfo Info { get; }

    /// <summary>
    /// The control service as this manager serves it (a follower forwards to the leader), along with the log service;
    /// null unless this node is a manager. A manager that is just starting is waited for, some seconds.
    /// </summary>
    Task<CallInvoker?> ControlAsync();

    /// <summary>Makes a cluster of one manager: this node.</summary>
    /// <returns>The node's id.</returns>
    Task<string> InitAsync(ClusterInit request, CancellationToken cancellationToken);

    /// <summary>Joins an existing cluster in the role of the token. Returns once the node is active.</summary>
    Task JoinAsync(ClusterJoin request, CancellationToken cancellationToken);

    /// <param name="force">Also as a manager, even if that costs the quorum.</param>
    Task LeaveAsync(bool force, CancellationToken cancellationToken);
}

/// <summary>Docker's LocalNodeState.</summary>
public enum ClusterNodeState
{
    Inactive,
    Pending,
    Active,
    Error,
    Locked,
}

public sealed record ClusterNodeInfo
{
    public ClusterNodeState State { get; init; }

    public string NodeId { get; init; } = "";

    public string ClusterId { get; init; } = "";

    /// <summary>Address, without port, that the node advertises.</summary>
    public string NodeAddress { get; init; } = "";

    public bool IsManager { get; init; }

    /// <summary>One line; empty while all is well.</summary>
    public string Error { get; init; } = "";

    /// <summary>Managers the node knows, itself included when it is one.</summary>
    public IReadOnlyList<RemoteManager> Managers { get; init; } = [];
}

/// <param name="Address">HOST:PORT of its gRPC server.</param>
public sealed record RemoteManager(string NodeId, string Address);

/// <param name="ListenAddress">ADDRESS:PORT or an interface's name; empty: 0.0.0.0:2377.</param>
/// <param name="AdvertiseAddress">ADDRESS[:PORT] or an interface's name; empty: the only one this host has.</param>
/// <param name="DataPathAddress">Address or interface for VXLAN; empty: the advertised one.</param>
public sealed record ClusterInit(
    string ListenAddress, string AdvertiseAddress, string DataPathAddress, bool ForceNewCluster,
    NodeAvailability Availability, ClusterSpec Spec);

/// <param name="RemoteAddresses">HOST:PORT of managers, any of them will do.</param>
public sealed record ClusterJoin(
    string ListenAddress, string AdvertiseAddress, string DataPathAddress,
    IReadOnlyList<string> RemoteAddresses, string Token, NodeAvailability Availability);
