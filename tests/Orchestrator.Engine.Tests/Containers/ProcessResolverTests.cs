using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Images;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class ProcessResolverTests
{
    private static readonly ContainerConfig Image = new()
    {
        Entrypoint = ["/entry"], Cmd = ["one"], Env = ["A=1", "B=2"], WorkingDir = "/srv", User = "app",
        Labels = new() { ["from"] = "image" },
    };

    private static readonly ContainerSpec Spec = new() { Image = "web" };

    [Fact]
    public void Without_a_word_everything_is_the_images()
    {
        var process = ProcessResolver.Resolve(Spec, Image);

        Assert.Equal(["/entry", "one"], process.Arguments);
        Assert.Equal(("/srv", "app", "SIGTERM"), (process.WorkingDirectory, process.User, process.StopSignal));
    }

    [Fact]
    public void A_command_replaces_the_images_command_and_keeps_its_entrypoint() =>
        Assert.Equal(["/entry", "two"], ProcessResolver.Resolve(Spec with { Command = ["two"] }, Image).Arguments);

    [Fact]
    public void An_entrypoint_drops_the_images_command() =>
        Assert.Equal(["/mine"], ProcessResolver.Resolve(Spec with { Entrypoint = ["/mine"] }, Image).Arguments);

    [Fact]
    public void An_empty_entrypoint_leaves_the_command_alone() =>
        Assert.Equal(
            ["two"], ProcessResolver.Resolve(Spec with { Entrypoint = [""], Command = ["two"] }, Image).Arguments);

    [Fact]
    public void A_variable_replaces_the_images_in_its_place_and_a_bare_name_removes_it()
    {
        var process = ProcessResolver.Resolve(Spec with { Env = ["B=3", "A", "C=4"] }, Image);

        Assert.Equal(["B=3", "C=4"], process.Environment.Where(one => !one.StartsWith("PATH=", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_to_run_is_refused() => Assert.Equal(
        "no command specified",
        Assert.Throws<EngineException>(() => ProcessResolver.Resolve(Spec, new ContainerConfig())).Message);

    [Fact]
    public void A_relative_working_directory_is_refused() => Assert.Throws<EngineException>(
        () => ProcessResolver.Resolve(Spec with { WorkingDirectory = "srv" }, Image));
}
