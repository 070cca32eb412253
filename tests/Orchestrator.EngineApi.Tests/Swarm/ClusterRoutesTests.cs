using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;

namespace Orchestrator.EngineApi.Tests.Swarm;

public sealed class ClusterRoutesTests : IDisposable
{
    private readonly ClusterApiServer _server = new();

    public ClusterRoutesTests()
    {
        _server.Fake.Nodes.AddRange([SampleObjects.Manager.ToProto(), SampleObjects.Worker.ToProto()]);
        _server.Fake.Services.Add(new Model.Service
        {
            Id = new ServiceId("s1aaaaaaaaaaaaaaaaaaaaaaa"),
            Meta = new Model.Meta(5, SampleObjects.Then, SampleObjects.Then),
            Spec = SampleObjects.Spec,
        }.ToProto());
    }

    [Fact]
    public async System.Threading.Tasks.Task Swarm_shows_the_tokens_and_the_settings()
    {
        var swarm = await GetAsync("swarm");

        Assert.Equal("SWMTKN-1-w", (string?)swarm["JoinTokens"]!["Worker"]);
        Assert.Equal(7, (int)swarm["Version"]!["Index"]!);
        Assert.Equal(2_000_000_000, (long)swarm["Spec"]!["Dispatcher"]!["HeartbeatPeriod"]!);
        Assert.Equal("10.0.0.0/8", (string?)swarm["DefaultAddrPool"]![0]);
    }

    [Fact]
    public async System.Threading.Tasks.Task Init_hands_over_what_was_asked_and_answers_the_nodes_id()
    {
        var response = await _server.Http.PostAsJsonAsync("swarm/init", new
        {
            ListenAddr = "0.0.0.0:2377",
            AdvertiseAddr = "10.0.0.1",
            Availability = "drain",
            DefaultAddrPool = (string[])["10.9.0.0/16"],
            SubnetSize = 26,
            Spec = new { Orchestration = new { TaskHistoryRetentionLimit = 2 } },
        });

        Assert.Equal($"\"{SampleObjects.Manager.Id}\"", await response.Content.ReadAsStringAsync());
        var init = Assert.IsType<ClusterInit>(Assert.Single(_server.Lifecycle));
        Assert.Equal(("10.0.0.1", Model.NodeAvailability.Drain), (init.AdvertiseAddress, init.Availability));
        Assert.Equal((2, 26), (init.Spec.TaskHistoryLimit, init.Spec.SubnetLength));
        Assert.Equal("10.9.0.0/16", Assert.Single(init.Spec.AddressPools));
        Assert.Equal(TimeSpan.FromSeconds(2), init.Spec.DispatcherHeartbeat);
    }

