using Orchestrator.Testing;

namespace Orchestrator.Integration.Support;

/// <summary>One orchd, alone, in mount and network namespaces of its own, with folders that go away; driven by the stock
/// docker client. Programs are those of out/bin, or of the folder that ORCH_BIN names.</summary>
public class LoneDaemon : IAsyncLifetime
{
    public const string Image = "busybox:test";

    private static int count;

    private readonly string folder;
    private readonly string cgroup;
    private string namespaces = "";

    public LoneDaemon()
    {
        var name = $"orch-lone-{Environment.ProcessId}-{Interlocked.Increment(ref count)}";
        (folder, cgroup) = (Path.Combine("/tmp", name), "/" + name);
    }

    /// <summary>Everything of this daemon is below it.</summary>
    protected string Folder => folder;

    /// <summary>More of the daemon's command line.</summary>
    protected virtual string Flags => "";

    /// <summary>Goes before the daemon's own command line: variables, and programs that become what follows.</summary>
    protected virtual string Launcher => "";

    /// <summary>The daemon's configuration file, written at each start.</summary>
    protected virtual string Configuration => "{}";

    /// <summary>Called when the namespaces are there and the daemon is not.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected static string Bin => Environment.GetEnvironmentVariable("ORCH_BIN") ?? Path.Combine(Shell.Root, "out", "bin");

    /// <summary>Path of the API's socket.</summary>
    public string ApiSocket => Path.Combine(folder, "run", "orch.sock");

    protected string SocketAddress => $"unix://{ApiSocket}";

    /// <summary>Everything of this daemon on disk.</summary>
    public string Root => folder;

    /// <summary>Cgroups of its containers, in whichever hierarchy.</summary>
    public IReadOnlyList<string> Cgroups() =>
    [
        .. Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(h => h + cgroup)
            .Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).Order(),
    ];

    /// <summary>Pids of the shims of its containers.</summary>
    public IReadOnlyList<int> Shims()
    {
        var pids = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out var pid) && CommandLine(process) is [_, "shim", ..] words
                && words.Any(word => word.StartsWith(folder + "/", StringComparison.Ordinal)))
                pids.Add(pid);
        }

        return pids;
    }

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // Every test of the collection says that it skips.
        Directory.CreateDirectory(folder);
        namespaces = await Sleeper.StartAsync(seconds: 3600);
        await PrepareAsync();
        await StartAsync();
        await using var tar = Testbed.WebImageTar();
        await Shell.RunAsync("docker", ["-H", SocketAddress, "import", "-c", "ENV PATH=/bin", "-", Image], input: tar);
    }

    public async Task DisposeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var left = await TryDockerAsync("ps", "-aq");
        if (left.Lines.Length > 0)
            await TryDockerAsync(["rm", "-fv", .. left.Lines]);
        await KillAsync("TERM");
        await Shell.TryRunAsync("sh", ["-c", RemoveTheRest]);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Starts orchd and waits until it answers.</summary>
    public async Task StartAsync()
    {
        await InsideAsync(
            $"trap '' HUP; {Launcher} setsid {Bin}/orchd --data-root {folder}/data --exec-root {folder}/run --cgroup-parent {cgroup} " +
            $"--config-file {WriteConfiguration()} {Flags} >>{folder}/log 2>&1 </dev/null &");
        await Eventually.HoldsAsync(
            "orchd answers", TimeSpan.FromSeconds(30), async () => (await TryDockerAsync("version")).ExitCode == 0);
    }

    /// <summary>Ends orchd alone, and returns when it is gone.</summary>
    public async Task KillAsync(string signal)
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(folder, "run", "orchd.pid"))).Trim();
        await Shell.RunAsync("kill", [$"-{signal}", pid]);
        await Eventually.HoldsAsync("orchd is gone", TimeSpan.FromSeconds(15), () => Task.FromResult(!Directory.Exists($"/proc/{pid}")));
    }

    public Task<string> DockerAsync(params string[] arguments) => Shell.RunAsync("docker", ["-H", SocketAddress, .. arguments]);

    public Task<ShellResult> TryDockerAsync(params string[] arguments) =>
        Shell.TryRunAsync("docker", ["-H", SocketAddress, .. arguments]);

    /// <param name="client"><c>docker</c>, the stock client, or <c>orch</c>.</param>
    public Task<ShellResult> TryAsync(string client, params string[] arguments) =>
        Shell.TryRunAsync(client == "orch" ? $"{Bin}/orch" : client, ["-H", SocketAddress, .. arguments]);

    public Task<ShellResult> PipeAsync(Stream input, params string[] arguments) =>
        Shell.TryRunAsync("docker", ["-H", SocketAddress, .. arguments], input: input);

    /// <summary>Runs a shell line in the daemon's namespaces.</summary>
    public Task<ShellResult> InsideAsync(string line) =>
        Shell.TryRunAsync("nsenter", ["-m", "-n", "-t", namespaces, "sh", "-c", line]);

    private static string[] CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Whatever lives in our mount namespace (the sleeper itself), the helper, and the cgroups.</summary>
    private string RemoveTheRest => $$"""
        ours=$(readlink /proc/{{namespaces}}/ns/mnt)
        for p in /proc/[0-9]*; do
          # The brackets: this very script is not what it looks for.
          if [ "$(readlink "$p/ns/mnt" 2>/dev/null)" = "$ours" ] ||
            grep -qas 'orch-ne[t].*{{folder}}/' "$p/cmdline"; then kill -9 "${p#/proc/}"; fi
        done
        sleep 0.2
        for group in /sys/fs/cgroup{{cgroup}} /sys/fs/cgroup/*{{cgroup}}; do
          [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} +
        done
        true
        """;

    private string WriteConfiguration()
    {
        var path = Path.Combine(folder, "daemon.json");
        File.WriteAllText(path, Configuration);
        return path;
    }
}

[CollectionDefinition(Name)]
public sealed class LoneDaemonCollection : ICollectionFixture<LoneDaemon>
{
    public const string Name = "lone daemon";
}
