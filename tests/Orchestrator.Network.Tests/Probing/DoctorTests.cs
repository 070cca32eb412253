using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Probing;

public sealed class DoctorTests
{
    [RootFact]
    public async Task Ways_to_other_nodes_and_tasks_are_measured_and_what_is_wrong_with_them_is_told()
    {
        await using var cluster = await TwoHosts.StartAsync();
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("web.2.b", "10.0.1.4", 1));
        var network = cluster.Hosts[0].Network;

        var well = await cluster.Hosts[0].FindWellAsync();
        Assert.Equal(3, well.Places); // Host, overlay, container.
        Assert.Empty(well.Drifts);
        Assert.All(well.Paths, path => Assert.Null(path.Fault));
        Assert.Equal(
            [("host", "node 10.77.0.2", 1500), ("container web.1.a", "task web.2.b on node 10.77.0.2 in network backend", 1450)],
            well.Paths.Select(p => (p.From, p.To, p.Mtu)));

        // Of one that this node's own routes speak of, the overlays take account by themselves.
        cluster.Hosts[1].Route.SetMtu("up0", 1400);
        var narrow = (await network.DiagnoseAsync(fix: false, default)).Paths[0];
        Assert.Matches("packets of more than 140. bytes do not reach node 10.77.0.2, 1500 should", narrow.Fault);
        Assert.Matches(@"--mtu \(140.\)", narrow.Remedy);

