namespace Orchestrator.Security.Tests.Identity;

public sealed class IdentityStoreTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"orch-identity-{Guid.NewGuid():N}");
    private readonly TestCluster _cluster = new();

    private IdentityStore Store => new(Path.Combine(_directory, "certificates"));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void An_identity_read_back_is_the_same_node_with_its_key()
    {
        using var node = _cluster.Node("n1", NodeRole.Manager);
        Store.Save(node);

        using var loaded = Store.Load();

        Assert.Equal(node.Self, loaded!.Self);
        Assert.Equal(node.Certificate.Thumbprint, loaded.Certificate.Thumbprint);
        Assert.Equal(node.Root.Thumbprint, loaded.Root.Thumbprint);
        Assert.True(loaded.Certificate.HasPrivateKey);
    }

    [Fact]
    public void Nobody_else_can_read_the_key()
    {
        using var node = _cluster.Node("n1", NodeRole.Worker);

        Store.Save(node);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Store.FilePath));
        Assert.Equal([Store.FilePath], Directory.GetFiles(Path.GetDirectoryName(Store.FilePath)!));
    }

    [Fact]
    public void A_later_identity_replaces_the_one_before()
    {
        using var worker = _cluster.Node("n1", NodeRole.Worker);
        using var manager = _cluster.Node("n1", NodeRole.Manager);

        Store.Save(worker);
        Store.Save(manager);

        using var loaded = Store.Load();
        Assert.Equal(NodeRole.Manager, loaded!.Role);
    }

    [Fact]
    public void Where_nothing_was_saved_there_is_no_identity()
    {
        Assert.Null(Store.Load());
        using var node = _cluster.Node("n1", NodeRole.Worker);
        Store.Save(node);

        Store.Delete();

        Assert.Null(Store.Load());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(900)]
    public void A_torn_file_is_named_with_what_to_do(int length)
    {
        using var node = _cluster.Node("n1", NodeRole.Worker);
        Store.Save(node);
        File.WriteAllText(Store.FilePath, File.ReadAllText(Store.FilePath)[..length]);

        var refusal = Assert.Throws<UserException>(() => Store.Load());

        Assert.Contains(Store.FilePath, refusal.What, StringComparison.Ordinal);
        Assert.Contains("orch swarm leave", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_node_is_damage()
    {
        using var one = _cluster.Node("n1", NodeRole.Worker);
        using var two = _cluster.Node("n2", NodeRole.Worker);
        Store.Save(one);
        File.WriteAllText(Store.FilePath, two.KeyPem + one.CertificatePem + one.RootPem);

        Assert.Throws<UserException>(() => Store.Load());
    }

    [Fact]
    public void An_expired_identity_can_be_read_and_says_how_to_join_anew()
    {
        using var node = _cluster.Node("n1", NodeRole.Worker, TimeSpan.FromHours(2));
        Store.Save(node);

        using var loaded = Store.Load();

        Assert.Null(loaded!.FaultAt(TestCluster.Now));
        Assert.Contains("orch swarm join", loaded.FaultAt(TestCluster.Now.AddHours(3))!.Remedy, StringComparison.Ordinal);
    }
}
