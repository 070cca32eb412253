using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Agent.Sharing;
using Orchestrator.Images;
using Orchestrator.Images.Sharing;
using Orchestrator.Model;
using Orchestrator.Oci.Images;
using Orchestrator.Security;
using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests.Sharing;

/// <summary>Real TLS between two nodes on this machine.</summary>
public sealed class PeerServerTests : IAsyncLifetime
{
    private static readonly ClusterId Cluster = new("c1");
    private readonly RootAuthority root = RootAuthority.Create(DateTimeOffset.UtcNow);
    private readonly string folder = Directory.CreateTempSubdirectory("orch-peers-").FullName;
    private readonly HashSet<NodeId> removed = [];
    private ImageService images = null!; // Set before each test, as the server.
    private PeerServer server = null!;

    public async Task InitializeAsync()
    {
        images = await ImageService.OpenAsync(
            new ImageOptions { DataRoot = folder }, null, TimeProvider.System, default);
        server = await PeerServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), images.Shared, new UploadRate(1 << 30, TimeProvider.System),
            IdentityOf("server", root, Cluster), removed.Contains, TimeProvider.System, NullLoggerFactory.Instance,
            default);
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await images.DisposeAsync();
        root.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_node_that_asks_for_what_is_not_there_is_told_so() =>
        Assert.Equal(PeerFault.Missing, await FaultAsync(IdentityOf("reader", root, Cluster), "server"));

    [Fact]
    public async Task A_node_that_was_removed_gets_nothing()
    {
        removed.Add(new NodeId("reader"));

        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync(
            ClusterHandlers.Mutual(IdentityOf("reader", root, Cluster), TimeProvider.System, role: null)));
    }

    [Fact]
    public async Task Who_shows_no_certificate_gets_nothing() =>
        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync(ClusterHandlers.Insecure()));

    [Fact]
    public async Task A_node_of_another_cluster_is_nobody()
    {
        using var other = RootAuthority.Create(DateTimeOffset.UtcNow);

        Assert.Equal(
            PeerFault.Unreachable, await FaultAsync(IdentityOf("reader", other, new ClusterId("c2")), "server"));
    }

    [Fact]
    public async Task Another_node_at_the_address_of_the_one_that_was_named_is_nobody() =>
        Assert.Equal(PeerFault.Unreachable, await FaultAsync(IdentityOf("reader", root, Cluster), "somebody-else"));

    private static IdentitySource IdentityOf(string id, RootAuthority root, ClusterId cluster) => new(
        NodeIdentity.CreateFirst(
            root, new PeerIdentity(new NodeId(id), NodeRole.Worker, cluster), TimeSpan.FromDays(1),
            DateTimeOffset.UtcNow));

    private async Task<HttpStatusCode> AnswerAsync(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan;
        using var http = new HttpClient(handler);
        using var answer = await http.GetAsync(new Uri($"https://{server.Address}{PeerServer.Path}{Digest.Of([1])}"));
        return answer.StatusCode;
    }

    /// <summary>Why it does not get a blob. Not because a connection took too long: then it asks again.</summary>
    private async Task<PeerFault> FaultAsync(IdentitySource identity, string named)
    {
        using var clients = new PeerClients(identity, TimeProvider.System);
        var source = new PeerSource(named, server.Address, Timeout.InfiniteTimeSpan);
        PeerException? error = null;
        await Eventually.HoldsAsync("an answer, or a refusal", TimeSpan.FromMinutes(1), async () =>
        {
            error = await Assert.ThrowsAsync<PeerException>(
                () => clients.OpenAsync(source, Digest.Of([1]), 0, 1, default));
            return error.InnerException is not OperationCanceledException;
        });
        return error!.Fault;
    }
}
