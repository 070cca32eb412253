using System.Text.Json;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Daemon;

/// <summary>What dockerd's settings do to a daemon and to its containers.</summary>
[Collection(ConfiguredDaemonCollection.Name)]
public sealed class SettingsTests(ConfiguredDaemon node)
{
    [RootFact]
    public async Task A_container_gets_the_daemons_defaults()
    {
        var seen = await node.DockerAsync("run", "--rm", LoneDaemon.Image, "sh", "-c", """
            echo $(ulimit -Sn) $(ulimit -Hn)
            df -k /dev/shm | tail -n 1 | awk '{ print $2 }'
            ip -4 addr show eth0 | awk '/inet/ { print $2 }'
            grep NoNewPrivs /proc/self/status | awk '{ print $2 }'
            echo $$
            """);

        // Process 1 is an init of ours.
        Assert.Equal(["800 900", "8192", "10.199.7.129/24", "1"], seen.Split('\n')[..4]);
        Assert.NotEqual("1", seen.Split('\n')[4]);
    }

    [RootFact]
    public async Task A_created_container_has_the_defaults_written_down()
    {
        var id = await node.DockerAsync("create", "-p", "80", "--log-opt", "max-size=2m", LoneDaemon.Image, "sleep", "100");
        var host = JsonDocument.Parse(await node.DockerAsync("inspect", "-f", "{{json .HostConfig}}", id)).RootElement;

        Assert.Equal(
            ("shareable", "host", true, "2m", "{{.Name}}"),
            (host.GetProperty("IpcMode").GetString(), host.GetProperty("CgroupnsMode").GetString(),
                host.GetProperty("Init").GetBoolean(),
                host.GetProperty("LogConfig").GetProperty("Config").GetProperty("max-size").GetString(),
                host.GetProperty("LogConfig").GetProperty("Config").GetProperty("tag").GetString()));
        await node.DockerAsync("start", id);
        Assert.StartsWith("127.0.0.1:", await node.DockerAsync("port", id, "80"));
        await node.DockerAsync("rm", "-f", id);
    }

