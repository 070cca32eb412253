using Orchestrator.Integration.Support;

namespace Orchestrator.Integration.DropIn;

/// <summary>A folder, a mount and a network namespace, and a cgroup, for somebody else's engine that is to use our
/// runtime. All of it goes away.</summary>
public sealed class PrivateHost
{
    private string sleeper = "";

    public PrivateHost(string name)
    {
        Folder = Path.Combine("/tmp", $"{name}-{Environment.ProcessId}");
        Cgroup = $"/{name}-{Environment.ProcessId}";
    }

    public static string Runtime =>
        Path.Combine(Environment.GetEnvironmentVariable("ORCH_BIN") ?? Path.Combine(Shell.Root, "out", "bin"), "orch-runtime");

    public string Folder { get; }

    public string Cgroup { get; }

    /// <summary>A sleeper holds the namespaces while commands come and go.</summary>
    public async Task UpAsync()
    {
        Directory.CreateDirectory(Folder);
        sleeper = await Sleeper.StartAsync(seconds: 900);
    }

    public Task<ShellResult> TryInsideAsync(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        Shell.TryRunAsync("nsenter", ["-m", "-n", "-t", sleeper, .. command], environment);

    /// <summary>The same on a terminal: output and errors are one, and lines end with CR LF.</summary>
    public Task<ShellResult> TryOnTerminalAsync(
        IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var quoted = string.Join(' ', command.Select(w => $"'{w}'"));
        return TryInsideAsync(["script", "-qefc", quoted, "/dev/null"], environment);
    }

    /// <summary>Directories of the cgroup that are still there, below the one of this host's own.</summary>
    public IReadOnlyList<string> CgroupsLeft() =>
    [
        .. Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(h => h + Cgroup)
            .Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories),
    ];

    /// <summary>Ends what lives in the mount namespace, the sleeper last; then the cgroup and the folder go.</summary>
    public async Task DownAsync()
    {
        await Shell.TryRunAsync("sh", ["-c", $$"""
            ours=$(readlink /proc/{{sleeper}}/ns/mnt) || exit 0
            for p in /proc/[0-9]*; do
              [ "$(readlink "$p/ns/mnt" 2>/dev/null)" = "$ours" ] && kill -9 "${p#/proc/}"
            done
            for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /proc/{{sleeper}}/ns/mnt ] || break; sleep 0.1; done
            for group in /sys/fs/cgroup{{Cgroup}} /sys/fs/cgroup/*{{Cgroup}}; do
              [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} +
            done
            rm -rf {{Folder}}
            """]);
    }
}
