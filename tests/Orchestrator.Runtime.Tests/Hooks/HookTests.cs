using System.Text.Json;
using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Hooks;

public sealed class HookTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("orch-hooks").FullName;

    private string Log => $"{directory}/log";

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [RootTheory]
    [InlineData("run")]
    [InlineData("create, start, delete")]
    [InlineData("shim")]
    public async Task Each_hook_runs_in_its_turn_where_it_belongs_and_is_told_the_state(string way)
    {
        using var container = WithHooks(new()
        {
            Prestart = [Says("prestart")],
            CreateRuntime = [Says("createRuntime")],
            CreateContainer = [Says("createContainer")],
            StartContainer = [Says("startContainer", "/hooks/log")],
            Poststart = [Says("poststart")],
            Poststop = [new("/bin/false"), Says("poststop")],
        });

        var errors = await LiveAsync(container, way);

        Assert.Equal(way == "shim" ? "" : "orch-runtime: hooks.poststop[0] /bin/false: exit status 1\n", errors);
        var host = new FileInfo("/proc/self/ns/uts").LinkTarget;
        var lines = File.ReadAllLines(Log).Select(l => l.Split('\t')).ToArray();
        Assert.Equal(
            ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"], lines.Select(l => l[0]));
        Assert.Equal([true, true, false, false, true, true], lines.Select(l => l[1] == host));
        Assert.Equal(
            ["creating", "creating", "creating", "created", "running", "stopped"],
            lines.Select(l => State(l).GetProperty("status").GetString()));
        Assert.Equal([1, 1], lines[2..4].Select(l => State(l).GetProperty("pid").GetInt32())); // As the container counts.
        Assert.True(State(lines[0]).GetProperty("pid").GetInt32() > 1);
        Assert.All(lines, l => Assert.Equal("kept", State(l).GetProperty("annotations").GetProperty("note").GetString()));
        Assert.All(lines, l => Assert.Equal("only=this", l[2]));
    }

    [RootFact]
    public void A_hook_that_fails_or_takes_too_long_ends_the_making_of_the_container()
    {
        (HooksSpec Hooks, string Expected)[] cases =
        [
            (new() { CreateRuntime = [new("/bin/sh", ["sh", "-c", "echo why >&2; exit 3"])] },
                "hooks.createRuntime[0] /bin/sh: exit status 3: why"),
            (new() { CreateContainer = [new("/bin/sh", ["sh", "-c", "echo inside; exit 4"])] },
                "hooks.createContainer[0] /bin/sh: exit status 4: inside"),
            (new() { CreateContainer = [new("/bin/sleep", ["sleep", "50"], Timeout: 1)] },
                "hooks.createContainer[0] /bin/sleep: not done within its timeout; killed"),
            (new() { StartContainer = [new("/bin/missing")] },
                "hooks.startContainer[0] /bin/missing: exit status 127: no such file"),
        ];
        foreach (var (hooks, expected) in cases)
        {
            using var container = WithHooks(hooks with { Poststop = [Says("poststop")] });

            var (code, output, errors) = container.Run();

            Assert.Equal((1, "", $"orch-runtime: {expected}\n"), (code, output, errors));
            Assert.Empty(container.Cgroups());
        }

        Assert.Equal(cases.Length, File.ReadAllLines(Log).Length); // What was begun is undone, and that is told.
    }

    /// <summary>From its making to its removal.</summary>
    /// <returns>What was complained of.</returns>
    private static async Task<string> LiveAsync(TestContainer container, string way)
    {
        if (way == "run")
            return container.Run().Errors;
        if (way == "shim")
        {
            var shim = await container.CreateAsync();
            await shim.StartAsync(CancellationToken.None);
            await shim.WaitAsync(CancellationToken.None);
            await shim.DeleteAsync(CancellationToken.None);
            return "";
        }

        container.Must("create", "--bundle", container.Bundle(), container.Id);
        container.Must("start", container.Id);
        while (!container.Must("state", container.Id).Contains("\"stopped\"", StringComparison.Ordinal))
            await Task.Delay(20);
        return container.Command("delete", container.Id).Errors;
    }

    private static JsonElement State(string[] line) => JsonDocument.Parse(line[3]).RootElement;

    private HookSpec Says(string name, string? log = null) => new(
        "/bin/sh",
        ["sh", "-c", $"printf '{name}\\t%s\\t%s\\t%s\\n' \"$(readlink /proc/self/ns/uts)\" \"only=$only\" \"$(cat)\" >> {log ?? Log}"],
        ["only=this", "PATH=/usr/bin:/bin"]);

    private TestContainer WithHooks(HooksSpec hooks)
    {
        var container = new TestContainer("/bin/true");
        container.Spec = container.Spec with
        {
            Hooks = hooks,
            Annotations = new() { ["note"] = "kept" },
            Mounts = [.. container.Spec.Mounts!, new() { Destination = "/hooks", Type = "bind", Source = directory, Options = ["bind"] }],
        };
        return container;
    }
}
