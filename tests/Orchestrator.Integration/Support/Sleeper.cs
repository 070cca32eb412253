using Orchestrator.Testing;

namespace Orchestrator.Integration.Support;

/// <summary>A process that holds mount and network namespaces while others come and go in them. Unlike `ip netns`, this
/// leaves the cgroups visible.</summary>
public static class Sleeper
{
    /// <returns>Its pid, once the namespaces are all it should be: who enters them before that is still on the host, and
    /// so is what he mounts.</returns>
    public static async Task<string> StartAsync(int seconds)
    {
        var pid = await Shell.RunAsync("sh", ["-c",
            $"unshare -m -n --propagation private sh -c 'ip link set lo up; exec sleep {seconds}' >/dev/null 2>&1 & echo $!"]);
        await Eventually.HoldsAsync(
            "the namespaces are there", TimeSpan.FromSeconds(30),
            () => File.ReadAllTextAsync($"/proc/{pid}/comm"), name => name == "sleep\n");
        return pid;
    }
}
