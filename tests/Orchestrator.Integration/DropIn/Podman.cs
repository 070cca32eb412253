using Orchestrator.Integration.Support;

namespace Orchestrator.Integration.DropIn;

/// <summary>Debian's podman and conmon, with storage of their own and our runtime.</summary>
public sealed class Podman : IAsyncLifetime
{
    public const string Image = "busybox:test";

    private Dictionary<string, string> environment = [];

    public PrivateHost Host { get; } = new("orch-podman");

    private string[] Program =>
    [
        "podman", "--runtime", PrivateHost.Runtime, "--cgroup-manager=cgroupfs", "--events-backend=file",
        "--root", $"{Host.Folder}/root", "--runroot", $"{Host.Folder}/runroot", "--tmpdir", $"{Host.Folder}/tmp",
    ];

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        await Host.UpAsync();
        // Podman's own default, a million files, is more than a root without CAP_SYS_RESOURCE may give.
        var configuration = Path.Combine(Host.Folder, "containers.conf");
        await File.WriteAllTextAsync(configuration, """
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            [engine]
            lock_type = "file"
            """);
        environment = new() { ["CONTAINERS_CONF"] = configuration };
        var tar = Path.Combine(Host.Folder, "image.tar");
        await using (var file = File.Create(tar))
        await using (var image = Testbed.WebImageTar())
            await image.CopyToAsync(file);
        await MustAsync("import", "-c", "ENV PATH=/bin", tar, Image);
    }

    public async Task DisposeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        await TryAsync("rm", "-fa");
        await Host.DownAsync();
        // Podman makes this one beside the parent it is told, and leaves it; rmdir takes it only if it is empty.
        await Shell.TryRunAsync("sh", ["-c", "rmdir /sys/fs/cgroup/*/libpod_parent/conmon /sys/fs/cgroup/*/libpod_parent"]);
    }

    public Task<ShellResult> TryAsync(params string[] arguments) =>
        Host.TryInsideAsync([.. Program, .. arguments], environment);

    public async Task<string> MustAsync(params string[] arguments)
    {
        var result = await TryAsync(arguments);
        Assert.True(result.ExitCode == 0, $"podman {string.Join(' ', arguments)}: {result.ExitCode}, {result.Error}");
        return result.Output;
    }

    /// <summary><c>podman run</c> in a cgroup of this host's, with an empty network.</summary>
    public Task<ShellResult> RunAsync(params string[] arguments) =>
        TryAsync(["run", "--cgroup-parent", Host.Cgroup, "--network=none", .. arguments]);

    public Task<ShellResult> OnTerminalAsync(params string[] arguments) =>
        Host.TryOnTerminalAsync([.. Program, .. arguments], environment);
}
