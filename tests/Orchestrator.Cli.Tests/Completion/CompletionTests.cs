using System.Diagnostics;

namespace Orchestrator.Cli.Tests.Completion;

public sealed class CompletionTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();

    public CompletionTests() => _daemon
        .Answer("GET /containers/json", 200, """[{"Id":"1","Names":["/web"]},{"Id":"2","Names":["/work"]}]""")
        .Answer("GET /images/json", 200, """[{"Id":"sha256:1","RepoTags":["box:latest","reg:5000/a:1"]}]""")
        .Answer("GET /networks", 200, """[{"Id":"1","Name":"back"},{"Id":"2","Name":"front"}]""")
        .Answer("GET /volumes", 200, """{"Volumes":[{"Name":"data"}]}""")
        .Answer("GET /services", 200, """[{"ID":"1","Spec":{"Name":"api"}}]""")
        .Answer("GET /nodes", 200, """[{"ID":"1","Description":{"Hostname":"m1"}}]""");

    [Theory]
    [InlineData("volume pr", "prune\tRemove unused volumes\n")]
    [InlineData("rest", "restart\tRestart containers\n")]
    [InlineData("stop w", "web\nwork\n")]
    [InlineData("stop -t 3 web wo", "work\n")]
    [InlineData("network connect ", "back\nfront\n")]
    [InlineData("network connect back we", "web\n")]
    [InlineData("network connect back web x", "")]
    [InlineData("run --network b", "back\n")]
    [InlineData("run --network=f", "--network=front\n")]
    [InlineData("run -it re", "reg:5000/a:1\n")]
    [InlineData("run box ", ":files\n")]
    [InlineData("rmi b", "box\nbox:latest\n")]
    [InlineData("volume rm ", "data\n")]
    [InlineData("service ps ", "api\n")]
    [InlineData("service scale ", "api=\n:nospace\n")]
    [InlineData("node promote ", "m1\nself\n")]
    [InlineData("cp w", "web:\nwork:\n:nospace\n:files\n")]
    [InlineData("ps --no-t", "--no-trunc\tPrint values in full\n")]
    [InlineData("run --restart on", "on-failure\n")]
    [InlineData("completion z", "zsh\n")]
    [InlineData("help vol", "volume\tManage volumes\n")]
    [InlineData("--conte", "--context\tContext that names the daemon (ORCH_CONTEXT, else the one that 'orch context use' set)\n")]
    [InlineData("-H unix:///nowhere stop ", "")]
    [InlineData("nosuch ", "")]
    public void The_word_at_the_cursor_is_completed(string line, string expected)
    {
        var result = _daemon.Run(["__complete", .. line.Split(' ')]);

        Assert.Equal(new CliResult(0, expected, ""), result);
    }

    [Fact]
    public void Only_containers_that_can_be_started_are_offered_to_start()
    {
        _daemon.Run("__complete", "start", "");

        Assert.Contains("\"status\":{\"created\":true,\"exited\":true}", _daemon.Lines.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "bash -n")]
    [InlineData("zsh", "zsh -n")]
    [InlineData("fish", "fish --no-execute")]
    public void The_script_is_one_that_its_shell_can_read(string shell, string check)
    {
        var script = Path.GetTempFileName();
        try
        {
            File.WriteAllText(script, _daemon.Run("completion", shell).Out);

            // A shell that is not installed cannot be asked; bash always is.
            using var process = Process.Start("sh", ["-c", $"command -v {shell} >/dev/null || exit 0; {check} {script}"]);
            process.WaitForExit();

            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            File.Delete(script);
        }
    }

    public void Dispose() => _daemon.Dispose();
}