    [RootFact]
    public async Task Containers_of_a_bridge_without_icc_do_not_reach_one_another()
    {
        await node.DockerAsync("run", "-d", "--name", "icc-1", LoneDaemon.Image, "sh", "-c", "while :; do echo hello | nc -l -p 80; done");
        var address = await node.DockerAsync("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "icc-1");

        var called = await node.TryDockerAsync("run", "--rm", LoneDaemon.Image, "sh", "-c", $"timeout 1 nc {address} 80 </dev/null");

        Assert.DoesNotContain("hello", called.Output);
        await Eventually.HoldsAsync(
            "it reaches itself", TimeSpan.FromSeconds(20),
            async () => (await node.TryDockerAsync("exec", "icc-1", "sh", "-c", $"timeout 3 nc {address} 80 </dev/null")).Output.Trim() == "hello");
        await node.DockerAsync("rm", "-f", "icc-1");
    }

    [RootFact]
    public async Task A_new_network_is_cut_from_the_pools_of_the_settings()
    {
        await node.DockerAsync("network", "create", "pool-1");

        Assert.Equal(
            "10.200.0.0/26", await node.DockerAsync("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "pool-1"));
        await node.DockerAsync("network", "rm", "pool-1");
    }

    [RootFact]
    public async Task Info_tells_the_settings_and_the_log_tells_those_without_meaning()
    {
        var info = await node.DockerAsync("info");

        Assert.Contains("Live Restore Enabled: false", info);
        Assert.Contains("zone=a", info);
        Assert.Contains("Base: 10.200.0.0/16, Size: 26", info);
        Assert.DoesNotContain("<nil>", info);
        Assert.Contains("--cdi-spec-dir has no effect", node.Log);
    }

    [RootFact]
    public async Task The_socket_is_for_the_group_asked_for_and_plain_tcp_is_for_this_host_with_a_warning()
    {
        Assert.Equal("660 12345", await Shell.RunAsync("stat", ["-c", "%a %g", node.Socket]));
        Assert.Contains("The API on tcp://127.0.0.1:2375", node.Log);
        var ping = await node.InsideAsync("curl -s http://127.0.0.1:2375/_ping");
        Assert.Equal("OK", ping.Output);
    }

    [RootFact]
    public async Task A_reload_takes_up_what_dockerd_would_and_a_broken_file_nothing()
    {
        var since = (await node.InsideAsync("date +%s.%N")).Output;
        try
        {
            await node.ReloadAsync(ConfiguredDaemon.Settings
                .Replace("zone=a", "zone=b", StringComparison.Ordinal)
                .Replace("\"icc\": false", "\"icc\": true, \"debug\": true", StringComparison.Ordinal));
            await Eventually.HoldsAsync(
                "the new label is told", TimeSpan.FromSeconds(10),
                () => node.DockerAsync("info", "-f", "{{.Labels}} {{.Debug}}"), labels => labels == "[zone=b] true");
            await node.ReloadAsync("{ \"labels\": 1 }");
            await Eventually.HoldsAsync(
                "the fault is logged", TimeSpan.FromSeconds(10),
                () => Task.FromResult(node.Log.Contains("labels is a number", StringComparison.Ordinal)));

            Assert.Equal("[zone=b]", await node.DockerAsync("info", "-f", "{{.Labels}}"));
            Assert.Contains("icc changed in the file; it takes effect when orchd is started again", node.Log);
            var events = await node.DockerAsync(
                "events", "--since", since, "--until", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}",
                "--filter", "type=daemon", "--filter", "event=reload", "--format", "{{.Action}} {{.Actor.Attributes.labels}}");
            Assert.Equal("reload [\"zone=b\"]", events);
        }
        finally
        {
            await node.ReloadAsync(ConfiguredDaemon.Settings);
        }
    }

    [RootFact]
    public async Task A_reload_makes_a_registry_insecure_and_a_mirror_known()
    {
        await node.InsideAsync($"mkdir -p {node.Root}/web; busybox httpd -p 10.199.7.1:5005 -h {node.Root}/web");
        try
        {
            var before = await node.TryDockerAsync("pull", "10.199.7.1:5005/x");
            await node.ReloadAsync(ConfiguredDaemon.Settings.Replace(
                "\"icc\"", "\"insecure-registries\": [\"10.199.7.1:5005\"], \"registry-mirrors\": [\"http://10.199.7.1:5005\"], \"icc\"",
                StringComparison.Ordinal));
            await Eventually.HoldsAsync(
                "the mirror is told", TimeSpan.FromSeconds(10),
                () => node.DockerAsync("info", "-f", "{{.RegistryConfig.Mirrors}}"), mirrors => mirrors == "[http://10.199.7.1:5005]");
            var after = await node.TryDockerAsync("pull", "10.199.7.1:5005/x");

            Assert.Contains("cannot reach registry", before.Error); // It speaks no TLS.
            Assert.Contains("manifest for 10.199.7.1:5005/x:latest not found", after.Error);
        }
        finally
        {
            await node.ReloadAsync(ConfiguredDaemon.Settings);
            await Eventually.HoldsAsync(
                "the mirror is forgotten", TimeSpan.FromSeconds(10),
                () => node.DockerAsync("info", "-f", "{{.RegistryConfig.Mirrors}}"), mirrors => mirrors == "[]");
        }
    }

    [RootFact]
    public async Task Flags_choose_the_form_of_the_log_the_proxy_of_registries_and_the_address_of_a_swarm()
    {
        var (proxied, before) = (Path.Combine(node.Root, "proxied"), node.Log.Length);
        await node.InsideAsync(
            $"(printf 'HTTP/1.1 403 no\\r\\n\\r\\n' | timeout 60 busybox nc -l -p 3128 >{proxied} 2>&1 &)");
        await node.RestartAsync(
            $"-H unix://{node.ApiSocket} --log-format json --swarm-default-advertise-addr 127.0.0.1 "
            + "--https-proxy http://127.0.0.1:3128 --max-download-attempts 1");

        await node.TryDockerAsync("pull", "registry.invalid:5000/x");
        await node.DockerAsync("swarm", "init");

        Assert.Equal("127.0.0.1", await node.DockerAsync("info", "-f", "{{.Swarm.NodeAddr}}"));
        Assert.StartsWith("CONNECT registry.invalid:5000", await File.ReadAllTextAsync(proxied));
        Assert.All(
            node.Log[before..].Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => !line.StartsWith('{')),
            line => Assert.NotEmpty(JsonDocument.Parse(line).RootElement.GetProperty("LogLevel").GetString()!));
        // By another daemon than the one that made it: it is told of nothing but its disk.
        await node.RestartAsync();
        await node.DockerAsync("swarm", "leave", "-f");
        Assert.DoesNotContain("ingress", await node.DockerAsync("network", "ls"));
        Assert.Empty((await node.InsideAsync("ip -o link | grep -E 'ing0|vx'")).Output);
    }

    [RootFact]
    public async Task Without_live_restore_containers_stop_with_the_daemon_and_come_back_by_their_policy()
    {
        await node.DockerAsync("run", "-d", "--name", "back-1", "--restart", "always", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("run", "-d", "--name", "gone-1", LoneDaemon.Image, "sh", "-c", "trap 'exit 9' TERM; sleep 100 & wait");
        var pids = await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", "back-1", "gone-1");

        await node.KillAsync("TERM");

        Assert.All(pids.Split('\n'), pid => Assert.False(Directory.Exists($"/proc/{pid}")));
        await node.StartAsync();
        await Eventually.HoldsAsync(
            "the one with a policy runs again", TimeSpan.FromSeconds(15),
            () => node.DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "back-1", "gone-1"),
            states => states == "running 0\nexited 9");
        await node.DockerAsync("rm", "-f", "back-1", "gone-1");
    }
}
