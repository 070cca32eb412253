using Google.Protobuf;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Linux.Files;
using Orchestrator.Manager;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Security;
using Orchestrator.Store;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// The first objects of a new cluster. They wait in files until the store has taken them, so that a crash between
/// <c>swarm init</c> and the first commit loses neither the root key nor the tokens.
/// </summary>
internal static class Founding
{
    /// <param name="here">This host: the first network is to hide none of its routes.</param>
    public static void Save(
        ClusterPaths paths, RootAuthority root, PeerIdentity self, ClusterInit request, NodeDescription here)
    {
        DurableFile.Replace(NodeFile(paths), FirstNode(self, request, here).ToProto().ToByteArray());
        DurableFile.Replace(ClusterFile(paths), Describe(root, self, request).ToProto().ToByteArray());
    }

    /// <summary>Whether the first objects still wait to be written.</summary>
    public static bool IsPending(ClusterPaths paths) => File.Exists(ClusterFile(paths));

    /// <summary>Writes the first objects unless they are there, then forgets the files.</summary>
    public static async Task CommitAsync(ClusterPaths paths, ObjectStore store, CancellationToken cancellationToken)
    {
        if (!File.Exists(ClusterFile(paths)))
            return; // Committed, and then a crash before that was noted.
        var cluster = P.Cluster.Parser.ParseFrom(File.ReadAllBytes(ClusterFile(paths))).ToModel();
        var node = P.Node.Parser.ParseFrom(File.ReadAllBytes(NodeFile(paths))).ToModel();
        await ClusterFounding.FoundAsync(store, cluster, node, cancellationToken).ConfigureAwait(false);
        File.Delete(ClusterFile(paths));
        File.Delete(NodeFile(paths));
    }

    private static string ClusterFile(ClusterPaths paths) => Path.Combine(paths.Root, "founding-cluster");

    private static string NodeFile(ClusterPaths paths) => Path.Combine(paths.Root, "founding-node");

    private static Node FirstNode(PeerIdentity self, ClusterInit request, NodeDescription here) => new()
    {
        Id = self.Id,
        Description = here,
        Role = NodeRole.Manager,
        Spec = new() { DesiredRole = NodeRole.Manager, Availability = request.Availability },
        Certificate = new() { State = CertificateState.Issued },
    };

    private static Model.Cluster Describe(RootAuthority root, PeerIdentity self, ClusterInit request) => new()
    {
        Id = self.Cluster,
        Spec = request.Spec,
        RootCa = new()
        {
            Certificate = root.CertificatePem,
            Key = root.KeyPem,
            WorkerToken = JoinToken.Create(root.Certificate).ToString(),
            ManagerToken = JoinToken.Create(root.Certificate).ToString(),
        },
    };
}
