using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security.Tests;

/// <summary>A cluster's root, and nodes under it, at a moment of the test's choosing.</summary>
internal sealed class TestCluster : IDisposable
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public ClusterId Id { get; } = new(Identifier.New());

    public RootAuthority Root { get; } = RootAuthority.Create(Now);

    public NodeIdentity Node(string id, NodeRole role, TimeSpan? lifetime = null, DateTimeOffset? now = null) =>
        NodeIdentity.CreateFirst(
            Root, new PeerIdentity(new NodeId(id), role, Id), lifetime ?? TimeSpan.FromDays(90), now ?? Now);

    public CertificateVerdict Verify(X509Certificate2? certificate, DateTimeOffset? now = null) =>
        CertificateVerifier.Verify(certificate, Root.Certificate, Id, now ?? Now);

    public void Dispose() => Root.Dispose();
}
