using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Dns;

/// <summary>Resolvers that others wrote, glibc's, musl's, bind's and busybox's, ask ours from inside a container.</summary>
public sealed partial class RealResolverTests(RealResolverTests.Cluster cluster) : IClassFixture<RealResolverTests.Cluster>
{
    [RootFact]
    public void Dig_gets_each_kind_of_record_and_tells_no_such_name_from_no_such_record()
    {
        Assert.Equal("10.0.1.2", Run("dig", "+short", "web"));
        Assert.Equal("web.1.a.backend.", Run("dig", "+short", "-x", "10.0.1.3"));
        Assert.Equal("0 0 80 web.backend.", Run("dig", "+short", "_http._tcp.web", "SRV"));
        Assert.Equal("203.0.113.9", Run("dig", "+short", "plain.example.org"));
        Assert.Equal(("NOERROR", "1"), StatusOf(Run("dig", "web")));
        Assert.Equal(("NOERROR", "0"), StatusOf(Run("dig", "web", "AAAA")));
        Assert.Equal(("NXDOMAIN", "0"), StatusOf(Run("dig", "nobody.example.org")));
        var ttl = Ttl().Match(Run("dig", "+noall", "+answer", "web")).Groups[1].Value;
        Assert.InRange(int.Parse(ttl, CultureInfo.InvariantCulture), 0, 5);
    }

    [RootFact]
    public void An_answer_that_is_too_long_for_a_datagram_is_cut_off_marked_and_whole_over_TCP()
    {
        var cut = Run("dig", "+noedns", "+ignore", "tasks.web");

        Assert.Matches("flags:[^;]* tc", cut);
        Assert.True(int.Parse(StatusOf(cut).Answers, CultureInfo.InvariantCulture) < Cluster.TaskCount);
        Assert.Equal(Cluster.TaskCount, Lines(Run("dig", "+noedns", "+short", "tasks.web")));
        Assert.Equal(Cluster.TaskCount, Lines(Run("dig", "+tcp", "+short", "tasks.web")));
        Assert.DoesNotMatch("flags:[^;]* tc", Run("dig", "+bufsize=4096", "+ignore", "tasks.web"));
        Assert.Equal(Cluster.TaskCount, Lines(Run("getent", "ahostsv4", "tasks.web").Split('\n').Where(l => l.Contains("STREAM"))));
    }

    [RootFact]
    public void Glibc_resolves_names_addresses_and_what_the_search_domains_add()
    {
        Assert.StartsWith("10.0.1.2 ", Run("getent", "ahostsv4", "web"), StringComparison.Ordinal);
        Assert.Matches(@"^10\.0\.1\.3 +web\.1\.a\.backend$", Run("getent", "hosts", "10.0.1.3"));
        Assert.StartsWith("203.0.113.9 ", Run("getent", "ahostsv4", "plain"), StringComparison.Ordinal);
        Assert.Equal("exit 2", Run("getent", "ahosts", "nobody"));
        Assert.Equal("exit 2", Run("getent", "ahostsv6", "web.1.a.backend."));
    }

