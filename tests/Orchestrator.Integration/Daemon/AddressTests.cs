using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Daemon;

/// <summary>Where a daemon can be reached, and by whom.</summary>
[Collection(ConfiguredDaemonCollection.Name)]
public sealed class AddressTests(ConfiguredDaemon node)
{
    [RootFact]
    public async Task Over_tls_a_client_with_a_certificate_of_the_authority_is_let_in_and_no_other()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(node.ConfigurationFile)!, "tls")).FullName;
        using var authority = Certificates.Authority("ca", folder);
        using var stranger = Certificates.Authority("other", folder);
        Certificates.Issue(authority, "server", folder);
        Certificates.Issue(authority, "client", folder);
        Certificates.Issue(stranger, "foreign", folder);
        try
        {
            await node.RestartAsync(
                $"-H unix://{node.Socket} -H tcp://0.0.0.0:2376 --tlsverify --tlscacert {folder}/ca.pem "
                + $"--tlscert {folder}/server.pem --tlskey {folder}/server.key");

            Assert.Equal("0.1.0", (await VersionAsync("client")).Output);
            Assert.NotEqual(0, (await VersionAsync("foreign")).ExitCode);
            Assert.DoesNotContain("The API on", node.Log[node.Log.LastIndexOf("orchd stops", StringComparison.Ordinal)..]);
        }
        finally
        {
            await node.RestartAsync();
        }

        Task<ShellResult> VersionAsync(string who) => node.InsideAsync(
            $"docker -H tcp://127.0.0.1:2376 --tlsverify --tlscacert {folder}/ca.pem --tlscert {folder}/{who}.pem "
            + $"--tlskey {folder}/{who}.key version -f '{{{{.Server.Version}}}}'");
    }

    [RootFact]
    public async Task A_socket_that_systemd_passed_is_served_and_systemd_hears_when_it_is()
    {
        var path = Path.Combine(Path.GetDirectoryName(node.ConfigurationFile)!, "notify");
        using var notified = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notified.Bind(new UnixDomainSocketEndPoint(path));
        notified.ReceiveTimeout = 20_000;
        try
        {
            // What systemd does for a unit with a socket: descriptor 3 listens, and the process keeps its number.
            await node.RestartAsync("-H fd://", $$"""
                NOTIFY_SOCKET={{path}} perl -MSocket -MPOSIX -e '$^F = 9; unlink $ARGV[0];
                  socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die; bind($s, sockaddr_un(shift)) or die; listen($s, 9) or die;
                  dup2(fileno($s), 3) if fileno($s) != 3; $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec @ARGV' {{node.Socket}}
                """.ReplaceLineEndings(" "));

            var buffer = new byte[64];
            Assert.Equal("READY=1", Encoding.ASCII.GetString(buffer, 0, notified.Receive(buffer)));
            Assert.Equal("hello", await node.DockerAsync("run", "--rm", LoneDaemon.Image, "echo", "hello"));
        }
        finally
        {
            await node.RestartAsync();
        }
    }

    [RootTheory]
    [InlineData("add --tlsverify", "-H", "tcp://0.0.0.0:2375")]
    [InlineData("add --tlsverify", "-H", "tcp://0.0.0.0:2376", "--tls")]
    [InlineData("no socket was passed", "-H", "fd://")]
    [InlineData("overlayfs only", "-s", "btrfs")]
    public async Task A_daemon_that_cannot_be_as_asked_says_why_in_a_line_and_does_not_start(
        string words, params string[] flags)
    {
        var folder = Path.GetDirectoryName(node.ConfigurationFile)!;
        var started = await node.InsideAsync(
            $"timeout 20 {node.Program} --config-file /dev/null --data-root {folder}/other --exec-root {folder}/other-run "
            + string.Join(' ', flags));

        Assert.Equal(1, started.ExitCode);
        Assert.Contains(words, started.Error.Split('\n')[^1]);
        Assert.StartsWith("orchd: ", started.Error.Split('\n')[^1]);
    }

    private static class Certificates
    {
        public static X509Certificate2 Authority(string name, string folder)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
            File.WriteAllText(Path.Combine(folder, name + ".pem"), made.ExportCertificatePem());
            return made;
        }

        public static void Issue(X509Certificate2 authority, string name, string folder)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(System.Net.IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
                [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
            using var made = request.Create(
                authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddMinutes(30), [1, 2, 3]);
            File.WriteAllText(Path.Combine(folder, name + ".pem"), made.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
