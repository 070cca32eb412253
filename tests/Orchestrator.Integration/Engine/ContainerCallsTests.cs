using System.Net;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Calls of the API that no client program makes at the moment a test would need it.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class ContainerCallsTests(LoneDaemon node)
{
    [RootFact]
    public async Task Of_several_removals_at_once_one_succeeds_and_the_others_are_told_of_it()
    {
        using var api = new ApiClient(node.ApiSocket);
        var refusals = new List<ApiAnswer>();
        for (var round = 0; round < 3; round++)
        {
            await node.DockerAsync("run", "-d", "--name", "twice-1", LoneDaemon.Image, "sleep", "100");

            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => api.TryAsync("DELETE", "containers/twice-1?force=1")));

            Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
            refusals.AddRange(answers.Where(answer => answer.Status == HttpStatusCode.Conflict));
            // Who comes when it is over finds nothing.
            Assert.All(answers, answer => Assert.Contains(
                answer.Status, new[] { HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.NotFound }));
        }

        Assert.NotEmpty(refusals);
        Assert.All(refusals, refusal => Assert.Equal(
            "removal of container twice-1 is already in progress", refusal.Json.GetProperty("message").GetString()));
    }

    [RootFact]
    public async Task A_removal_that_was_refused_can_be_tried_again()
    {
        using var api = new ApiClient(node.ApiSocket);
        await node.DockerAsync("run", "-d", "--name", "again-1", LoneDaemon.Image, "sleep", "100");

        Assert.Equal(HttpStatusCode.Conflict, (await api.TryAsync("DELETE", "containers/again-1")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.TryAsync("DELETE", "containers/again-1?force=1")).Status);
    }

    [RootFact]
    public async Task Waiting_for_the_next_exit_or_the_removal_passes_over_what_was_before()
    {
        using var api = new ApiClient(node.ApiSocket);
        await node.TryDockerAsync("run", "--name", "waited-1", LoneDaemon.Image, "sh", "-c", "test -e /f && exit 4; touch /f; exit 3");

        var next = api.MustAsync("POST", "containers/waited-1/wait?condition=next-exit");
        var removed = api.MustAsync("POST", "containers/waited-1/wait?condition=removed");
        var down = await api.MustAsync("POST", "containers/waited-1/wait");

        Assert.Equal(3, down.GetProperty("StatusCode").GetInt32());
        Assert.False(next.IsCompleted);
        await node.DockerAsync("start", "waited-1");
        Assert.Equal(4, (await next).GetProperty("StatusCode").GetInt32());
        Assert.False(removed.IsCompleted);
        await node.DockerAsync("rm", "waited-1");
        Assert.Equal(4, (await removed).GetProperty("StatusCode").GetInt32());
    }

    [RootFact]
    public async Task A_terminal_has_the_size_it_was_made_with_and_then_the_one_it_is_given()
    {
        using var api = new ApiClient(node.ApiSocket);
        await api.MustAsync("POST", "containers/create?name=sized-1",
            $$$"""{"Image": "{{{LoneDaemon.Image}}}", "Cmd": ["sleep", "100"], "Tty": true, "HostConfig": {"ConsoleSize": [21, 81] } }""");
        await node.DockerAsync("start", "sized-1");

        Assert.Equal("21 81", await SizeAsync());
        await api.MustAsync("POST", "containers/sized-1/resize?h=33&w=77");
        Assert.Equal("33 77", await SizeAsync());
        await node.DockerAsync("rm", "-f", "sized-1");

        Task<string> SizeAsync() => node.DockerAsync("exec", "sized-1", "sh", "-c", "stty size </dev/console");
    }

    [RootFact]
    public async Task An_exec_in_a_folder_that_is_not_there_fails_and_makes_none()
    {
        await node.DockerAsync("run", "-d", "--name", "nowhere-1", LoneDaemon.Image, "sleep", "100");

        var run = await node.TryDockerAsync("exec", "-w", "/nosuch", "nowhere-1", "pwd");

        Assert.Equal(127, run.ExitCode);
        Assert.Contains(
            "chdir to cwd (\"/nosuch\") set in config.json failed: no such file or directory", run.Output + run.Error);
        Assert.DoesNotContain("nosuch", await node.DockerAsync("exec", "nowhere-1", "ls", "/"));
        await node.DockerAsync("rm", "-f", "nowhere-1");
    }
}
