using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Orchestrator.Integration.Support;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Engine;

/// <summary>What <c>orch</c> prints is what the stock client, asking the same daemon, prints: to the byte.</summary>
/// <remarks>
/// Left out, as they differ on purpose: <c>version</c> and the client's part of <c>info</c> (another program); the order
/// of an image's names and of several labels in a listing (docker's is that of a hash table, ours sorted); whole
/// structures printed by <c>{{.}}</c> where pointers are in them; Go's types in template errors; "exit status 1" behind
/// the error of <c>network rm</c>.
/// </remarks>
[Collection(LoneDaemonCollection.Name)]
public sealed partial class ClientParityTests(LoneDaemon daemon, ITestOutputHelper output)
{
    /// <summary>A command line each; words that hold spaces stand in back quotes.</summary>
    private static readonly string[] Lines =
    [
        "ps", "ps -a", "ps -aq", "ps -a --no-trunc", "ps -as", "ps -l", "ps -n 1", "ps -a --filter status=exited",
        "ps -a --filter name=p-web --format json", "ps -a --filter name=p- --format raw", "ps -aq --format raw",
        "ps -a --format `table {{.ID}}\\t{{.Names}}\\t{{.Ports}}`", "ps -a --format `{{.Label \"com.x\"}}|{{.Mounts}}|{{.LocalVolumes}}`",
        "ps -a --format `{{.CreatedAt}} {{.RunningFor}} {{.State}} {{.Status}} {{.Size}} {{.Platform}} {{.Networks}}`",
        "ps -a --format `{{upper .Names}} {{lower .Image}} {{title .State}} {{len .Names}} {{pad .ID 2 3}}|{{truncate .ID 4}}`",
        "ps -a --format `{{join (split .Image \":\") \"/\"}} {{json .Names}} {{println .ID .Names}}`",
        "ps -a --format `{{printf \"%-12s|%q|%6d|%05.1f|%x|%.3s|%v|%T\" .Names .Image 42 3.14159 \"hi\" .ID .State .ID}}`",
        "ps -a --format `{{if eq .Names \"p-web\" \"x\"}}W{{else if ne .State \"exited\"}}M{{else}}-{{end}}`",
        "ps -a --format `{{range $i, $e := split .Image \":\"}}{{$i}}={{$e}} {{end}}{{with .Names}}<{{.}}>{{end}}`",
        "ps -a --format `{{html .Command}} {{js .Command}} {{urlquery .Image}} {{print .ID 1 2 .Names}}`",
        "ps -a --format `{{lt 1 2}} {{ge 3 4}} {{and .ID .Names}} {{or \"\" .Names}} {{not .ID}} {{$x := .ID}}{{$x}}`",
        "ps -a --format `{{define \"n\"}}<{{.}}>{{end}}{{template \"n\" .Names}}`", "ps -a --format table{{.Names}}",
        "ps -a --format `table {{upper .Names}}\\t{{join (split .Image \":\") \"-\"}}`", "volume ls --format {{.Name",
        "volume ls --format {{upper}}", "volume ls --format `{{index .Name \"x\"}}`", "volume ls --format `{{.Name \"x\"}}`",
        "system df -v --format json", "system df -v --format `{{range .Volumes}}{{.Name}} {{end}}{{len .Images}}`",
        "inspect -f {{.Nope}} p-web", "inspect -f {{.State.Health.Status}} p-done", "inspect -f {{if}} p-web",
        "inspect -f {{.Config.Labels.none}} p-web",
        "ps -a --format `a\\tb\\nc`", "ps -a --format TABLE", "ps -a --format `{{/* none */}}{{- .ID -}} x`",
        "images --filter reference=p-image", "images -q --no-trunc --filter reference=p-image",
        "images --digests --filter reference=p-image", "images --filter reference=p-image --format json",
        "images --filter reference=p-image --format raw", "images p-image --format `{{.VirtualSize}} {{.SharedSize}} {{.Containers}}`",
        "history p-image", "history -q p-image", "history -H=false p-image", "history --no-trunc p-image", "history --format json p-image",
        "network ls", "network ls --no-trunc", "network ls -q", "network ls --format json", "network ls --format raw",
        "network ls --format `table {{.ID}}\\t{{.IPv4}}\\t{{.Internal}}\\t{{.CreatedAt}}\\t{{.Label \"zone\"}}`",
        "volume ls", "volume ls -q", "volume ls --format json", "volume ls --format raw",
        "volume ls --format `table {{.Name}}\\t{{.Links}}\\t{{.Size}}\\t{{.Status}}\\t{{.Group}}\\t{{.Mountpoint}}\\t{{.Label \"a\"}}`",
        "system df", "system df --format json", "system df --format raw", "system df -v",
        "port p-web", "port p-web 80", "port p-web 80/tcp", "port p-web 9/udp", "port p-web x", "top p-web", "diff p-web",
        "diff p-web --format json", "logs p-web", "stats --no-stream p-done", "stats --no-stream --format json p-done",
        "events --since 1000 --until 1s --filter type=volume", "events --since 1000 --until 1s --filter type=network --format json",
        "events --since 1000 --until 1s --filter type=image --format `{{.Type}} {{.Action}} {{.ID}} {{json .Actor.Attributes}}`",
        "inspect p-web", "inspect p-web p-done", "container inspect p-done", "image inspect p-image", "network inspect p-net bridge",
        "volume inspect p-vol", "inspect p-vol", "inspect -f json p-vol", "inspect -f `{{json .Mounts}}` p-web",
        "inspect -f `{{.State.Status}} {{.State.Health}} {{if .State.Health}}h{{end}} {{.State}}` p-done",
        "inspect -f `{{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.ExposedPorts}} {{.SizeRw}} {{json .Config.Labels}}` p-web",
        "inspect -f `{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}` p-web", "inspect -f {{.NetworkSettings.Ports}} p-web",
        "inspect -f `{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}} {{$v.Gateway}}{{end}}` p-web",
        "inspect -f `{{index .Config.Labels \"none\"}}|{{index .Config.Labels \"com.x\"}}|{{.HostConfig.PortBindings}}` p-web",
        "inspect -f `{{range .Config.Env}}{{println .}}{{end}}{{slice .Id 2 8}} {{printf \"%.12s\" .Id}} {{.Created}}` p-web",
        "inspect -f `{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{.HostConfig.NetworkMode}} {{.HostConfig.CapAdd}}` p-web",
        "image inspect -f `{{.RepoTags}} {{.Config.Env}} {{.RootFS.Layers}} {{.Metadata.LastTagTime}} {{.Size}}` p-image",
        "network inspect -f `{{.Created}} {{range .IPAM.Config}}{{.Subnet}}{{end}} {{.IPAM.Config}} {{.Options}} {{.Labels}}` p-net",
        "volume inspect -f `{{.Options}} {{.Labels}} {{.CreatedAt}} {{json .}}` p-vol",
        "info -f `{{.ServerVersion}} {{.NCPU}} {{.SecurityOptions}} {{json .Plugins}} {{.Swarm.LocalNodeState}} {{.DriverStatus}}`",
        "version -f `{{.Server.Version}} {{.Server.APIVersion}} {{.Client.APIVersion}} {{.Client.Os}}/{{.Client.Arch}}`",

        "inspect nope", "container inspect nope", "image inspect nope", "network inspect nope", "volume inspect nope",
        "inspect --type volume p-web", "rm nope", "rmi nope", "stop nope", "start nope", "restart nope", "kill nope", "logs nope",
        "volume rm nope", "volume rm p-vol", "rename p-web", "cp a b", "cp p-web:/nope -", "kill -s FOO p-web", "pull NOPE",
        "tag p-image BAD", "exec nope ls", "exec p-done ls", "pause p-done", "unpause p-web", "port nope", "top p-done", "attach p-done",
        "create nope.invalid/x", "volume create a/b", "network create p-net", "rm p-web", "export nope", "save nope", "commit nope",
        "diff nope", "update nope", "ps foo", "ps --foo", "ps -z", "ps --filter foo", "ps --filter foo=bar", "ps -n x", "--foo ps",
        "images --filter foo=bar", "network ls --filter foo=bar", "volume ls --filter foo=bar", "run", "run --foo x", "tag a",
        "container rm", "network create", "swarm join", "node ls", "service ls", "search --limit 200 x",
        "system prune", "system prune -a --volumes --filter label=x", "volume prune", "volume prune -a", "image prune",
        "image prune -a", "container prune", "network prune", "container prune -f --filter label=nope", "system prune -f --filter label=nope",
    ];

