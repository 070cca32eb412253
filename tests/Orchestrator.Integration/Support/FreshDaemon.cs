using Orchestrator.Testing;

namespace Orchestrator.Integration.Support;

/// <summary>A daemon that a test has for itself, and what is left in the kernel and on disk of its containers.</summary>
public sealed class FreshDaemon : IAsyncDisposable
{
    private FreshDaemon(LoneDaemon daemon) => Daemon = daemon;

    public LoneDaemon Daemon { get; }

    private IReadOnlyList<string> before = [];

    public static async Task<FreshDaemon> StartAsync()
    {
        var daemon = new LoneDaemon();
        await daemon.InitializeAsync();
        var fresh = new FreshDaemon(daemon);
        fresh.before = await fresh.FoundAsync();
        return fresh;
    }

    /// <summary>Fails unless soon there is no more than at the beginning.</summary>
    public Task IsCleanAsync() => Eventually.HoldsAsync(
        "nothing is left", TimeSpan.FromSeconds(30),
        async () => string.Join('\n', (await FoundAsync()).Except(before)), left => left.Length == 0);

    /// <summary>Links, mounts, cgroups, shims, and directories of containers.</summary>
    private async Task<IReadOnlyList<string>> FoundAsync()
    {
        var links = await Daemon.InsideAsync("ip -o link | awk -F': ' '{ print \"link \" $2 }'");
        var mounts = await Daemon.InsideAsync($"grep -c ' {Daemon.Root}/' /proc/self/mounts; true");
        var folders = await Daemon.InsideAsync(
            $"cd {Daemon.Root} && find data/containers data/snapshots data/volumes data/networks run -mindepth 1 -maxdepth 2 | sort");
        return
        [
            .. links.Lines.Order(),
            $"{mounts.Output} mounts",
            .. Daemon.Cgroups().Select(cgroup => $"cgroup {cgroup}"),
            .. Daemon.Shims().Select(pid => $"shim {pid}"),
            .. folders.Lines,
        ];
    }

    public async ValueTask DisposeAsync() => await Daemon.DisposeAsync();
}
