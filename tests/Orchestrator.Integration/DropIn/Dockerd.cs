using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.DropIn;

/// <summary>Debian's dockerd and containerd, with folders of their own and no bridge; our runtime is its "orch".</summary>
public sealed class Dockerd : IAsyncLifetime
{
    public const string Image = "busybox:test";

    public PrivateHost Host { get; } = new("orch-docker");

    private string Socket => $"unix://{Host.Folder}/sock";

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        await Host.UpAsync();
        await Host.TryInsideAsync(["sh", "-c",
            $"setsid dockerd --data-root {Host.Folder}/data --exec-root {Host.Folder}/run -p {Host.Folder}/pid -H {Socket} "
            + "--bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false "
            + $"--cgroup-parent {Host.Cgroup} --add-runtime orch={PrivateHost.Runtime} >{Host.Folder}/log 2>&1 </dev/null &"]);
        await Eventually.HoldsAsync(
            "dockerd answers", TimeSpan.FromSeconds(60), async () => (await TryAsync("version")).ExitCode == 0);
        await using var image = Testbed.WebImageTar();
        await Shell.RunAsync("docker", ["-H", Socket, "import", "-c", "ENV PATH=/bin", "-", Image], input: image);
    }

    public async Task DisposeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var left = await TryAsync("ps", "-aq");
        if (left.Lines.Length > 0)
            await TryAsync(["rm", "-fv", .. left.Lines]);
        await Host.DownAsync();
    }

    public Task<ShellResult> TryAsync(params string[] arguments) =>
        Shell.TryRunAsync("docker", ["-H", Socket, .. arguments]);

    public Task<string> MustAsync(params string[] arguments) => Shell.RunAsync("docker", ["-H", Socket, .. arguments]);

    public Task<ShellResult> RunAsync(params string[] arguments) =>
        TryAsync(["run", "--runtime", "orch", "--network", "none", .. arguments]);

    public Task<ShellResult> PipeAsync(Stream input, params string[] arguments) => Shell.TryRunAsync(
        "docker", ["-H", Socket, "run", "--runtime", "orch", "--network", "none", .. arguments], input: input);

    public Task<ShellResult> OnTerminalAsync(params string[] arguments) =>
        Host.TryOnTerminalAsync(["docker", "-H", Socket, .. arguments]);
}
