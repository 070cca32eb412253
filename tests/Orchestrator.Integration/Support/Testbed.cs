using System.Formats.Tar;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Support;

/// <summary>Five hosts on this machine, made by deploy/testbed: managers m1 m2 m3, workers w1 w2.</summary>
public sealed class Testbed : IAsyncLifetime
{
    public const string WebImage = "registry.orch:5000/web:1";

    private readonly Dictionary<string, string> environment = new()
    {
        ["ORCH_TESTBED"] = $"it-{Environment.ProcessId}",
        ["ORCH_TESTBED_SETTINGS"] = "\"metrics-addr\": \"127.0.0.1:9323\"",
    };

    public static IReadOnlyList<string> Managers { get; } = ["m1", "m2", "m3"];

    public static IReadOnlyList<string> Workers { get; } = ["w1", "w2"];

    public static IReadOnlyList<string> Hosts { get; } = [.. Managers, .. Workers];

    private static string Program => Path.Combine(Shell.Root, "deploy", "testbed");

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // Every test of the collection says that it skips.
        await CommandAsync("up", "--managers", "3", "--workers", "2");
        await PushImageAsync("m1", WebImage);
    }

    /// <summary>Makes an image that serves a page and puts it into the cluster's registry.</summary>
    /// <param name="ballast">Bytes in it that nobody has seen before.</param>
    public async Task PushImageAsync(string host, string name, int ballast = 0)
    {
        await using var image = WebImageTar(ballast);
        await Shell.RunAsync(
            Program,
            ["exec", host, "--", "orch", "import", "-c", "CMD [\"/serve\"]", "-c", "ENV PATH=/bin", "-", name],
            environment, image);
        await ExecAsync(host, "orch", "push", name);
    }

    public async Task DisposeAsync()
    {
        if (Environment.IsPrivilegedProcess)
            await CommandAsync("down");
    }

    /// <summary>A command of deploy/testbed itself: kill, start, cut, heal…</summary>
    public Task<string> CommandAsync(params string[] arguments) => Shell.RunAsync(Program, arguments, environment);

    public Task<ShellResult> TryCommandAsync(params string[] arguments) =>
        Shell.TryRunAsync(Program, arguments, environment);

    /// <summary>Runs a program inside a host; fails the test if it fails.</summary>
    public Task<string> ExecAsync(string host, params string[] command) =>
        Shell.RunAsync(Program, ["exec", host, "--", .. command], environment);

    public Task<ShellResult> TryExecAsync(string host, params string[] command) =>
        Shell.TryRunAsync(Program, ["exec", host, "--", .. command], environment);

    public Task<string> OrchAsync(string host, params string[] arguments) => ExecAsync(host, ["orch", .. arguments]);

    public Task<ShellResult> TryOrchAsync(string host, params string[] arguments) =>
        TryExecAsync(host, ["orch", .. arguments]);

    /// <summary>Body of a page, or the empty string while nobody answers.</summary>
    /// <remarks>Not wget -T: the static busybox of Debian dies of it.</remarks>
    public async Task<string> FetchAsync(string host, string url)
    {
        var result = await TryExecAsync(host, "timeout", "3", "busybox", "wget", "-q", "-O-", url);
        return result.ExitCode == 0 ? result.Output : "";
    }

    public Task AnswersAsync(string host, string url) => Eventually.HoldsAsync(
        $"{url} answers {host}", TimeSpan.FromSeconds(20), async () => await FetchAsync(host, url) != "");

    /// <summary>A counter of a host's daemon; zero while it has counted nothing.</summary>
    /// <param name="series">As the metrics page has it: <c>name</c> or <c>name{label="x"}</c>.</param>
    public async Task<long> CounterAsync(string host, string series)
    {
        var page = await ExecAsync(
            host, "timeout", "10", "busybox", "wget", "-q", "-O-", "http://127.0.0.1:9323/metrics");
        var line = page.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0
            : (long)double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Address of a host on the underlay. Source: deploy/testbed.</summary>
    public static string Address(string host) =>
        $"192.0.2.{(host[0] == 'm' ? 10 : 50) + int.Parse(host[1..], System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Nodes that run the running tasks of a service, one entry a task.</summary>
    public async Task<IReadOnlyList<string>> NodesOfAsync(string service, string at = "m1")
    {
        var result = await TryOrchAsync(
            at, "service", "ps", service, "--filter", "desired-state=running", "--format",
            "{{.Node}} {{.CurrentState}}");
        return [.. result.Lines.Where(l => l.Contains(" Running", StringComparison.Ordinal)).Select(l => l.Split(' ')[0])];
    }

    public Task<TimeSpan> ConvergedAsync(string service, int replicas, TimeSpan deadline, string at = "m1") =>
        Eventually.HoldsAsync(
            $"{service} at {replicas} replicas", deadline,
            () => NodesOfAsync(service, at), nodes => nodes.Count == replicas);

    /// <summary>Removes a service and waits until its tasks are gone.</summary>
    public async Task RemoveServiceAsync(string service, string at = "m1")
    {
        await TryOrchAsync(at, "service", "rm", service);
        foreach (var host in Hosts)
        {
            await Eventually.HoldsAsync(
                $"containers of {service} on {host} gone", TimeSpan.FromSeconds(30),
                () => OrchAsync(host, "ps", "-aq", "--filter", $"label=com.docker.swarm.service.name={service}"),
                left => left.Length == 0);
        }
    }

    public async Task<string> LeaderAsync()
    {
        foreach (var host in Managers)
        {
            var nodes = await TryOrchAsync(host, "node", "ls", "--format", "{{.Hostname}} {{.ManagerStatus}}");
            var leader = nodes.Lines.FirstOrDefault(l => l.EndsWith(" Leader", StringComparison.Ordinal));
            if (nodes.ExitCode == 0 && leader is not null)
                return leader.Split(' ')[0];
        }

        return "";
    }

    /// <summary>busybox serving a page with the container's name, and a second port for raw replies.</summary>
    public static MemoryStream WebImageTar(int ballast = 0)
    {
        const UnixFileMode executable = (UnixFileMode)0b111_101_101;
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in new[] { "bin", "tmp", "etc", "proc", "sys", "dev" })
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = executable });
            using var busybox = File.OpenRead("/bin/busybox");
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = executable, DataStream = busybox });
            foreach (var applet in new[] { "sh", "httpd", "hostname", "cat", "sleep", "ls", "wget", "nslookup", "echo", "ip", "true", "seq", "ps", "mkdir", "date" })
                writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
            using var script = new MemoryStream("""
                #!/bin/sh
                mkdir -p /tmp/www && hostname >/tmp/www/index.html
                i=0; while :; do i=$((i + 1)); echo "line $i"; sleep 0.2; done &
                exec httpd -f -p 80 -h /tmp/www

                """u8.ToArray());
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "serve") { Mode = executable, DataStream = script });
            using var noise = new MemoryStream(System.Security.Cryptography.RandomNumberGenerator.GetBytes(ballast));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/ballast") { DataStream = noise });
        }

        tar.Position = 0;
        return tar;
    }
}

[CollectionDefinition(Name)]
public sealed class TestbedCollection : ICollectionFixture<Testbed>
{
    public const string Name = "testbed";
}