    [RootFact]
    public void Musl_resolves_both_families_at_once_and_is_told_of_names_that_are_not_there()
    {
        Assert.Equal("10.0.1.2", Musl("0", "web"));
        Assert.Equal("10.0.1.2", Musl("4", "WEB.Backend"));
        Assert.Equal("203.0.113.9", Musl("0", "plain.example.org"));
        Assert.StartsWith("10.0.1.", Musl("4", "tasks.web"), StringComparison.Ordinal);
        Assert.Contains("not", Musl("0", "nobody.example.org"), StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual("", Musl("6", "web"));
        Assert.DoesNotContain("10.0.1", Musl("6", "web"), StringComparison.Ordinal);
    }

    [RootFact]
    public void Both_nslookups_find_a_service_and_say_when_there_is_none()
    {
        Assert.Contains("Address: 10.0.1.2", Run("nslookup", "web"), StringComparison.Ordinal);
        Assert.Contains("name = web.1.a.backend", Run("nslookup", "10.0.1.3"), StringComparison.Ordinal);
        Assert.Contains("NXDOMAIN", Run("nslookup", "nobody.example.org"), StringComparison.Ordinal);
        var busybox = Run("busybox", "nslookup", "web.backend"); // Of a name without a dot it asks in search domains only.
        Assert.True(BusyboxFound().IsMatch(busybox), busybox);
    }

    [RootFact]
    public void That_a_name_is_not_there_is_asked_of_the_upstream_once()
    {
        for (var tries = 0; tries < 5 && StatusOf(Run("dig", "once.example.org")).Status != "NXDOMAIN"; tries++)
        {
            // Upstream is a part of this process, and was too slow.
        }

        var asked = cluster.Upstream.Asked.Count(name => name == "once.example.org");
        for (var i = 0; i < 3; i++)
            Assert.Equal("NXDOMAIN", StatusOf(Run("dig", "once.example.org")).Status);

        Assert.Equal(asked, cluster.Upstream.Asked.Count(name => name == "once.example.org"));
    }

    private static (string Status, string Answers) StatusOf(string output) =>
        (Status().Match(output).Groups[1].Value, Answers().Match(output).Groups[1].Value);

    private static int Lines(string text) => Lines(text.Split('\n'));

    private static int Lines(IEnumerable<string> lines) => lines.Distinct().Count(line => line.Length > 0);

    private string Musl(string family, string name) => Run(cluster.MuslProgram, family, name);

    /// <summary>In the container's namespace, with its resolv.conf and no other source of names.</summary>
    private string Run(params string[] command)
    {
        var start = new ProcessStartInfo("unshare", [
            "--mount", "--propagation", "private", "sh", "-c",
            $"mount --bind {cluster.ResolvConf} /etc/resolv.conf && mount --bind {cluster.Switch} /etc/nsswitch.conf && exec timeout 20 \"$@\"",
            "sh", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = cluster.Container.Namespace.Run(() => Process.Start(start))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Length > 0 ? output.TrimEnd('\n') : error.Result.Length > 0 ? error.Result : $"exit {process.ExitCode}";
    }

    [GeneratedRegex(@"Name:\s+web\.backend.*10\.0\.1\.2", RegexOptions.Singleline)]
    private static partial Regex BusyboxFound();

    [GeneratedRegex("status: ([A-Z]+)")]
    private static partial Regex Status();

    [GeneratedRegex("ANSWER: ([0-9]+)")]
    private static partial Regex Answers();

    [GeneratedRegex(@"\s([0-9]+)\s+IN\s")]
    private static partial Regex Ttl();

    /// <summary>One container, a service of many tasks, an upstream resolver, a program of musl.</summary>
    public sealed class Cluster : IAsyncLifetime
    {
        public const int TaskCount = 60;

        private const string Source = """
            #include <stdio.h>
            #include <string.h>
            #include <netdb.h>
            #include <arpa/inet.h>
            int main(int argc, char **argv) {
              struct addrinfo want, *found; char text[64];
              memset(&want, 0, sizeof want);
              want.ai_socktype = SOCK_STREAM;
              want.ai_family = argv[1][0] == '4' ? AF_INET : argv[1][0] == '6' ? AF_INET6 : AF_UNSPEC;
              int fault = getaddrinfo(argv[2], 0, &want, &found);
              if (fault) { puts(gai_strerror(fault)); return 2; }
              void *at = found->ai_family == AF_INET ? (void *)&((struct sockaddr_in *)found->ai_addr)->sin_addr
                : (void *)&((struct sockaddr_in6 *)found->ai_addr)->sin6_addr;
              puts(inet_ntop(found->ai_family, at, text, sizeof text));
              return 0;
            }
            """;

        private readonly string folder = Directory.CreateTempSubdirectory("orch-names-").FullName;
        private TwoHosts? hosts;

        internal TestContainer Container => hosts!["web.1.a"];

        internal ZoneServer Upstream { get; private set; } = null!; // There once the fixture is.

        public string ResolvConf => Path.Combine(folder, "resolv.conf");

        public string Switch => Path.Combine(folder, "nsswitch.conf");

        public string MuslProgram => Path.Combine(folder, "lookup");

        public async Task InitializeAsync()
        {
            if (!Environment.IsPrivilegedProcess)
                return; // Every test of the class says that it skips.
            hosts = await TwoHosts.StartAsync();
            hosts.Service = hosts.Service with { Ports = [new("http", "tcp", 80)] };
            await hosts.PlaceAsync(("web.1.a", "10.0.1.3", 0));
            hosts.Tasks.AddRange(Enumerable.Range(2, TaskCount - 1).Select(i => hosts.Tasks[0] with
            {
                TaskId = $"t{i}", Name = $"web.{i}.x", Ip = $"10.0.1.{i + 10}", NodeVtep = "10.77.0.2",
            }));
            await hosts.ApplyAsync(0);
            Upstream = new ZoneServer(hosts.Hosts[0].Namespace, TestHost.Upstream, "plain.example.org", "203.0.113.9");
            await File.WriteAllTextAsync(ResolvConf, hosts.Hosts[0].Network.GetFiles("web.1.a").ResolvConf);
            await File.WriteAllTextAsync(Switch, "hosts: dns\n");
            await File.WriteAllTextAsync(MuslProgram + ".c", Source);
            using var compiler = Process.Start("musl-gcc", ["-static", "-o", MuslProgram, MuslProgram + ".c"]);
            await compiler.WaitForExitAsync();
        }

        public async Task DisposeAsync()
        {
            Upstream?.Dispose();
            if (hosts is not null)
                await hosts.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
