namespace Orchestrator.Security.Tests.Certificates;

public sealed class CertificateVerifierTests
{
    private readonly TestCluster _cluster = new();

    [Fact]
    public void A_node_of_the_cluster_is_believed()
    {
        using var node = _cluster.Node("n1", NodeRole.Manager);

        var verdict = _cluster.Verify(node.Certificate);

        Assert.Equal(new PeerIdentity(new NodeId("n1"), NodeRole.Manager, _cluster.Id), verdict.Peer);
    }

    [Fact]
    public void No_certificate_is_not_believed() => Assert.False(_cluster.Verify(null).IsTrusted);

    [Fact]
    public void A_certificate_of_another_root_is_not_believed()
    {
        using var other = new TestCluster();
        using var node = other.Node("n1", NodeRole.Manager);

        Assert.Contains("not signed by this cluster's root", _cluster.Verify(node.Certificate).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_names_another_cluster_is_not_believed()
    {
        using var node = NodeIdentity.CreateFirst(
            _cluster.Root,
            new PeerIdentity(new NodeId("n1"), NodeRole.Manager, new ClusterId("other")),
            TimeSpan.FromDays(1),
            TestCluster.Now);

        Assert.Contains("belongs to cluster other", _cluster.Verify(node.Certificate).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_itself_is_no_node() => Assert.False(_cluster.Verify(_cluster.Root.Certificate).IsTrusted);

    [Fact]
    public void A_certificate_is_believed_from_an_hour_before_to_its_end()
    {
        using var node = _cluster.Node("n1", NodeRole.Worker, TimeSpan.FromDays(90));

        Assert.True(_cluster.Verify(node.Certificate, TestCluster.Now.AddMinutes(-59)).IsTrusted);
        Assert.True(_cluster.Verify(node.Certificate, TestCluster.Now.AddDays(89)).IsTrusted);
        Assert.Contains("expired on", _cluster.Verify(node.Certificate, TestCluster.Now.AddDays(91)).Fault, StringComparison.Ordinal);
        Assert.Contains("valid only from", _cluster.Verify(node.Certificate, TestCluster.Now.AddHours(-2)).Fault, StringComparison.Ordinal);
    }
}
