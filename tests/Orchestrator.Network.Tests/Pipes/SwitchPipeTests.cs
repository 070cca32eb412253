using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Pipes to bridges of Open vSwitch.</summary>
public sealed class SwitchPipeTests
{
    [RootFact]
    public async Task Containers_meet_in_a_bridge_of_Open_vSwitch_and_VLANs_of_it_are_apart()
    {
        await using var host = await TestHost.StartAsync();
        using var ovs = await OpenVSwitch.StartAsync(host);
        ovs.AddBridge("ovsbr0");
        using var a = await host.RunAsync("a", "bridge");
        using var b = await host.RunAsync("b", "bridge");
        using var c = await host.RunAsync("c", "bridge");

        await host.PipeAsync("ovsbr0", "a", "10.6.0.1/24", "@10");
        await host.PipeAsync("ovsbr0", "b", "10.6.0.2/24", "02:11:22:33:44:55@10");
        var other = await host.PipeAsync("ovsbr0", "c", "10.6.0.3/24", "@20");
        using var right = Wire.Serve(b.Namespace, 80, "b");
        using var wrong = Wire.Serve(c.Namespace, 80, "c");

        Assert.Equal(PipeKind.OpenVSwitch, other.Kind);
        Assert.Equal("b 10.6.0.1", await Wire.CallAsync(a.Namespace, "10.6.0.2", 80));
        Assert.Equal("02:11:22:33:44:55", b.Link("eth1")?.Mac?.ToString());
        Assert.Equal("20", ovs.Control("get", "port", other.HostLink, "tag"));
        Assert.NotEqual("c 10.6.0.1", await Wire.CallAsync(a.Namespace, "10.6.0.3", 80, TimeSpan.FromSeconds(1)));
    }

    [RootFact]
    public async Task A_port_goes_with_its_pipe_also_when_the_daemon_was_down_and_a_stranger_s_stays()
    {
        await using var host = await TestHost.StartAsync();
        using var ovs = await OpenVSwitch.StartAsync(host);
        ovs.AddBridge("ovsbr0");
        ovs.Control("add-port", "ovsbr0", "theirs", "--", "set", "interface", "theirs", "type=internal");
        using var a = await host.RunAsync("a", "bridge");
        using var b = await host.RunAsync("b", "bridge");
        var first = await host.PipeAsync("ovsbr0", "a", "10.6.0.1/24");
        var second = await host.PipeAsync("ovsbr0", "b", "10.6.0.2/24");
        var before = ovs.Control("list-ports", "ovsbr0").Split('\n').Order();

        await host.Network.RemovePipeAsync("a", "eth1", default);
        var without = ovs.Control("list-ports", "ovsbr0").Split('\n').Order();
        await host.RestartDaemonAsync(new HashSet<string> { "a" }); // The other container is no more.

        Assert.Equal(new[] { first.HostLink, second.HostLink, "theirs" }.Order(), before);
        Assert.Equal(new[] { second.HostLink, "theirs" }.Order(), without);
        Assert.Equal("theirs", ovs.Control("list-ports", "ovsbr0"));
        Assert.Null(host.Route.FindLink(second.HostLink));
    }

    [RootFact]
    public async Task A_port_that_somebody_takes_out_is_there_again_and_so_is_one_after_a_reboot()
    {
        await using var host = await TestHost.StartAsync("", TimeSpan.FromMilliseconds(50));
        using var ovs = await OpenVSwitch.StartAsync(host);
        ovs.AddBridge("ovsbr0");
        using var a = await host.RunAsync("a", "bridge");
        var pipe = await host.PipeAsync("ovsbr0", "a", "10.6.0.1/24", "@10");

        ovs.Control("del-port", "ovsbr0", pipe.HostLink);
        for (var tries = 0; tries < 100 && ovs.Control("list-ports", "ovsbr0") != pipe.HostLink; tries++)
            await Task.Delay(50);
        var tag = ovs.Control("get", "port", pipe.HostLink, "tag");
        await host.Network.DeleteSandboxAsync("a", default);
        var stopped = ovs.Control("list-ports", "ovsbr0");
        using var again = await host.RunAsync("a", "bridge");
        await host.Network.PlugPipesAsync("a", default);

        Assert.Equal("10", tag);
        Assert.Equal("", stopped);
        Assert.Equal(pipe.HostLink, ovs.Control("list-ports", "ovsbr0"));
        Assert.Contains(again.Addresses(), x => x.Address.ToString() == "10.6.0.1");
    }

    [RootFact]
    public async Task What_the_switch_cannot_take_is_said_in_one_line_and_leaves_nothing()
    {
        await using var host = await TestHost.StartAsync();
        using var a = await host.RunAsync("a", "bridge");
        var absent = await Assert.ThrowsAsync<NetworkException>(() => host.PipeAsync("ovsbr0", "a", "10.6.0.1/24"));
        using var ovs = await OpenVSwitch.StartAsync(host);

        // No kernel datapath here: a bridge that is made for the pipe cannot be.
        var refused = await Assert.ThrowsAsync<NetworkException>(() => host.PipeAsync("ovsbr0", "a", "10.6.0.1/24"));

        Assert.Contains("ovsbr0: this host has no Open vSwitch", absent.Message, StringComparison.Ordinal);
        Assert.Contains("Open vSwitch cannot take ovsbr0: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", ovs.Control("list-br"));
        Assert.Empty(host.Network.ListPipes());
        Assert.DoesNotContain(host.Route.ListLinks(), l => l.Alias.Contains("pipe", StringComparison.Ordinal));
    }
}