        cluster.Hosts[1].Route.SetDown("up0");
        var cut = await network.DiagnoseAsync(fix: false, default);
        Assert.Equal(
            ["no answer from node 10.77.0.2", "no answer from task web.2.b on node 10.77.0.2 in network backend"],
            cut.Paths.Select(p => p.Fault));
    }

    [RootTheory]
    [InlineData("web:db", "")]
    [InlineData("web:db/icmp,web:db:80", "")]
    [InlineData("web:db:80-90/tcp", "tcp dport 80 ")]
    [InlineData("web:db/tcp", "tcp dport 1 ")]
    public async Task A_policy_is_asked_what_it_lets_through(string policy, string asked)
    {
        await using var cluster = await TwoHosts.StartAsync(With(policy));
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("db.1.b", "10.0.1.4", 1));

        var well = await cluster.Hosts[0].FindWellAsync();
        var back = await cluster.Hosts[1].FindWellAsync();
        Linux.Nftables.Nft.Apply(cluster["db.1.b"].Namespace, "table ip theirs { chain c { type filter hook input priority -200; "
            + $"{(asked.Length > 0 ? asked : "icmp type echo-request ")} drop\n }}\n }}\n");
        var closed = await cluster.Hosts[0].Network.DiagnoseAsync(fix: false, default);

        const string To = "task db.1.b on node 10.77.0.2 in network backend";
        Assert.Equal([("node 10.77.0.2", 1500, null), (To, 1450, null)], well.Paths.Select(p => (p.To, p.Mtu, p.Fault)));
        Assert.Equal(["node 10.77.0.1"], back.Paths.Select(p => p.To)); // That way nobody may talk.
        Assert.Equal($"no answer from {To}", closed.Paths[1].Fault);
    }

    [RootFact]
    public async Task Where_one_container_may_not_talk_another_is_asked_and_what_is_never_answered_is_not()
    {
        await using var cluster = await TwoHosts.StartAsync(With("job:db/icmp,web:db:53/udp"));
        await cluster.PlaceAsync(("web.1.a", "10.0.1.3", 0), ("db.1.b", "10.0.1.4", 1));

        var none = await cluster.Hosts[0].Network.DiagnoseAsync(fix: false, default);
        await cluster.PlaceAsync(("db.2.c", "10.0.1.5", 0));
        var own = await cluster.Hosts[0].FindWellAsync();

        Assert.Equal(["node 10.77.0.2"], none.Paths.Select(p => p.To));
        Assert.Equal(["host", "container db.2.c"], own.Paths.Select(p => p.From)); // Tasks of one service always may.
        Assert.All(own.Paths, path => Assert.Null(path.Fault));
    }

    [RootFact]
    public async Task Nodes_are_reached_through_vxlan_without_any_container_of_ours()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.DataPathPort = 7789;
        await cluster.ApplyAsync();
        var network = cluster.Hosts[0].Network;

        var well = await cluster.Hosts[0].FindWellAsync();
        Linux.Nftables.Nft.Apply(cluster.Hosts[1].Namespace,
            "table ip theirs { chain c { type filter hook input priority -200; udp dport 7789 drop\n }\n }\n");
        var closed = await network.DiagnoseAsync(fix: false, default);

        Assert.Equal(
            [("node 10.77.0.2", 1500, null), ("node 10.77.0.2 by VXLAN", 1450, null)],
            well.Paths.Select(p => (p.To, p.Mtu, p.Fault)));
        Assert.Null(closed.Paths[0].Fault);
        Assert.Equal("no answer from node 10.77.0.2 by VXLAN", closed.Paths[1].Fault);
        Assert.Contains("7789/udp", closed.Paths[1].Remedy, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Nodes_that_are_down_and_those_whose_address_another_one_has_are_not_measured()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Tasks.Add(OfNode("10.0.0.77", "10.77.0.2", ready: false)); // Of the node that joined anew.
        cluster.Tasks.Add(OfNode("10.0.0.78", "10.77.0.1", ready: false)); // The same of this one.
        cluster.Tasks.Add(OfNode("10.0.0.79", "10.77.0.9", ready: false)); // Its host is off.
        await cluster.ApplyAsync();
        var down = await cluster.Hosts[0].FindWellAsync();

        // Not missed yet: who of the two is there, nobody knows.
        cluster.Tasks.Add(OfNode("10.0.0.80", "10.77.0.2", ready: true));
        await cluster.ApplyAsync();
        var twice = await cluster.Hosts[0].FindWellAsync();

        Assert.Equal(
            [("node 10.77.0.2", null), ("node 10.77.0.2 by VXLAN", null)], down.Paths.Select(p => (p.To, p.Fault)));
        Assert.Equal([("node 10.77.0.2", null)], twice.Paths.Select(p => (p.To, p.Fault)));
    }

    [RootFact]
    public async Task A_port_of_the_mesh_that_a_program_of_the_host_holds_is_told_until_it_is_free()
    {
        await using var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        var network = cluster.Hosts[0].Network;
        var theirs = Wire.Serve(cluster.Hosts[0].Namespace, 8080, "theirs");
        await cluster.ApplyAsync();

        var held = (await network.DiagnoseAsync(fix: true, default)).Complaints(fix: true).ToList();
        theirs.Dispose();
        var mended = (await network.DiagnoseAsync(fix: true, default)).Complaints(fix: true).ToList();
        var after = (await network.DiagnoseAsync(fix: false, default)).Complaints(fix: false).ToList();

        var complaint = Assert.Single(held);
        Assert.Equal(("host", false), (complaint.Place, complaint.Mended));
        Assert.StartsWith("port 8080/tcp of service s1 does not answer here: ", complaint.What, StringComparison.Ordinal);
        Assert.Contains("another port", complaint.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(mended.Concat(after), c => c.What.Contains("8080", StringComparison.Ordinal));
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 0));
        using var servers = cluster.ServeAll(80);
        Assert.Equal("web.1.a 10.77.0.2", await Wire.CallAsync(cluster.Hosts[1].Namespace, "10.77.0.1", 8080));
    }

    [RootFact]
    public async Task A_node_in_no_cluster_is_looked_over_too()
    {
        await using var host = await TestHost.StartAsync();
        using var web = await host.RunAsync("web", "bridge");
        host.Route.DeleteLink("orch0");

        var found = await host.Network.DiagnoseAsync(fix: false, default);
        var mended = await host.Network.DiagnoseAsync(fix: true, default);
        var after = await host.Network.DiagnoseAsync(fix: false, default);

        Assert.Contains(new NetworkDrift("host", "link orch0 is gone"), found.Drifts);
        Assert.All(mended.Drifts, drift => Assert.Null(drift.Fault));
        Assert.Empty(after.Drifts);
        Assert.Empty(after.Paths);
    }

    private static OverlayEndpoint OfNode(string ip, string vtep, bool ready) =>
        new() { TaskId = "", Name = "", Ip = ip, NodeVtep = vtep, Ready = ready };

    private static NetworkConfig With(string policy) =>
        TwoHosts.Backend with { Options = TwoHosts.Backend.Options.Add("policy", policy) };
}
