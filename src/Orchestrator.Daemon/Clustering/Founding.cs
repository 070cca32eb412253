using Orchestrator.EngineApi.Swarm;
using Orchestrator.Linux.Files;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Security;
using Orchestrator.Store;
using Google.Protobuf;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// The first objects of a new cluster. They wait in a file until the store has taken them, so that a crash between
/// <c>swarm init</c> and the first commit loses neither the root key nor the tokens.
/// </summary>
internal static class Founding
{
    public const string IngressName = "ingress";

    private static string FileOf(ClusterPaths paths) => Path.Combine(paths.Root, "founding");

    public static void Save(ClusterPaths paths, RootAuthority root, PeerIdentity self, ClusterInit request) =>
        DurableFile.Replace(FileOf(paths), Describe(root, self, request).ToProto().ToByteArray());

    /// <summary>Writes the first objects unless they are there, then forgets the file.</summary>
    public static async Task CommitAsync(
        ClusterPaths paths, ClusterState state, ObjectStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(FileOf(paths)))
            return; // Committed, and then a crash before that was noted.
        var cluster = P.Cluster.Parser.ParseFrom(await File.ReadAllBytesAsync(FileOf(paths), cancellationToken)
            .ConfigureAwait(false)).ToModel();
        await store.UpdateAsync(
            tx =>
            {
                if (tx.Clusters.All.Any())
                    return;
                tx.Clusters.Create(cluster);
                tx.Nodes.Create(new Node
                {
                    Id = new(state.NodeId),
                    Role = NodeRole.Manager,
                    Spec = new() { DesiredRole = NodeRole.Manager },
                });
                tx.Networks.Create(new Network
                {
                    Id = new(Identifier.New()),
                    Spec = new() { Annotations = Annotations.Named(IngressName), Ingress = true },
                });
            },
            cancellationToken).ConfigureAwait(false);
        File.Delete(FileOf(paths));
    }

    private static Cluster Describe(RootAuthority root, PeerIdentity self, ClusterInit request) => new()
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
