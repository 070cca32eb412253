using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Tests;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void File_and_command_line_go_over_the_defaults_together()
    {
        File.WriteAllText(file, """{ "data-root": "/a", "labels": ["x=1", "y=2"], "mtu": 1400, "debug": true }""");

        var options = Read("-H", "unix:///s", "-H=tcp://127.0.0.1:2375", "--init", "-lwarn");

        Assert.Equal(("/a", 1400, true, true, "warn"),
            (options.DataRoot, options.Mtu, options.Debug, options.Init, options.LogLevel));
        Assert.Equal(["x=1", "y=2"], options.Labels);
        Assert.Equal(["unix:///s", "tcp://127.0.0.1:2375"], options.Hosts);
    }

    [Fact]
    public void What_is_set_in_both_is_refused_in_dockers_words()
    {
        File.WriteAllText(file, """{ "hosts": ["unix:///a"], "debug": true }""");

        var fault = Fault("-H", "fd://", "-D=false");

        Assert.Equal(
            $"unable to configure the daemon with file {file}: the following directives are specified both as a flag "
            + "and in the configuration file: hosts: (from flag: [fd://], from file: [unix:///a]), "
            + "debug: (from flag: false, from file: true)", fault);
    }

    [Fact]
    public void What_builds_keep_is_set_as_in_docker()
    {
        File.WriteAllText(file, """{ "builder": { "gc": { "enabled": false, "defaultKeepStorage": "5GB" } } }""");
        Assert.Equal((false, 5L << 30), (Read().CollectsBuildCache, Read().BuildCacheBytes));

        File.WriteAllText(file, """{ "builder": { "gc": { "defaultReservedSpace": "1MB", "policy": [ { "all": true } ] } } }""");
        Assert.Equal((true, 1L << 20), (Read().CollectsBuildCache, Read().BuildCacheBytes));
        Assert.Contains("builder.gc.policy has no effect", Assert.Single(Read().Warnings));

        File.WriteAllText(file, """{ "builder": { "gc": { "defaultKeepStorage": "much" } } }""");
        Assert.EndsWith(": builder.gc.defaultKeepStorage is \"much\"; write a size such as 64m", Fault());
        File.WriteAllText(file, """{ "builder": { "gc": { "enabled": "yes" } } }""");
        Assert.EndsWith("builder.gc.enabled is a string; write true or false, without quotes", Fault());
        File.WriteAllText(file, """{ "builder": { "gc": { "keep": 1 } } }""");
        Assert.EndsWith("the following directives don't match any configuration option: builder.gc.keep", Fault());
    }

    [Fact]
    public void A_cache_of_another_registry_leaves_the_cluster_names_of_its_own()
    {
        File.WriteAllText(file, """
            { "registry-proxy": { "remoteurl": "https://hub.example", "username": "me", "password": "pw", "max-age": 24 } }
            """);

        var options = Read("--registry-proxy-namespace", "hub", "--registry-proxy-max-size", "10g");

        Assert.Equal(
            new RegistryProxyOptions("https://hub.example", "hub", "me", "pw", 24, 10L << 30), options.RegistryProxy);
        Assert.Contains("set registry-proxy-namespace", Fault(), StringComparison.Ordinal);
        File.WriteAllText(file, """{ "registry-proxy": { "remoteurl": "hub.example", "namespace": "hub" } }""");
        Assert.Contains("write it as https://host", Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_in_the_file_are_what_pairs_are_on_the_command_line()
    {
        File.WriteAllText(file, """
            {
              "default-address-pools": [ { "base": "10.9.0.0/16", "size": 24 } ],
              "log-opts": { "max-size": "10m" },
              "default-ulimits": { "nofile": { "Name": "nofile", "Hard": 64000, "Soft": 1024 } },
              "default-network-opts": { "bridge": { "com.docker.network.driver.mtu": "1234" } },
              "proxies": { "https-proxy": "http://p:3128" },
              "node-generic-resources": [ "gpu=2", "fpga=uuid-1" ]
            }
            """);

        var options = Read();

        Assert.Equal("10m", options.LogOptions["max-size"]);
        Assert.Equal(24, Assert.Single(options.AddressPools).Size);
        Assert.Equal(new("nofile", 1024, 64000), Assert.Single(options.DefaultUlimits!));
        Assert.Equal("1234", options.NetworkOptions["com.docker.network.driver.mtu"]);
        Assert.Equal("http://p:3128", options.Proxies.Https);
        Assert.Equal([new("gpu", 2, null), new("fpga", null, "uuid-1")], options.GenericResources);
    }

    [Fact]
    public void A_node_gives_100_MiB_a_second_or_what_is_set_or_nothing()
    {
        File.WriteAllText(file, "{}");
        Assert.Equal(100L << 20, Read().PeerUploadRate);
        Assert.Equal(5L << 20, Read("--peer-upload-rate", "5m").PeerUploadRate);
        Assert.Equal("peer-upload-rate is \"-1\"; write a size such as 64m", Fault("--peer-upload-rate=-1"));

        File.WriteAllText(file, """{ "peer-upload-rate": 0 }""");
        Assert.Equal(0, Read().PeerUploadRate);
    }

    [Fact]
    public void Socket_and_pid_file_move_with_the_run_directory()
    {
        File.WriteAllText(file, "");

        var options = Read("--exec-root", "/r");

        Assert.Equal(["unix:///r/orch.sock"], options.Hosts);
        Assert.Equal("/r/orchd.pid", options.PidFile);
    }

    [Theory]
    [InlineData("{ \"mtuu\": 1 }", "don't match any configuration option: mtuu")]
    [InlineData("[", "is not JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{ \"mtu\": \"many\" }", "mtu is a string; write a number")]
    [InlineData("{ \"debug\": \"yes\" }", "debug is a string; write true or false")]
    [InlineData("{ \"log-opts\": { \"max-file\": 3 } }", "log-opts is an object of something else; write an object of str")]
    [InlineData("{ \"log-driver\": \"splunk\" }", "no log driver named 'splunk'")]
    [InlineData("{ \"hosts\": [\"ssh://a\"] }", "ssh://a")]
    [InlineData("{ \"storage-driver\": \"btrfs\" }", "overlayfs only")]
    [InlineData("{ \"default-runtime\": \"nvidia\" }", "--add-runtime nvidia=PATH")]
    [InlineData("{ \"runtimes\": { \"orch\": { \"path\": \"runc\" } } }", "runtime name 'orch' is reserved")]
    [InlineData("{ \"runtimes\": { \"a\": { \"runtimeType\": \"io.containerd.kata.v2\" } } }", "runtimes.a.runtimeType cannot be used")]
    [InlineData("{ \"runtimes\": { \"a\": { \"runtimeArgs\": [\"-v\"] } } }", "runtimes.a has no path")]
    [InlineData("{ \"runtimes\": { \"a\": \"runc\" } }", "runtimes is an object of something else")]
    [InlineData("{ \"seccomp-profile\": \"/nosuch\" }", "/nosuch")]
    [InlineData("{ \"authorization-plugins\": [\"p\"] }", "nothing would be forbidden")]
    public void A_fault_in_the_file_is_one_line_that_names_it(string content, string named)
    {
        File.WriteAllText(file, content);

        var fault = Fault();

        Assert.Contains(named, fault);
        Assert.DoesNotContain('\n', fault);
    }

    [Fact]
    public void An_unknown_flag_and_a_flag_without_its_value_are_named()
    {
        Assert.Contains("--nope", Assert.Throws<StartupException>(() => DaemonArguments.Parse(["--nope"])).Message);
        Assert.Contains("--mtu", Assert.Throws<StartupException>(() => DaemonArguments.Parse(["--mtu"])).Message);
    }

    [Fact]
    public void Every_flag_of_dockerd_is_taken_and_those_without_meaning_are_said_to_have_none()
    {
        File.WriteAllText(file, "{}");

        var options = Read(
            "--containerd=/run/containerd/containerd.sock", "--iptables=false", "--userland-proxy=false",
            "--selinux-enabled", "--experimental=false", "-d", "--exec-opt", "native.cgroupdriver=cgroupfs", "-g", "/g",
            "--add-runtime", "nvidia=/usr/bin/nvidia-container-runtime", "--ip-forward", "-s", "overlay2",
            "--api-enable-cors=false", "-e", "native", "--mtu=0", "--ipv6=false", "--default-runtime=runc", "-p", "/p");

        Assert.Equal(("/g", "/p", 1500), (options.DataRoot, options.PidFile, options.Mtu));
        Assert.Equal(
            ["--containerd", "--iptables", "--selinux-enabled"],
            options.Warnings.Select(warning => warning.Split(' ')[0]).Order());
        Assert.All(options.Warnings, warning => Assert.Contains(" has no effect: ", warning));
    }

    [Fact]
    public void Other_runtimes_come_from_the_file_and_from_flags()
    {
        File.WriteAllText(file, """{ "runtimes": { "crun": { "path": "/usr/bin/crun", "runtimeArgs": ["--a,b", "c=d"] } } }""");
        var crun = Read("--default-runtime", "crun").Runtimes["crun"];
        File.WriteAllText(file, "{}");
        var runsc = Read("--add-runtime", "runsc=/usr/local/bin/runsc").Runtimes["runsc"];

        Assert.Equal("/usr/bin/crun", crun.Path);
        Assert.Equal(["--a,b", "c=d"], crun.Arguments);
        Assert.Equal("/usr/local/bin/runsc", runsc.Path);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false, "--tls")]
    [InlineData(true, true, "--tlsverify")]
    [InlineData(true, true, "--tls", "--tlsverify")]
    [InlineData(true, true, "--tlscacert=/ca", "--tlscert=/c", "--tlskey=/k")]
    [InlineData(true, false, "--tlsverify=false", "--tls", "--tlscert=/c")]
    public void Clients_must_show_a_certificate_unless_that_is_ruled_out(bool used, bool demanded, params string[] flags)
    {
        File.WriteAllText(file, "{}");

        var tls = Read(flags).Tls;

        Assert.Equal((used, demanded), (tls.IsUsed, tls.DemandsCertificate));
    }

    [Theory]
    [InlineData("tcp://", "127.0.0.1:2375")]
    [InlineData("tcp://:4243", "127.0.0.1:4243")]
    [InlineData("127.0.0.1:99", "127.0.0.1:99")]
    [InlineData("tcp://[::1]:7", "[::1]:7")]
    [InlineData("tcp://0.0.0.0", "0.0.0.0:2375")]
    public void An_address_without_a_part_gets_dockers(string host, string expected) =>
        Assert.Equal(expected, HostAddress.Parse(host, tls: false).EndPoint!.ToString());

    private string Fault(params string[] args) => Assert.Throws<StartupException>(() => Read(args)).Message;

    private DaemonOptions Read(params string[] args) =>
        ConfigurationReader.Load(DaemonArguments.Parse(["--config-file", file, .. args])).Options;
}
