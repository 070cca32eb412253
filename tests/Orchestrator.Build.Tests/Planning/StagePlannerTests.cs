using System.Collections.Immutable;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Planning;

public sealed class StagePlannerTests
{
    [Fact]
    public void A_stage_that_the_target_does_not_want_is_not_built()
    {
        var plan = Plan("""
            FROM a AS base
            FROM b AS unused
            RUN false
            FROM base
            COPY --from=base /x /y
            """);

        Assert.Equal([0, 2], plan.Needed);
        Assert.Equal(2, plan.Target.Stage.Index);
        Assert.Equal(3, plan.StepCount);
    }

    [Theory]
    [InlineData("COPY --from=tools /x /y")]
    [InlineData("COPY --from=0 /x /y")]
    [InlineData("RUN --mount=type=bind,from=TOOLS,target=/t true")]
    public void Taking_files_of_a_stage_makes_it_wanted(string line)
    {
        var plan = Plan($"FROM a AS tools\nFROM b\n{line}\n");

        Assert.Equal([0, 1], plan.Needed);
        Assert.Equal([0], plan.Target.DependsOn);
    }

    [Fact]
    public void Steps_are_numbered_over_what_is_built_alone()
    {
        var plan = Plan("ARG V\nFROM a\nRUN x\nFROM b\nRUN y\nRUN z\n");

        Assert.Equal(0, plan.Stages[0].FirstStep);
        Assert.Equal(2, plan.Stages[1].FirstStep);
        Assert.Equal(4, plan.StepCount);
    }

    [Theory]
    [InlineData("one", 0)]
    [InlineData("ONE", 0)]
    [InlineData("1", 1)]
    [InlineData("", 2)]
    public void A_target_is_a_name_in_any_case_an_index_or_the_last(string target, int index)
    {
        var plan = Plan("FROM a AS one\nFROM b\nFROM c\n", new BuildInputs { Target = target });

        Assert.Equal(index, plan.Target.Stage.Index);
    }

    [Fact]
    public void A_target_that_is_not_there_is_named()
    {
        var error = Assert.Throws<BuildException>(() => Plan("FROM a\n", new BuildInputs { Target = "nope" }));

        Assert.Contains("failed to reach build target nope", error.Message);
    }

    [Fact]
    public void Arguments_above_the_first_FROM_are_seen_by_every_FROM()
    {
        var inputs = new BuildInputs { BuildArgs = Args(("TAG", "9")) };

        var plan = Plan("ARG NAME=web\nARG TAG=1\nFROM ${NAME}:$TAG\n", inputs);

        Assert.Equal(new StageBase.OfImage("web:9"), plan.Target.Base);
    }

    [Fact]
    public void A_blank_base_is_refused_with_its_line()
    {
        var error = Assert.Throws<DockerfileException>(() => Plan("ARG NAME\nFROM $NAME\n"));

        Assert.Equal(2, error.Position.Line);
        Assert.Contains("should not be blank", error.Message);
    }

    [Fact]
    public void A_stage_stands_on_an_earlier_one_and_not_on_an_image_of_its_name()
    {
        var plan = Plan("FROM a AS web\nFROM Web\n");

        Assert.Equal(new StageBase.OfStage(0), plan.Target.Base);
    }

    [Fact]
    public void Files_cannot_come_from_a_stage_below()
    {
        Assert.Throws<DockerfileException>(() => Plan("FROM a\nCOPY --from=later /x /y\nFROM b AS later\n"));
    }

    [Fact]
    public void The_platform_of_a_stage_is_its_own_or_what_is_asked_for()
    {
        var plan = Plan(
            "FROM --platform=$BUILDPLATFORM a AS x\nFROM b\nCOPY --from=x / /\n",
            new BuildInputs { Platform = Oci.Images.Platform.Parse("linux/arm64") });

        Assert.Equal(Oci.Images.Platform.Host, plan.Stages[0].Platform);
        Assert.Equal("linux/arm64", plan.Stages[1].Platform.ToString());
    }

    [Fact]
    public void Build_arguments_that_nothing_asks_for_are_told_but_for_proxies()
    {
        var plan = Plan("FROM a\nARG USED\n", new BuildInputs
        {
            BuildArgs = Args(("USED", "1"), ("LOST", "2"), ("http_proxy", "3"), ("SOURCE_DATE_EPOCH", "4")),
        });

        Assert.Equal<string>(["LOST"], plan.Unused);
    }

    internal static BuildPlan Plan(string dockerfile, BuildInputs? inputs = null) =>
        StagePlanner.Plan(DockerfileParser.Parse(dockerfile), inputs ?? new BuildInputs());

    internal static ImmutableDictionary<string, string?> Args(params (string Name, string Value)[] args) =>
        args.ToImmutableDictionary(arg => arg.Name, string? (arg) => arg.Value);
}
