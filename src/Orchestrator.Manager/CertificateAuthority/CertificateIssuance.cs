using Orchestrator.Model;
using Orchestrator.Security;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;
using Orchestrator.Store.Watching;

namespace Orchestrator.Manager.CertificateAuthority;

/// <summary>Makes nodes out of join tokens, and gives nodes their certificates. The leader's work.</summary>
/// <remarks>
/// A certificate is signed inside the transaction that records it: there is no queue of requests to lose, and whoever
/// asks for one afterwards, at any manager, finds it in the store.
/// </remarks>
internal sealed class CertificateIssuance(ObjectStore store, TimeProvider time)
{
    /// <summary>The longest that <see cref="WaitAsync"/> waits.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Makes a node in the role of the token, with its certificate.</summary>
    /// <exception cref="UserException">The token is not one of the present ones, or the request is damaged.</exception>
    public async Task<Node> JoinAsync(
        string csrPem, string token, NodeAvailability availability, CancellationToken cancellationToken)
    {
        var id = new NodeId(Identifier.New());
        var committed = await store.UpdateAsync(
            tx =>
            {
                var cluster = ClusterOf(tx);
                var role = RoleOf(cluster.RootCa, token);
                return tx.Nodes.Create(new Node
                {
                    Id = id,
                    Role = role,
                    Spec = new NodeSpec { DesiredRole = role, Availability = availability },
                    Certificate = Sign(cluster, csrPem, id, role, tx.Now),
                });
            },
            cancellationToken);
        return committed.Value;
    }

    /// <summary>Certifies a node's new key, in the role that its object has by now.</summary>
    /// <exception cref="UserException">There is no such node any more, or the request is damaged.</exception>
    public async Task<Node> RenewAsync(string csrPem, NodeId id, CancellationToken cancellationToken)
    {
        var committed = await store.UpdateAsync(
            tx =>
            {
                var node = tx.Nodes.Get(id.Value) ?? throw Unknown(id);
                var certificate = Sign(ClusterOf(tx), csrPem, id, node.Role, tx.Now);
                return tx.Nodes.Update(node with { Certificate = certificate });
            },
            cancellationToken);
        return committed.Value;
    }

    /// <summary>A node's certificate once it is settled, or as it is after <see cref="LongestWait"/>.</summary>
    /// <exception cref="UserException">There is no such node.</exception>
    public async Task<NodeCertificate> WaitAsync(NodeId id, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var (root, watcher) = store.ViewAndWatch();
        while (true)
        {
            var certificate = (root.Nodes.Get(id.Value) ?? throw Unknown(id)).Certificate;
            if (certificate.State is not (CertificateState.Unknown or CertificateState.Pending))
                return certificate;
            try
            {
                await watcher.NextAsync(either.Token);
                root = store.View();
            }
            catch (CompactedException)
            {
                (root, watcher) = store.ViewAndWatch();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return certificate;
            }
        }
    }

    private static Cluster ClusterOf(Transaction tx) => tx.Clusters.All().FirstOrDefault()
        ?? throw new UserException(
            ErrorCode.Unavailable, "The swarm is not founded yet.", "Try again in a few seconds.");

    /// <summary>Compares with both tokens whatever the first says, so that time does not tell which was near.</summary>
    private static NodeRole RoleOf(RootCa ca, string token)
    {
        var worker = JoinToken.TryParse(ca.WorkerToken, out var ofWorkers) && ofWorkers.Matches(token);
        var manager = JoinToken.TryParse(ca.ManagerToken, out var ofManagers) && ofManagers.Matches(token);
        return manager ? NodeRole.Manager
            : worker ? NodeRole.Worker
            : throw new UserException(
                ErrorCode.PermissionDenied,
                "A valid join token is necessary to join this cluster; this one is wrong or was rotated.",
                "Print the present one on a manager: orch swarm join-token worker");
    }

    private static NodeCertificate Sign(Cluster cluster, string csrPem, NodeId id, NodeRole role, DateTimeOffset now)
    {
        using var root = RootAuthority.Load(cluster.RootCa.Certificate, cluster.RootCa.Key);
        var subject = new PeerIdentity(id, role, cluster.Id);
        return new NodeCertificate
        {
            Csr = csrPem,
            State = CertificateState.Issued,
            Chain = root.Issue(csrPem, subject, cluster.Spec.NodeCertificateExpiry, now),
        };
    }

    private static UserException Unknown(NodeId id) => new(
        ErrorCode.NotFound,
        $"node {id} is not in the swarm; it may have been removed.",
        "Join anew: orch swarm leave --force, then orch swarm join.");
}