    [Theory]
    [InlineData(0, 4789)]
    [InlineData(1024, 1024)]
    [InlineData(49151, 49151)]
    [InlineData(1023, null)]
    [InlineData(49152, null)]
    public async System.Threading.Tasks.Task Init_takes_a_port_of_the_registered_ones_for_overlays(int asked, int? taken)
    {
        var response = await _server.Http.PostAsJsonAsync("swarm/init", new { DataPathPort = asked });

        Assert.Equal(taken is null ? HttpStatusCode.BadRequest : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(taken, _server.Lifecycle.OfType<ClusterInit>().SingleOrDefault()?.Spec.DataPathPort);
        if (taken is null)
            Assert.Contains("1024 to 49151", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async System.Threading.Tasks.Task Join_without_a_token_is_refused_before_anything_happens()
    {
        var response = await _server.Http.PostAsJsonAsync("swarm/join", new { RemoteAddrs = (string[])["10.0.0.1:2377"], JoinToken = "" });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("join token is required", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_server.Lifecycle);
    }

    [Fact]
    public async System.Threading.Tasks.Task A_node_update_carries_its_version_and_the_nodes_full_id()
    {
        var response = await _server.Http.PostAsJsonAsync("nodes/w1/update?version=3", new { Role = "manager", Availability = "active" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var update = Assert.Single(_server.Fake.Requests.OfType<UpdateNodeRequest>());
        Assert.Equal((SampleObjects.Worker.Id.Value, 3ul, Protocol.V1.NodeRole.Manager), (update.Id, update.Version, update.Spec.DesiredRole));
    }

    [Fact]
    public async System.Threading.Tasks.Task Services_are_counted_when_asked()
    {
        var plain = (await GetAsync("services"))[0]!.AsObject();
        var counted = (await GetAsync("services?status=true"))[0]!;

        Assert.False(plain.ContainsKey("ServiceStatus"));
        Assert.Equal(2, (int)counted["ServiceStatus"]!["RunningTasks"]!);
        Assert.Equal(3, (int)counted["ServiceStatus"]!["DesiredTasks"]!);
    }

    [Fact]
    public async System.Threading.Tasks.Task A_task_names_its_networks_and_its_container()
    {
        var task = (await GetAsync("""tasks?filters={"service":{"web":true},"_up-to-date":{"true":true}}"""))[0]!;

        Assert.Equal("running", (string?)task["Status"]!["State"]);
        Assert.Equal("c1", (string?)task["Status"]!["ContainerStatus"]!["ContainerID"]);
        Assert.Equal("front", (string?)task["NetworksAttachments"]![0]!["Network"]!["Spec"]!["Name"]);
        var request = Assert.Single(_server.Fake.Requests.OfType<ListTasksRequest>());
        Assert.True(request.UpToDate);
        Assert.Equal(["web"], request.Services);
    }

    [Fact]
    public async System.Threading.Tasks.Task Logs_are_framed_with_the_attributes_a_client_takes_apart()
    {
        _server.Fake.Services[0].Spec.Task.Container.Tty = false;
        _server.Fake.Logs.Add(new LogMessage
        {
            NodeId = "n",
            ServiceId = "s",
            TaskId = "t",
            Stream = LogStream.Stderr,
            Data = Google.Protobuf.ByteString.CopyFromUtf8("oh\n"),
        });

        var bytes = await _server.Http.GetByteArrayAsync("services/web/logs?stdout=1&stderr=1&details=1&tail=5");

        Assert.Equal(new Api.StreamFrame(Api.StreamKind.Stderr, bytes.Length - 8), Api.StreamFrame.Read(bytes));
        Assert.Equal("com.docker.swarm.node.id=n,com.docker.swarm.service.id=s,com.docker.swarm.task.id=t oh\n",
            System.Text.Encoding.UTF8.GetString(bytes[8..]));
        Assert.Equal(5, Assert.Single(_server.Fake.Requests.OfType<SubscribeLogsRequest>()).Options.Tail);
    }

    [Theory]
    [InlineData(Model.ErrorCode.NotFound, 404)]
    [InlineData(Model.ErrorCode.NameTaken, 409)]
    [InlineData(Model.ErrorCode.OutOfSequence, 500)]
    [InlineData(Model.ErrorCode.NoQuorum, 503)]
    public async System.Threading.Tasks.Task A_refusal_of_the_cluster_reaches_the_client_in_its_words(Model.ErrorCode code, int status)
    {
        _server.Fake.Refusal = new UserException(code, "what happened.", "What to do.");

        var response = await _server.Http.GetAsync(new Uri("services/web", UriKind.Relative));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("""{"message":"what happened. What to do."}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async System.Threading.Tasks.Task A_worker_says_where_to_ask()
    {
        using var worker = new ClusterApiServer(isManager: false);

        var response = await worker.Http.GetAsync(new Uri("nodes", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("Worker nodes can't be used to view or modify cluster state", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async System.Threading.Tasks.Task A_secret_goes_in_with_its_data_and_comes_out_without()
    {
        var created = await _server.Http.PostAsJsonAsync(
            "secrets/create", new { Name = "token", Labels = new { tier = "back" }, Data = "aHVzaA==" });
        var inspected = await GetAsync("secrets/token");
        var removed = await _server.Http.DeleteAsync(new Uri("configs/conf", UriKind.Relative));

        Assert.Equal((HttpStatusCode.Created, """{"ID":"p1"}"""), (created.StatusCode, await created.Content.ReadAsStringAsync()));
        var request = Assert.Single(_server.Fake.Requests.OfType<CreatePayloadRequest>());
        Assert.Equal(("token", "hush", Protocol.V1.PayloadKind.Secret), (request.Annotations.Name, request.Data.ToStringUtf8(), request.Kind));
        Assert.Equal("""{"Name":"token","Labels":{"tier":"back"}}""", inspected["Spec"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(Protocol.V1.PayloadKind.Config, Assert.Single(_server.Fake.Requests.OfType<RemovePayloadRequest>()).Kind);
    }

    public void Dispose() => _server.Dispose();

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _server.Http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
