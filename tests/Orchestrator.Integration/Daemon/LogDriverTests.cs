using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Daemon;

/// <summary>Where the output of containers goes. The journal is a socket of this test's making.</summary>
[Collection(ConfiguredDaemonCollection.Name)]
public sealed class LogDriverTests(ConfiguredDaemon node)
{
    private const string TwoLines = "echo out; echo err >&2; printf part";

    [RootTheory]
    [InlineData("local")]
    [InlineData("json-file")]
    public async Task What_a_file_driver_took_in_is_read_back_in_order_and_by_part(string driver)
    {
        var id = await node.DockerAsync(
            "run", "-d", "--log-driver", driver, LoneDaemon.Image, "sh", "-c", "for i in $(seq 5000); do echo $i; done; printf end");
        await node.DockerAsync("wait", id);

        var all = (await node.DockerAsync("logs", id)).Split('\n');
        Assert.Equal([.. Enumerable.Range(1, 5000).Select(i => $"{i}"), "end"], all);
        Assert.Equal("4999\n5000\nend", await node.DockerAsync("logs", "--tail", "3", id));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT.*Z end$", await node.DockerAsync("logs", "-t", "-n", "1", id));
        await node.DockerAsync("rm", id);
    }

    [RootTheory]
    [InlineData("local")]
    [InlineData("json-file")]
    public async Task Files_that_were_rotated_away_and_compressed_are_read_too(string driver)
    {
        var id = await node.DockerAsync(
            "run", "-d", "--log-driver", driver, "--log-opt", "max-size=40k", "--log-opt", "max-file=100",
            "--log-opt", "compress=true", LoneDaemon.Image, "sh", "-c", "for i in $(seq 3000); do echo line $i; done");
        await node.DockerAsync("wait", id);
        var folder = Path.Combine(Path.GetDirectoryName(node.ConfigurationFile)!, "data", "containers", id);

        await Eventually.HoldsAsync(
            "older files are compressed", TimeSpan.FromSeconds(10),
            () => Task.FromResult(Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => file.Contains(".log.", StringComparison.Ordinal)).ToList() is { Count: > 0 } files
                && files.TrueForAll(file => file.EndsWith(".gz", StringComparison.Ordinal))));
        Assert.Equal(
            Enumerable.Range(1, 3000).Select(i => $"line {i}"), (await node.DockerAsync("logs", id)).Split('\n'));
        await node.DockerAsync("rm", id);
    }

    [RootFact]
    public async Task Following_a_local_log_ends_with_the_container_and_misses_nothing()
    {
        var id = await node.DockerAsync(
            "run", "-d", "--log-driver", "local", LoneDaemon.Image, "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done");

        Assert.Equal("1\n2\n3", await node.DockerAsync("logs", "-f", id));
        await node.DockerAsync("rm", id);
    }

    [RootFact]
    public async Task Details_are_the_labels_and_variables_that_were_asked_for()
    {
        var id = await node.DockerAsync(
            "run", "-d", "--name", "detailed", "--log-opt", "labels=team", "--log-opt", "env=REGION", "-l", "team=a b",
            "-e", "REGION=north", LoneDaemon.Image, "echo", "x");
        await node.DockerAsync("wait", id);

        Assert.Equal("REGION=north,tag=detailed,team=a+b x", await node.DockerAsync("logs", "--details", id));
        await node.DockerAsync("rm", id);
    }

    [RootTheory]
    [InlineData("unixgram", "rfc5424", @"^<30>1 \S+ \S+ web-\w+ \d+ web-\w+ - out$", @"^<27>1 .* - err$")]
    [InlineData("unix", "rfc3164", @"^<30>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ web-\w+\[\d+\]: out$", @"^<27>.*: err$")]
    public async Task Syslog_gets_each_line_as_a_message(string kind, string format, string output, string errors)
    {
        var path = Path.Combine(Path.GetDirectoryName(node.ConfigurationFile)!, $"syslog-{kind}");
        using var server = new Receiver(path, stream: kind == "unix");
        var id = await node.DockerAsync(
            "run", "-d", "--log-driver", "syslog", "--log-opt", $"syslog-address={kind}://{path}", "--log-opt",
            $"syslog-format={format}", "--log-opt", "tag=web-{{.ID}}", LoneDaemon.Image, "sh", "-c", TwoLines);
        await node.DockerAsync("wait", id);

        var messages = await server.ReadAsync(3);
        Assert.Contains(messages, message => Regex.IsMatch(message, output));
        Assert.Contains(messages, message => Regex.IsMatch(message, errors));
        Assert.EndsWith("part", messages[^1]);
        var logs = await node.TryDockerAsync("logs", id);
        Assert.Equal(1, logs.ExitCode);
        Assert.Contains("configured logging driver does not support reading", logs.Error);
        await node.DockerAsync("rm", id);
    }

    [RootFact]
    public async Task A_container_whose_syslog_server_does_not_answer_is_not_started()
    {
        var run = await node.TryDockerAsync(
            "run", "--rm", "--log-driver", "syslog", "--log-opt", "syslog-address=tcp://127.0.0.1:1", LoneDaemon.Image, "true");

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("failed to initialize logging driver: connect(127.0.0.1:1): ECONNREFUSED", run.Error);
    }

    [RootFact]
    public async Task Over_TLS_syslog_is_sent_to_a_server_that_shows_who_it_is_and_to_no_other()
    {
        var (pem, sent) = (Path.Combine(node.Root, "log-server.pem"), Path.Combine(node.Root, "log-server.out"));
        await File.WriteAllTextAsync(pem, ServerPem("localhost"));
        // Its input stays open: it hangs up when that ends.
        await node.InsideAsync($"(sleep 100 | openssl s_server -accept 127.0.0.1:6514 -cert {pem} -quiet) >{sent} 2>&1 &");
        // In the kernel's table: port 6514, listening.
        await node.InsideAsync("for i in $(seq 100); do grep -q ':1972 [0-9A-F:]* 0A' /proc/net/tcp && break; sleep 0.1; done");
        string[] flags = ["--rm", "--log-driver", "syslog", "--log-opt", "syslog-address=tcp+tls://localhost:6514", "--log-opt", "tag=web"];

        var stranger = await node.TryDockerAsync(["run", .. flags, LoneDaemon.Image, "true"]);
        await node.DockerAsync(["run", .. flags, "--log-opt", "syslog-tls-skip-verify=1", LoneDaemon.Image, "echo", "blindly"]);
        await node.DockerAsync(["run", .. flags, "--log-opt", $"syslog-tls-ca-cert={pem}", "--log-opt", "syslog-format=rfc5424",
            LoneDaemon.Image, "sh", "-c", TwoLines]);

        Assert.Equal(125, stranger.ExitCode);
        Assert.Contains("failed to initialize logging driver: tls: The remote certificate is invalid", stranger.Error);
        await Eventually.HoldsAsync(
            "the server has it all", TimeSpan.FromSeconds(10), () => File.ReadAllTextAsync(sent), text =>
                Regex.IsMatch(text, @"^<30>.* web\[\d+\]: blindly$", RegexOptions.Multiline)
                // Each behind its length.
                && Regex.Matches(text, @"(\d+) (<\d\d>1 \S+ \S+ web \d+ web - (?:out|err|part))") is { Count: 3 } messages
                && messages.All(message => message.Groups[1].Value == $"{message.Groups[2].Length}"));
    }

    [RootFact]
    public async Task The_journal_gets_dockers_fields_with_each_line()
    {
        using var journal = new Receiver(Path.Combine(node.Journal, "socket"), stream: false);
        var id = await node.DockerAsync(
            "run", "-d", "--name", "noted", "--log-driver", "journald", "--log-opt", "labels=team.name", "-l", "team.name=x",
            LoneDaemon.Image, "sh", "-c", TwoLines);
        await node.DockerAsync("wait", id);

        var entries = await journal.ReadAsync(3);
        Assert.All(entries, entry => Assert.StartsWith(
            $"CONTAINER_ID={id[..12]}\nCONTAINER_ID_FULL={id}\nCONTAINER_NAME=noted\nCONTAINER_TAG={id[..12]}\n"
            + $"IMAGE_NAME={LoneDaemon.Image}\nSYSLOG_IDENTIFIER={id[..12]}\nTEAM_NAME=x\n", entry));
        Assert.Contains(entries, entry => entry.EndsWith("PRIORITY=6\nMESSAGE\n\u0003\0\0\0\0\0\0\0out\n", StringComparison.Ordinal));
        Assert.Contains(entries, entry => entry.EndsWith("PRIORITY=3\nMESSAGE\n\u0003\0\0\0\0\0\0\0err\n", StringComparison.Ordinal));
        Assert.Contains("CONTAINER_PARTIAL_MESSAGE=true\n", entries[^1]);
        await node.DockerAsync("rm", id);
    }

    [RootFact]
    public async Task What_the_journal_took_in_is_read_back()
    {
        await using var journal = await RealJournal.StartAsync(node);
        var id = await node.DockerAsync(
            "run", "-d", "--name", "kept", "--log-driver", "journald", "--log-opt", "labels=team.name", "-l", "team.name=x",
            LoneDaemon.Image, "sh", "-c", "echo 1; sleep 1.1; echo 2 >&2; for i in $(seq 3 40); do echo $i; done; printf part");

        var followed = await node.DockerAsync("logs", "-f", id);
        Assert.Equal(Numbers(1, 40, except: 2) + "\npart", followed);
        var all = await node.TryDockerAsync("logs", id);
        Assert.Equal(("2", 40), (all.Error, all.Lines.Length));
        Assert.Equal("39\n40\npart", await node.DockerAsync("logs", "--tail", "3", id));
        Assert.Equal("TEAM_NAME=x part", await node.DockerAsync("logs", "--details", "-n", "1", id));
        var stamped = await node.DockerAsync("logs", "-t", id);
        var second = stamped.Split('\n')[1].Split(' ')[0];
        Assert.Equal(Numbers(3, 40) + "\npart", await node.DockerAsync("logs", "--since", second, id));
        Assert.Equal("1", await node.DockerAsync("logs", "--until", DateTimeOffset.Parse(
            second, System.Globalization.CultureInfo.InvariantCulture).AddSeconds(-0.5).ToString("o"), id));
        await node.DockerAsync("rm", id);

        static string Numbers(int first, int last, int except = 0) =>
            string.Join('\n', Enumerable.Range(first, last - first + 1).Where(number => number != except));
    }

    [RootTheory]
    [InlineData("unknown log opt 'tag' for local log driver", "--log-driver", "local", "--log-opt", "tag=x")]
    [InlineData("no log driver named 'splunk' is registered", "--log-driver", "splunk")]
    [InlineData("use udp://host:port", "--log-driver", "syslog", "--log-opt", "syslog-address=ftp://a")]
    [InlineData("use a facility such as daemon", "--log-driver", "syslog", "--log-opt", "syslog-facility=nosuch")]
    [InlineData("compress cannot be true", "--log-opt", "max-file=1", "--log-opt", "compress=true")]
    public async Task What_a_driver_cannot_do_is_refused_when_the_container_is_made(string words, params string[] flags)
    {
        var made = await node.TryDockerAsync(["create", .. flags, LoneDaemon.Image, "true"]);

        Assert.Equal(1, made.ExitCode);
        Assert.Contains(words, made.Error);
    }

    /// <summary>A certificate that vouches for itself, and its key.</summary>
    private static string ServerPem(string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>systemd's own, without systemd: in the daemon's namespaces, with a machine id of its own.</summary>
    private sealed class RealJournal(ConfiguredDaemon node, string pid) : IAsyncDisposable
    {
        public static async Task<RealJournal> StartAsync(ConfiguredDaemon node)
        {
            await File.WriteAllTextAsync($"{node.Root}/machine-id", "0123456789abcdef0123456789abcdef\n");
            await File.WriteAllTextAsync($"{node.Root}/journald.conf", "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\n");
            var started = await node.InsideAsync($$"""
                mount --bind {{node.Root}}/machine-id /etc/machine-id
                mount --bind {{node.Root}}/journald.conf /etc/systemd/journald.conf
                setsid /lib/systemd/systemd-journald >/dev/null 2>&1 </dev/null & echo $!
                """);
            await Eventually.HoldsAsync(
                "the journal listens", TimeSpan.FromSeconds(10),
                async () => (await node.InsideAsync("journalctl --sync")).ExitCode == 0);
            return new RealJournal(node, started.Output.Trim());
        }

        public async ValueTask DisposeAsync() => await node.InsideAsync($"kill {pid}");
    }

    /// <summary>A log server that keeps what it is sent, on a unix socket.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly Socket socket;
        private readonly bool stream;

        public Receiver(string path, bool stream)
        {
            this.stream = stream;
            File.Delete(path);
            socket = new Socket(AddressFamily.Unix, stream ? SocketType.Stream : SocketType.Dgram, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (stream)
                socket.Listen();
        }

        public async Task<List<string>> ReadAsync(int count)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var messages = new List<string>();
            if (stream)
            {
                using var reader = new StreamReader(new NetworkStream(await socket.AcceptAsync(patience.Token), ownsSocket: true));
                while (messages.Count < count)
                    messages.Add(await reader.ReadLineAsync(patience.Token) ?? "the end");
            }

            var buffer = new byte[64 << 10];
            while (messages.Count < count)
                messages.Add(Encoding.UTF8.GetString(
                    buffer, 0, await socket.ReceiveAsync(buffer, patience.Token)));
            return messages;
        }

        public void Dispose() => socket.Dispose();
    }
}
