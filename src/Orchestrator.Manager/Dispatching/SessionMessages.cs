using Google.Protobuf;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Dispatching;

/// <summary>What a node is told of the cluster besides its assignments. Pure.</summary>
internal static class SessionMessages
{
    /// <returns>Null when the node is no longer part of the cluster.</returns>
    public static P.SessionMessage? Build(StoreRoot root, NodeId id, string session, LogMember? leader)
    {
        if (root.Nodes.Get(id.Value) is not { } node)
            return null;
        var cluster = root.Clusters.All.FirstOrDefault();
        var message = new P.SessionMessage
        {
            SessionId = session,
            Node = node.ToProto(),
            RootCa = ByteString.CopyFromUtf8(cluster?.RootCa.Certificate ?? ""),
            DataPathPort = cluster?.Spec.DataPathPort ?? 0,
        };
        message.Managers.AddRange(Managers(root, leader));
        message.RemovedNodeIds.AddRange(cluster?.BlacklistedCertificates.Keys ?? []);
        return message;
    }

    private static List<P.ManagerPeer> Managers(StoreRoot root, LogMember? leader)
    {
        var peers = root.Nodes.All
            .Where(node => node.Manager is not null)
            .Select(node => new P.ManagerPeer
            {
                NodeId = node.Id.Value, Address = node.Manager!.Address, Leader = node.Id.Value == leader?.NodeId,
            })
            .ToList();
        // The leader answers this call, whether or not its own node says yet that it is a manager.
        if (leader is not null && peers.TrueForAll(peer => !peer.Leader))
            peers.Add(new P.ManagerPeer { NodeId = leader.NodeId, Address = leader.Address, Leader = true });
        return peers;
    }
}
