using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;

namespace Orchestrator.EngineApi.Tests.Swarm;

/// <summary>The stock client against the cluster's routes: what it shows, and what it asks.</summary>
public sealed class DockerClientTests : IDisposable
{
    private readonly ClusterApiServer _server = new();

    public DockerClientTests() => _server.Fake.Nodes.AddRange([SampleObjects.Manager.ToProto(), SampleObjects.Worker.ToProto()]);

    [DockerFact]
    public void It_lists_and_inspects_nodes()
    {
        var listing = Docker("node", "ls", "--format", "{{.ID}} {{.Self}} {{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}");
        var pretty = Docker("node", "inspect", "--pretty", "m1");

        Assert.Equal("node1aaaaaaaaaaaaaaaaaaaaa true m1 Ready Active Leader\nnode2aaaaaaaaaaaaaaaaaaaaa false w1 Down Drain \n", listing);
        Assert.Contains("Raft Status:\t\tReachable", pretty, StringComparison.Ordinal);
    }

    [DockerFact]
    public void It_creates_lists_scales_and_updates_a_service()
    {
        Docker("service", "create", "-d", "--no-resolve-image", "--name", "web", "--replicas", "2", "-p", "8080:80",
            "--limit-memory", "64m", "--constraint", "node.role==worker", "--env", "A=1", "web:1", "serve");
        var listing = Docker("service", "ls", "--format", "{{.Name}} {{.Mode}} {{.Replicas}} {{.Image}} {{.Ports}}");
        Docker("service", "scale", "-d", "web=5");
        Docker("service", "update", "-d", "--no-resolve-image", "--image", "web:2", "--env-add", "B=2", "web");

        Assert.Equal("web replicated 2/3 web:1 \n", listing);
        var created = Assert.Single(_server.Fake.Requests.OfType<CreateServiceRequest>()).Spec.ToModel();
        Assert.Equal(new ServiceMode.Replicated(2), created.Mode);
        Assert.Equal(new Model.PortConfig(Model.PortProtocol.Tcp, 80, 8080), Assert.Single(created.Endpoint.Ports));
        Assert.Equal("serve", Assert.Single(created.Task.Container.Args));
        var updates = _server.Fake.Requests.OfType<UpdateServiceRequest>().ToList();
        Assert.All(updates, static u => Assert.Equal(5ul, u.Version));
        Assert.Equal(new ServiceMode.Replicated(5), updates[0].Spec.ToModel().Mode);
        Assert.True(updates[0].Spec.Task.ToModel().SameAs(created.Task), "scaling must not replace tasks");
        Assert.Equal("web:2", updates[1].Spec.Task.Container.Image);
        Assert.Equal(["A=1", "B=2"], updates[1].Spec.Task.Container.Env.Order()); // Docker's client keeps no order.
    }

    [DockerFact]
    public void What_it_does_not_know_of_a_service_outlives_its_update()
    {
        _server.Fake.Services.Add(new Model.Service { Id = SampleObjects.Task.ServiceId, Spec = SampleObjects.Spec }.ToProto());

        Docker("service", "update", "-d", "--no-resolve-image", "--image", "web:2", "--publish-add", "443:443", "web");

        var endpoint = Assert.Single(_server.Fake.Requests.OfType<UpdateServiceRequest>()).Spec.ToModel().Endpoint;
        Assert.Equal(SampleObjects.Spec.Endpoint.Affinity, endpoint.Affinity);
        Assert.Equal(SampleObjects.Spec.Endpoint.Routes.AsEnumerable(), endpoint.Routes);
        Assert.Equal(
            [.. SampleObjects.Spec.Endpoint.Ports, new Model.PortConfig(Model.PortProtocol.Tcp, 443, 443)],
            endpoint.Ports.OrderBy(port => port.TargetPort));
    }

    [DockerFact]
    public void It_shows_tasks_and_the_swarms_state()
    {
        _server.Fake.Services.Add(new Model.Service { Id = SampleObjects.Task.ServiceId, Spec = SampleObjects.Spec }.ToProto());

        var tasks = Docker("service", "ps", "web", "--format", "{{.Name}} {{.Image}} {{.Node}} {{.DesiredState}} {{.Ports}}");
        var pretty = Docker("service", "inspect", "--pretty", "web");
        var state = Docker("info", "--format", "{{.Swarm.LocalNodeState}} {{.Swarm.Nodes}} {{.Swarm.Managers}} {{.Swarm.Cluster.ID}}");
        var token = Docker("swarm", "join-token", "-q", "worker");

        Assert.Equal("web.1 web:1 m1 Running *:5353->53/udp\n", tasks);
        Assert.Contains("Constraints:", pretty, StringComparison.Ordinal);
        Assert.Equal($"active 2 1 {SampleObjects.Cluster.Id}\n", state);
        Assert.Equal("SWMTKN-1-w\n", token);
    }

    public void Dispose() => _server.Dispose();

    private string Docker(params string[] args)
    {
        var start = new ProcessStartInfo("docker", ["-H", "unix://" + _server.Socket, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"docker {string.Join(' ', args)}: {error.Result}");
        return output;
    }
}
