using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Tests;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void The_command_line_goes_over_the_file_and_the_file_over_the_defaults()
    {
        File.WriteAllText(file, """{ "data-root": "/a", "labels": ["x=1", "y=2"], "mtu": 1400, "debug": true }""");

        var options = Read("--data-root=/b", "-H", "unix:///s");

        Assert.Equal(("/b", 1400, true), (options.DataRoot, options.Mtu, options.Debug));
        Assert.Equal(["x=1", "y=2"], options.Labels);
        Assert.Equal(["unix:///s"], options.Hosts);
    }

    [Fact]
    public void Objects_in_the_file_are_what_pairs_are_on_the_command_line()
    {
        File.WriteAllText(file, """
            { "default-address-pools": [ { "base": "10.9.0.0/16", "size": 24 } ], "log-opts": { "max-size": "10m" } }
            """);

        var options = Read();

        Assert.Equal("10m", options.LogOptions["max-size"]);
        Assert.Single(options.AddressPools);
    }

    [Fact]
    public void Socket_and_pid_file_move_with_the_run_directory()
    {
        File.WriteAllText(file, "{}");

        var options = Read("--exec-root", "/r");

        Assert.Equal(["unix:///r/orch.sock"], options.Hosts);
        Assert.Equal("/r/orchd.pid", options.PidFile);
    }

    [Theory]
    [InlineData("{ \"mtuu\": 1 }", "mtuu")]
    [InlineData("[", "JSON")]
    [InlineData("{ \"mtu\": \"many\" }", "many")]
    [InlineData("{ \"hosts\": [\"fd://\"] }", "fd://")]
    public void A_fault_in_the_file_is_named(string content, string named)
    {
        File.WriteAllText(file, content);

        Assert.Contains(named, Assert.Throws<StartupException>(() => Read()).Message);
    }

    [Fact]
    public void An_unknown_flag_and_a_flag_without_its_value_are_named()
    {
        Assert.Contains("--nope", Assert.Throws<StartupException>(() => DaemonArguments.Parse(["--nope"])).Message);
        Assert.Contains("--mtu", Assert.Throws<StartupException>(() => DaemonArguments.Parse(["--mtu"])).Message);
    }

    private DaemonOptions Read(params string[] args) =>
        ConfigurationReader.Read(DaemonArguments.Parse(["--config-file", file, .. args]));
}
