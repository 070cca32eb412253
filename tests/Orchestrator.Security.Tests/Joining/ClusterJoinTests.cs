namespace Orchestrator.Security.Tests.Joining;

public sealed class ClusterJoinTests
{
    private readonly TestCluster _cluster = new();

    private ClusterJoin Join(Issuer issuer) => new(_ => issuer, TimeProvider.System);

    [Fact]
    public async Task A_node_with_the_token_gets_its_identity()
    {
        var token = JoinToken.Create(_cluster.Root.Certificate);
        var issuer = new Issuer(_cluster);

        using var identity = await Join(issuer).JoinAsync(token, CancellationToken.None);

        Assert.Equal(new PeerIdentity(new NodeId("issued"), NodeRole.Worker, _cluster.Id), identity.Self);
        Assert.True(identity.Certificate.HasPrivateKey);
        Assert.Equal(token.ToString(), issuer.Presented);
    }

    [Fact]
    public async Task The_token_is_not_shown_to_another_cluster()
    {
        using var other = new TestCluster();
        var issuer = new Issuer(_cluster);

        var refusal = await Assert.ThrowsAsync<UserException>(() =>
            Join(issuer).JoinAsync(JoinToken.Create(other.Root.Certificate), CancellationToken.None));

        Assert.StartsWith("remote CA does not match fingerprint. Expected", refusal.What, StringComparison.Ordinal);
        Assert.Null(issuer.Presented);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_clusters_words()
    {
        var issuer = new Issuer(_cluster)
        {
            Answer = new NodeCertificate { State = CertificateState.Failed, Error = "no room" },
        };

        var refusal = await Assert.ThrowsAsync<UserException>(() =>
            Join(issuer).JoinAsync(JoinToken.Create(_cluster.Root.Certificate), CancellationToken.None));

        Assert.Contains("no room", refusal.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_still_pending_is_waited_for()
    {
        var issuer = new Issuer(_cluster) { PendingAnswers = 3 };

        using var identity = await Join(issuer).JoinAsync(JoinToken.Create(_cluster.Root.Certificate), CancellationToken.None);

        Assert.Equal(0, issuer.PendingAnswers);
    }

    [Fact]
    public async Task A_renewal_needs_no_token_and_has_a_new_key()
    {
        var before = _cluster.Node("issued", NodeRole.Worker);
        var issuer = new Issuer(_cluster);

        using var after = await Join(issuer).RenewAsync(new IdentitySource(before), CancellationToken.None);

        Assert.Null(issuer.Presented);
        Assert.Equal(before.Self, after.Self);
        Assert.NotEqual(before.KeyPem, after.KeyPem);
    }

    private sealed class Issuer(TestCluster cluster) : ICertificateIssuer
    {
        private string _csr = "";

        public string? Presented { get; private set; }

        public int PendingAnswers { get; set; }

        public NodeCertificate? Answer { get; init; }

        public Task<string> GetRootCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult(cluster.Root.CertificatePem);

        public Task<NodeId> RequestAsync(string csrPem, string? token, CancellationToken cancellationToken)
        {
            _csr = csrPem;
            Presented = token;
            return Task.FromResult(new NodeId("issued"));
        }

        public Task<NodeCertificate> WaitAsync(NodeId id, CancellationToken cancellationToken) =>
            Task.FromResult(PendingAnswers-- > 0
                ? new NodeCertificate { State = CertificateState.Pending }
                : Settle(id));

        public void Dispose()
        {
        }

        private NodeCertificate Settle(NodeId id)
        {
            PendingAnswers = 0;
            var self = new PeerIdentity(id, NodeRole.Worker, cluster.Id);
            return Answer ?? new NodeCertificate
            {
                State = CertificateState.Issued,
                Chain = cluster.Root.Issue(_csr, self, TimeSpan.FromDays(90), TestCluster.Now),
            };
        }
    }
}
