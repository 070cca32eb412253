using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Tests.Planning;

public sealed class StageMachineTests
{
    [Fact]
    public void All_words_of_one_ENV_see_the_environment_from_before_it()
    {
        var (state, _) = Run("ENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc");

        Assert.Contains("def=hello", state.Config.Env!);
        Assert.Contains("ghi=bye", state.Config.Env!);
    }

    [Fact]
    public void The_environment_hides_an_argument_of_its_name()
    {
        var (_, steps) = Run("ARG V=arg\nENV V=env\nRUN x");

        var run = Assert.IsType<StepWork.Run>(steps[^1].Work);
        Assert.Contains("V=env", run.Environment);
        Assert.DoesNotContain("V=arg", run.Environment);
        Assert.Equal("/bin/sh -c x", steps[^1].CreatedBy);
    }

    [Fact]
    public void Arguments_of_a_step_stand_in_front_of_it_in_the_history()
    {
        var (_, steps) = Run("ARG B=2\nARG A\nARG C=3\nRUN x", new BuildInputs
        {
            BuildArgs = StagePlannerTests.Args(("C", "given")),
        });

        Assert.Equal("|2 B=2 C=given /bin/sh -c x", steps[^1].CreatedBy);
    }

    [Fact]
    public void A_proxy_is_seen_by_the_program_and_by_nothing_else()
    {
        var (_, steps) = Run("RUN x", new BuildInputs { BuildArgs = StagePlannerTests.Args(("http_proxy", "p:1")) });

        var run = Assert.IsType<StepWork.Run>(steps[^1].Work);
        Assert.Contains("http_proxy=p:1", run.Environment);
        Assert.DoesNotContain("http_proxy=p:1", run.KeyEnvironment);
        Assert.Equal("/bin/sh -c x", steps[^1].CreatedBy);
    }

    [Fact]
    public void A_bare_ARG_takes_in_the_value_from_above_the_first_FROM()
    {
        var (state, _) = Run("ARG V\nENV got=$V", dockerfile: "ARG V=top\nFROM a\n");

        Assert.Contains("got=top", state.Config.Env!);
    }

    [Fact]
    public void An_argument_from_above_the_first_FROM_is_unknown_in_a_stage_until_it_is_asked_for()
    {
        var (state, _) = Run("ENV got=[$V]", dockerfile: "ARG V=top\nFROM a\n");

        Assert.Contains("got=[]", state.Config.Env!);
    }

    [Theory]
    [InlineData("ENTRYPOINT [\"e\"]", true)]
    [InlineData("CMD [\"own\"]\nENTRYPOINT [\"e\"]", false)]
    public void An_entrypoint_drops_an_inherited_command_only(string lines, bool isGone)
    {
        var (state, _) = Run(lines, inherited: new ContainerConfig { Cmd = ["theirs"] });

        Assert.Equal(isGone, state.Config.Cmd is null);
    }

    [Theory]
    [InlineData("WORKDIR /a", "/a")]
    [InlineData("WORKDIR /a\nWORKDIR b\nWORKDIR ../c", "/a/c")]
    [InlineData("ENV D=/d\nWORKDIR $D/e", "/d/e")]
    public void A_relative_WORKDIR_goes_on_from_the_one_before(string lines, string folder)
    {
        var (state, steps) = Run(lines);

        Assert.Equal(folder, state.Config.WorkingDir);
        Assert.Equal(new StepWork.MakeFolder(folder), steps[^1].Work);
    }

    [Fact]
    public void Later_shell_forms_run_under_the_SHELL_of_the_stage()
    {
        var (state, steps) = Run("SHELL [\"/bin/bash\", \"-ec\"]\nRUN x\nCMD y");

        Assert.Equal<string>(["/bin/bash", "-ec", "x"], Assert.IsType<StepWork.Run>(steps[1].Work).Arguments);
        Assert.Equal(["/bin/bash", "-ec", "y"], state.Config.Cmd!);
    }

    [Fact]
    public void A_base_without_PATH_is_given_dockers()
    {
        var (state, _) = Run("USER me");

        Assert.Equal(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], state.Config.Env!);
    }

    [Fact]
    public void What_the_base_kept_for_children_is_not_kept_for_grandchildren()
    {
        var (state, _) = Run("USER me", inherited: new ContainerConfig { OnBuild = ["RUN x"] });

        Assert.Null(state.Config.OnBuild);
    }

    [Fact]
    public void Settings_get_into_the_configuration()
    {
        var (state, _) = Run("""
            LABEL a=1 "b c"='2 3'
            EXPOSE 80 100-101/udp
            VOLUME ["/data"]
            USER 1:2
            STOPSIGNAL SIGINT
            HEALTHCHECK --interval=30s --retries=2 CMD curl x
            ONBUILD RUN y
            MAINTAINER me
            """);

        Assert.Equal("2 3", state.Config.Labels!["b c"]);
        Assert.Equal(["100/udp", "101/udp", "80/tcp"], state.Config.ExposedPorts!.Keys);
        Assert.Equal(["/data"], state.Config.Volumes!.Keys);
        Assert.Equal("1:2", state.Config.User);
        Assert.Equal("SIGINT", state.Config.StopSignal);
        Assert.Equal(["CMD-SHELL", "curl x"], state.Config.Healthcheck!.Test!);
        Assert.Equal(30_000_000_000, state.Config.Healthcheck.Interval);
        Assert.Equal(["RUN y"], state.Config.OnBuild!);
        Assert.Equal("me", state.Author);
    }

    [Theory]
    [InlineData("EXPOSE 99999")]
    [InlineData("EXPOSE 80/icmp")]
    [InlineData("STOPSIGNAL SIGNOPE")]
    [InlineData("COPY a b c")]
    public void What_docker_refuses_is_refused_with_its_line(string line)
    {
        var error = Assert.Throws<DockerfileException>(() => Run("USER x\n" + line));

        Assert.True(error.Position.Line > 0);
    }

    private static (StageState State, List<StepOutcome> Steps) Run(
        string lines, BuildInputs? inputs = null, ContainerConfig? inherited = null, string dockerfile = "FROM a\n")
    {
        var plan = StagePlannerTests.Plan(dockerfile + lines, inputs);
        var state = StageMachine.Begin(plan, plan.Target, inherited, null);
        var steps = new List<StepOutcome>();
        foreach (var instruction in plan.Target.Stage.Instructions)
        {
            steps.Add(StageMachine.Apply(state, instruction));
            state = steps[^1].Next;
        }

        return (state, steps);
    }
}
