using System.Text;
using System.Text.Json;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Commands;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public void Flags_have_values_behind_them_or_behind_an_equals_sign_and_end_at_the_first_word()
    {
        var arguments = Arguments.Parse(
            ["-b", "x", "--pid-file=y", "--no-pivot", "id", "--not", "-a"],
            new Option("bundle", "DIR", "", "b"), new Option("pid-file", "FILE", ""), new Option("no-pivot", null, ""));

        Assert.Equal(("x", "y", true), (arguments["bundle"], arguments["pid-file"], arguments.Has("no-pivot")));
        Assert.Equal(["id", "--not", "-a"], arguments.Words);
    }

    [Fact]
    public void A_switch_can_be_turned_off_as_containerd_does() =>
        Assert.False(Arguments.Parse(["--systemd-cgroup=false"], GlobalOptions.All).Has("systemd-cgroup"));

    [Fact]
    public void An_unknown_flag_is_a_usage_error() =>
        Assert.Equal(2, Assert.Throws<RuntimeException>(() => Arguments.Parse(["--nosuch"], GlobalOptions.All)).ExitCode);

    [Fact]
    public void Every_command_explains_itself_with_an_example_of_its_own()
    {
        Assert.All(CommandTable.Public, c =>
        {
            Assert.All(c.Examples, e => Assert.Contains($"orch-runtime ", e, StringComparison.Ordinal));
            Assert.Contains(c.Examples, e => e.Contains($" {c.Name}", StringComparison.Ordinal));
            Assert.Contains($"Usage: orch-runtime {c.Name}", Help.Of(c), StringComparison.Ordinal);
            Assert.Contains($"  {c.Name} ", Help.Overview(CommandTable.Public), StringComparison.Ordinal);
        });
        Assert.Superset(
            new HashSet<string>([
                "create", "start", "run", "state", "kill", "delete", "exec", "ps", "list", "spec", "pause", "resume",
                "update", "events", "features", "check",
            ]),
            CommandTable.Public.Select(c => c.Name).ToHashSet());
    }

    [Fact]
    public void A_line_of_the_log_is_what_its_readers_decode()
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(0);

        Assert.Equal(
            "{\"level\":\"error\",\"msg\":\"a \\u0022b\\u0022\",\"time\":\"1970-01-01T00:00:00Z\"}\n",
            Encoding.UTF8.GetString(ErrorLog.Line(json: true, "error", "a \"b\"", time)));
        Assert.Equal(
            "time=\"1970-01-01T00:00:00Z\" level=error msg=\"a \\\"b\\\"\"\n",
            Encoding.UTF8.GetString(ErrorLog.Line(json: false, "error", "a \"b\"", time)));
    }

    [Fact]
    public void Flags_of_update_go_before_what_the_file_says()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """{ "memory": { "limit": 1, "swap": 2 }, "cpu": { "quota": 3 } }""");
        var options = CommandTable.Find("update")!.Options;

        var resources = UpdateCommand.Asked(Arguments.Parse(
            ["--resources", file, "--memory", "64m", "--pids-limit", "0", "--cpu-shares", "512"], options));

        File.Delete(file);
        Assert.Equal(new MemoryResources { Limit = 64 << 20, Swap = 2 }, resources.Memory);
        Assert.Equal(new CpuResources { Quota = 3, Shares = 512 }, resources.Cpu);
        Assert.Equal(-1, resources.Pids!.Limit);
    }

    [Theory]
    [InlineData("KILL", 9)]
    [InlineData("sigterm", 15)]
    [InlineData("64", 64)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    public void Signals_are_numbers_or_names(string text, int number) => Assert.Equal(number, Signals.Parse(text));

    [Fact]
    public void Features_have_the_shape_of_the_runtime_spec_and_only_words_that_are_understood()
    {
        var json = JsonDocument.Parse(StateCommand.Text(FeaturesCommand.Write)).RootElement;

        var linux = json.GetProperty("linux");
        Assert.Equal("1.2.0", json.GetProperty("ociVersionMax").GetString());
        Assert.True(linux.GetProperty("seccomp").GetProperty("enabled").GetBoolean());
        Assert.True(linux.GetProperty("cgroup").GetProperty("systemd").GetBoolean());
        Assert.All(
            json.GetProperty("mountOptions").EnumerateArray().Select(o => o.GetString()!),
            o => Assert.Null(MountOptions.Parse([o]).Data));
        Assert.All(
            linux.GetProperty("namespaces").EnumerateArray().Select(n => n.GetString()!),
            n => Assert.NotEqual(NamespaceKinds.None, NamespacePlan.Kind(n)));
    }

    [Fact]
    public void Ps_keeps_the_heading_and_the_lines_of_its_container() =>
        Assert.Equal(
            "UID   PID CMD\nroot   12 a 13\n",
            PsCommand.Select("UID   PID CMD\nroot   12 a 13\nroot   13 b 12\n", [12]));

    [Fact]
    public void Blkio_counters_of_both_versions_become_the_same_entries()
    {
        Assert.Equal([(8UL, 0UL, "Read", 4096UL)], StatsJson.Entries("8:0 Read 4096\nTotal 4096\n"));
        Assert.Equal(
            [(8UL, 0UL, "Read", 1UL), (8UL, 0UL, "Write", 2UL)], StatsJson.Entries("8:0 rbytes=1 wbytes=2 rios=3\n"));
    }

    [Theory]
    [InlineData("5s", 5000)]
    [InlineData("1m30s", 90000)]
    [InlineData("250ms", 250)]
    public void Times_are_gos(string text, int milliseconds) =>
        Assert.Equal(milliseconds, Sizes.Time("interval", text).TotalMilliseconds);
}
