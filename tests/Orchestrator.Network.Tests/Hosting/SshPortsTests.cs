using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Tests.Hosting;

public sealed class SshPortsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orch-ssh-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("", "22")]
    [InlineData("#Port 2222\n", "22")]
    [InlineData("Port 2222\nport=2223\n", "2222 2223")]
    [InlineData("ListenAddress 0.0.0.0\nListenAddress 10.0.0.1:2200\nListenAddress [::1]:2201\nListenAddress ::1\n", "2200 2201")]
    [InlineData("Include more.d/*.conf\n", "2300 2301")]
    [InlineData("Include sshd_config\n", "22")]
    public void Ports_are_those_of_the_servers_settings_or_the_usual_one(string text, string ports)
    {
        var config = Path.Combine(folder.FullName, "sshd_config");
        File.WriteAllText(config, text);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "more.d"));
        File.WriteAllText(Path.Combine(folder.FullName, "more.d", "a.conf"), "Port 2300\n");
        File.WriteAllText(Path.Combine(folder.FullName, "more.d", "b.conf"), "Match User x\nPort\t2301\n");

        Assert.Equal(ports, string.Join(' ', SshPorts.Of(config).Order()));
    }

    [Fact]
    public void Without_an_ssh_server_the_usual_port_is_kept_free_for_one() =>
        Assert.Equal([22], SshPorts.Of(Path.Combine(folder.FullName, "absent")));
}
