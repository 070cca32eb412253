using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>
/// From the control API to the agents and back, with everything between but disk, wire and containers.
/// </summary>
public sealed class MiniClusterTests
{
    [Fact]
    public async Task A_service_runs_one_task_a_replica_spread_over_the_nodes()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb", "ccc");

        await cluster.CreateAsync(MiniCluster.Spec("web", 6));

        var root = await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 6, "six replicas run");
        var perNode = MiniCluster.Running(root, "web").GroupBy(t => t.NodeId.Value).Select(g => g.Count()).ToArray();
        Assert.Equal([2, 2, 2], perNode);
        Assert.Equal([1UL, 2, 3, 4, 5, 6], MiniCluster.Running(root, "web").Select(t => t.Slot).Order().ToArray());
    }

    [Fact]
    public async Task The_tasks_of_a_lost_node_are_replaced_elsewhere_and_stopped_when_it_returns()
    {
        await using var cluster = await MiniCluster.StartAsync(MiniCluster.ShortHeartbeat, "a", "bb", "ccc");
        await cluster.CreateAsync(MiniCluster.Spec("web", 3) with
        {
            Task = MiniCluster.Spec("web", 3).Task with
            {
                Restart = new RestartPolicy { Delay = TimeSpan.FromHours(1) },
            },
        });
        var root = await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 3, "three replicas run");
        var lost = Assert.Single(MiniCluster.Running(root, "web"), t => t.NodeId.Value == "bb");

        await cluster.Agents["bb"].KillAsync();
        await cluster.UntilAsync(
            r => MiniCluster.Running(r, "web").Count(t => t.NodeId.Value != "bb") == 3, "three replicas run elsewhere");
        Assert.Equal(TaskState.Shutdown, cluster.Store.View().Tasks.Get(lost.Id.Value)!.DesiredState);

        cluster.StartAgent("bb");
        await cluster.UntilAsync(
            r => r.Nodes.Get("bb")!.Status.State == NodeState.Ready
                && r.Tasks.Get(lost.Id.Value) is not { Status.State: <= TaskState.Running }
                && MiniCluster.Running(r, "web").Count == 3,
            "the node is back and has stopped its old task, and three replicas run");
    }

    [Fact]
    public async Task Draining_a_node_moves_its_tasks()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb");
        await cluster.CreateAsync(MiniCluster.Spec("web", 4));
        await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 4, "four replicas run");

        var node = (await cluster.Manager.Control.GetNode(new P.GetNodeRequest
        {
            Reference = "a",
        }, cluster.Call())).Node;
        var spec = node.Spec.Clone();
        spec.Availability = P.NodeAvailability.Drain;
        await cluster.Manager.Control.UpdateNode(
            new P.UpdateNodeRequest { Id = "a", Version = node.Meta.Version, Spec = spec }, cluster.Call());

        await cluster.UntilAsync(
            r => MiniCluster.Running(r, "web").Count(t => t.NodeId.Value == "bb") == 4
                && !r.Tasks.All.Any(t => t.NodeId.Value == "a" && !t.Status.State.IsTerminal()),
            "all run on the other node");
    }

    [Fact]
    public async Task Scaling_down_keeps_as_many_as_asked_and_removing_leaves_nothing()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb");
        var service = await cluster.CreateAsync(MiniCluster.Spec("web", 5));
        await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 5, "five replicas run");

        await cluster.UpdateAsync("web", spec => spec with { Mode = new ServiceMode.Replicated(2) });
        await cluster.UntilAsync(r => r.Tasks.Count == 2 && MiniCluster.Running(r, "web").Count == 2, "two are left");
        await cluster.Manager.Control.RemoveService(new P.RemoveServiceRequest { Id = service.Id }, cluster.Call());

        await cluster.UntilAsync(r => r.Tasks.Count == 0, "no task is left");
        await cluster.UntilAsync(_ => cluster.Agents.Values.All(a => a.Tasks.Count == 0) || Nudge(cluster), "no agent has one");
    }

    [Fact]
    public async Task An_update_replaces_every_task_and_says_when_it_is_done()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb");
        await cluster.CreateAsync(MiniCluster.Spec("web", 3) with { Update = Quick });
        await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 3, "three replicas run");

        await cluster.UpdateAsync("web", spec => WithImage(spec, "web:2"));

        var root = await cluster.UntilAsync(
            r => r.Services.All.Single().UpdateStatus?.State == UpdateState.Completed, "the update is complete");
        Assert.All(MiniCluster.Running(root, "web"), task => Assert.Equal("web:2", task.Spec.Container.Image));
        Assert.Equal(3, MiniCluster.Running(root, "web").Count);
    }

    [Fact]
    public async Task An_update_to_an_image_that_fails_rolls_back_by_itself()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb");
        foreach (var agent in cluster.Agents.Values)
            agent.FailingImages.Add("web:2");
        await cluster.CreateAsync(
            MiniCluster.Spec("web", 3) with
            {
                Update = Quick with { FailureAction = UpdateFailureAction.Rollback }, Rollback = Quick,
            });
        await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 3, "three replicas run");

        await cluster.UpdateAsync("web", spec => WithImage(spec, "web:2"));

        var root = await cluster.UntilAsync(
            r => r.Services.All.Single().UpdateStatus?.State == UpdateState.RollbackCompleted
                && MiniCluster.Running(r, "web").Count == 3,
            "the rollback is complete");
        Assert.Equal("web:1", root.Services.All.Single().Spec.Task.Container.Image);
        Assert.All(MiniCluster.Running(root, "web"), task => Assert.Equal("web:1", task.Spec.Container.Image));
    }

    [Fact]
    public async Task A_published_port_brings_the_ingress_network_and_every_node_knows_the_backends()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb", "ccc");
        var spec = MiniCluster.Spec("web", 2) with
        {
            Endpoint = new EndpointSpec { Ports = [new PortConfig(PortProtocol.Tcp, 80, 0)] },
        };

        await cluster.CreateAsync(spec);

        var root = await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 2, "two replicas run");
        var ingress = root.Networks.All.Single();
        var service = root.Services.All.Single();
        Assert.Equal("10.0.0.0/24", ingress.Allocation!.Pools[0].Subnet);
        Assert.InRange(service.Endpoint!.Ports[0].PublishedPort, 30_000, 32_767);
        // Of either family: published ports answer by both.
        Assert.Equal([(ingress.Id, false), (ingress.Id, true)], service.Endpoint.VirtualIps.Select(v => (v.NetworkId, v.IsPaired)));
        await cluster.UntilAsync(
            _ => cluster.Agents.Values.All(agent => agent.Endpoints.Values.Count(e => e.Ready && e.ServiceId.Length > 0) == 2)
                || Nudge(cluster),
            "every agent knows two ready backends");
    }

    [Fact]
    public async Task A_task_that_fits_no_node_says_why()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb");
        var spec = MiniCluster.Spec("web", 1);

        await cluster.CreateAsync(spec with
        {
            Task = spec.Task with
            {
                Placement = new Placement { Constraints = ["node.hostname==a", "node.role==manager"] },
            },
        });

        await cluster.UntilAsync(
            r => r.Tasks.All.SingleOrDefault()?.Status.Error
                == "no suitable node (1 node not available for new tasks; scheduling constraints not satisfied on 2 nodes)",
            "the task has its explanation");
    }

    [Fact]
    public async Task A_new_term_of_leadership_goes_on_where_the_last_one_was()
    {
        await using var cluster = await MiniCluster.StartAsync(MiniCluster.ShortHeartbeat, "a", "bb");
        cluster.Log.StepDown();
        await Assert.ThrowsAsync<global::Grpc.Core.RpcException>(() => cluster.CreateAsync(MiniCluster.Spec("web", 2)));
        cluster.Log.Lead();
        await Task.WhenAll(cluster.Agents.Values.Select(a => a.KillAsync()));
        cluster.StartAgent("a");

        await cluster.CreateAsync(MiniCluster.Spec("web", 2));

        await cluster.UntilAsync(
            r => MiniCluster.Running(r, "web").Count(t => t.NodeId.Value == "a") == 2 && r.Nodes.Get("bb")!.Status.State == NodeState.Down,
            "the node that came back runs all, the other is down");
    }

    [Fact]
    public async Task A_failed_hand_over_leaves_the_leaders_loops_running()
    {
        await using var cluster = await MiniCluster.StartAsync(MiniCluster.ShortHeartbeat, "a");
        await cluster.CreateAsync(MiniCluster.Spec("web", 1));
        await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 1, "one replica runs");

        cluster.Refusing.Refuse(3);
        await cluster.Agents["a"].KillAsync();
        await cluster.UntilAsync(r => r.Nodes.Get("a")!.Status.State == NodeState.Down, "the node is seen to be down");
        await cluster.JoinAsync("bb");

        await cluster.UntilAsync(
            r => MiniCluster.Running(r, "web").Any(t => t.NodeId.Value == "bb"), "the replica runs on the other node");
    }

    [Fact]
    public async Task A_promoted_node_gets_a_managers_role_and_a_demoted_one_leaves_the_log_first()
    {
        await using var cluster = await MiniCluster.StartAsync("a");
        await SetRoleAsync(cluster, P.NodeRole.Manager);
        await cluster.UntilAsync(
            r => r.Nodes.Get("a") is { Role: NodeRole.Manager, Certificate.State: CertificateState.Rotate }, "the node is promoted");
        cluster.Membership.Add(new LogMember(2, "a", "192.0.2.1:2377", IsVoter: true));
        await cluster.UntilAsync(
            r => r.Nodes.Get("a")!.Manager is { RaftId: 2, Reachability: Reachability.Reachable }, "the node says it is a member");

        await SetRoleAsync(cluster, P.NodeRole.Worker);

        await cluster.UntilAsync(r => r.Nodes.Get("a") is { Role: NodeRole.Worker, Manager: null }, "the node is demoted");
        Assert.Equal([2UL], cluster.Membership.Removed);
    }

    [Fact]
    public async Task The_last_manager_cannot_be_demoted()
    {
        await using var cluster = await MiniCluster.StartAsync();
        var node = cluster.Store.View().Nodes.Get("solo")!;
        var spec = node.Spec.ToProto();
        spec.DesiredRole = P.NodeRole.Worker;

        var refused = await Assert.ThrowsAsync<global::Grpc.Core.RpcException>(() => cluster.Manager.Control.UpdateNode(
            new P.UpdateNodeRequest
            {
                Id = "solo", Version = cluster.Store.View().Nodes.Get("solo")!.Meta.Version, Spec = spec,
            },
            cluster.Call()));

        Assert.Equal("attempting to demote the last manager of the swarm", refused.ToUser().What);
    }

    [Fact]
    public async Task Logs_of_a_service_come_from_every_node_that_runs_it()
    {
        await using var cluster = await MiniCluster.StartAsync("a", "bb");
        var service = await cluster.CreateAsync(MiniCluster.Spec("web", 4));
        await cluster.UntilAsync(r => MiniCluster.Running(r, "web").Count == 4, "four replicas run");

        var request = new P.SubscribeLogsRequest
        {
            Selector = new P.LogSelector(), Options = new P.LogOptions { Stdout = true },
        };
        request.Selector.ServiceIds.Add(service.Id);
        var stream = new TestStream<P.LogMessages>();
        await cluster.Manager.Logs.SubscribeLogs(request, stream, cluster.Call());
        stream.Complete();

        var lines = new List<P.LogMessage>();
        await foreach (var batch in stream.Messages.ReadAllAsync())
            lines.AddRange(batch.Messages);
        Assert.Equal(4, lines.Select(line => line.TaskId).Distinct().Count());
        Assert.Equal(["a", "bb"], lines.Select(line => line.NodeId).Distinct().Order().ToArray());
    }

    private static async Task SetRoleAsync(MiniCluster cluster, P.NodeRole role)
    {
        var node = (await cluster.Manager.Control.GetNode(new P.GetNodeRequest
        {
            Reference = "a",
        }, cluster.Call())).Node;
        node.Spec.DesiredRole = role;
        await cluster.Manager.Control.UpdateNode(
            new P.UpdateNodeRequest { Id = "a", Version = node.Meta.Version, Spec = node.Spec }, cluster.Call());
    }

    private static UpdateConfig Quick { get; } = new() { Monitor = TimeSpan.FromMilliseconds(300) };

    private static ServiceSpec WithImage(ServiceSpec spec, string image) =>
        spec with { Task = spec.Task with { Container = spec.Task.Container with { Image = image } } };

    // Waiting is for changes of the store; what agents know follows it, so make one more change.
    private static bool Nudge(MiniCluster cluster)
    {
        Thread.Sleep(20);
        cluster.Store.UpdateAsync(
            tx => tx.Nodes.Update(tx.Nodes.Get("solo")! with { Certificate = new() { Csr = Identifier.New() } }),
            CancellationToken.None).GetAwaiter().GetResult();
        return false;
    }
}
