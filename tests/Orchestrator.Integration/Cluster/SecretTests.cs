using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Cluster;

/// <summary>By docker's own client, from what it is given to what a task sees, and nowhere else.</summary>
[Collection(TestbedCollection.Name)]
public sealed class SecretTests(Testbed testbed)
{
    private const string Hush = "hush-7f3a";

    [RootFact]
    public async Task Only_the_task_gets_to_see_a_secret_and_no_disk_has_it()
    {
        var id = await DockerAsync($"printf {Hush} | docker secret create -l tier=back it-token -");
        await DockerAsync("printf shown | docker config create it-conf -");
        try
        {
            Assert.Equal($"{id} it-token", await DockerAsync("docker secret ls --format '{{.ID}} {{.Name}}' --filter name=it-token"));
            Assert.DoesNotContain("Data", await DockerAsync("docker secret inspect it-token"), StringComparison.Ordinal);
            Assert.Equal(
                await testbed.OrchAsync("m2", "secret", "inspect", "--pretty", "it-token"),
                await DockerAsync("docker secret inspect --pretty it-token"));
            await DockerAsync(
                "docker service create -q --name keeper --stop-grace-period 1s --constraint node.hostname==w1 --secret it-token "
                + "--secret source=it-token,target=/etc/token,uid=7,gid=8,mode=0400 --config it-conf "
                + $"{Testbed.WebImage}");

            var task = await testbed.OrchAsync("w1", "ps", "-q", "--filter", "label=com.docker.swarm.service.name=keeper");
            Assert.Equal(Hush, await testbed.OrchAsync("w1", "exec", task, "cat", "/run/secrets/it-token"));
            Assert.Equal("shown", await testbed.OrchAsync("w1", "exec", task, "cat", "/it-conf"));
            Assert.Matches("^-r-------- +1 7 +8 .*/etc/token$", await testbed.OrchAsync("w1", "exec", task, "ls", "-ln", "/etc/token"));
            Assert.Contains(
                "/run/secrets/it-token tmpfs ro,",
                await testbed.OrchAsync("w1", "exec", task, "cat", "/proc/mounts"), StringComparison.Ordinal);

            foreach (var host in Testbed.Hosts)
                Assert.Equal("", await testbed.ExecAsync(host, "sh", "-c", $"grep -rlsF {Hush} /var/lib/orch /etc/orch || true"));
            var refused = await testbed.TryExecAsync("m1", "docker", "secret", "rm", "it-token");
            Assert.Contains("secret 'it-token' is in use by the following service: keeper", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            await testbed.RemoveServiceAsync("keeper");
            await DockerAsync("docker secret rm it-token; docker config rm it-conf");
        }

        await Eventually.HoldsAsync(
            "no secret is mounted any more", TimeSpan.FromSeconds(20),
            () => testbed.ExecAsync("w1", "sh", "-c", "grep containers/.*/memory /proc/mounts || true"), left => left.Length == 0);
    }

    private Task<string> DockerAsync(string script) => testbed.ExecAsync("m1", "sh", "-c", script);
}