    [Docker28Fact]
    public async Task Every_listing_template_and_error_is_the_stock_clients_to_the_byte()
    {
        await SetUpAsync();
        var differences = new ConcurrentBag<string>();
        try
        {
            await Parallel.ForEachAsync(Lines, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (line, _) =>
            {
                if (await DifferenceAsync(line) is { } difference)
                    differences.Add(difference);
            });
        }
        finally
        {
            await TearDownAsync();
        }

        foreach (var difference in differences)
            output.WriteLine(difference);
        Assert.Empty(differences);
    }

    /// <summary>Null: none. "5 seconds ago" may become six between the two, so there are a few tries, and in the end ages
    /// alone may differ.</summary>
    private async Task<string?> DifferenceAsync(string line)
    {
        string[] words =
        [
            .. line.Split('`').SelectMany((part, i) =>
                i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        for (var tries = 3; ; tries--)
        {
            var (docker, orch) = (daemon.TryAsync("docker", words), daemon.TryAsync("orch", words));
            var (theirs, ours) = (await docker, await orch);
            var expected = theirs with { Error = Renamed(theirs.Error) };
            var actual = ours with { Error = Renamed(ours.Error) };
            if (expected == actual)
                return null;
            if (tries > 0)
                continue;
            return expected with { Output = Ageless(expected.Output) } == actual with { Output = Ageless(actual.Output) }
                ? null : $"{line}\n--- docker: {Shown(expected)}+++ orch: {Shown(actual)}";
        }
    }

    private static string Shown(ShellResult result) => $"{result.ExitCode}\n{result.Output}\n{result.Error}\n";

    /// <summary>Both call themselves by their name in what they say; "See" and "Run" are one to docker.</summary>
    private static string Renamed(string text) => text.Replace("docker", "orch", StringComparison.Ordinal)
        .Replace("See 'orch", "Run 'orch", StringComparison.Ordinal).Replace("SRun '", "Run '", StringComparison.Ordinal);

    private static string Ageless(string text) =>
        Spaces().Replace(Ages().Replace(text, "AGE "), " ");

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?:Less than a second|\d+ seconds?|About an? (?:minute|hour)|\d+ (?:minutes|hours))(?: ago)? *")]
    private static partial Regex Ages();

    private async Task SetUpAsync()
    {
        await daemon.DockerAsync("network", "create", "--label", "zone=1", "p-net");
        await daemon.DockerAsync("volume", "create", "--label", "a=b", "p-vol");
        await daemon.DockerAsync("run", "-d", "--name", "p-web", "--label", "com.x=1", "-p", "8080:80", "-p", "127.0.0.1:8081-8083:81-83",
            "-p", "90-92:90-92", "-p", "5353:53/udp", "--expose", "99", "-v", "p-vol:/data", "-v", "/tmp:/host:ro",
            "-v", "/anonymous", "--network", "p-net", "--restart", "unless-stopped", "-e", "A=1", "-m", "64m",
            LoneDaemon.Image, "sh", "-c", "echo hello; exec sleep 1000");
        await daemon.DockerAsync("run", "--name", "p-done", LoneDaemon.Image, "sh", "-c", "exit 0");
        await daemon.DockerAsync("commit", "-a", "me", "-m", "a comment", "-c", "CMD [\"true\"]", "p-done", "p-image");
    }

    private async Task TearDownAsync()
    {
        await daemon.TryDockerAsync("rm", "-fv", "p-web", "p-done");
        await daemon.TryDockerAsync("network", "rm", "p-net");
        await daemon.TryDockerAsync("volume", "rm", "p-vol");
        await daemon.TryDockerAsync("rmi", "p-image");
    }
}
