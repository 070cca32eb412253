using Orchestrator.Build.Syntax;
using Orchestrator.Build.Syntax.Outlines;

namespace Orchestrator.Build.Tests.Outlines;

public sealed class OutlinerTests
{
    private static readonly Dockerfile File = DockerfileParser.Parse("""
        # VERSION is what is built
        ARG VERSION=1
        ARG NAME=web-$VERSION
        # tools has what builds need
        FROM base AS tools
        ARG VERSION
        RUN --mount=type=cache,target=/cache --mount=type=ssh make
        # not a description
        FROM base AS unused
        ARG UNUSED=1
        # release is what runs
        FROM scratch AS release
        ARG NAME
        ARG EMPTY
        COPY --from=tools / /
        RUN --mount=type=secret,id=token,required --mount=type=secret,id=other true
        RUN --mount=type=secret,id=other,required true
        """u8.ToArray());

    [Fact]
    public void Targets_are_the_stages_with_what_is_said_of_them() => Assert.Equal(
        [("tools", false, "has what builds need"), ("unused", false, ""), ("release", true, "is what runs")],
        Outliner.Targets(File).Select(target => (target.Name, target.IsDefault, target.Description)));

    [Fact]
    public void An_outline_has_what_the_target_needs_with_the_values_it_would_have()
    {
        var outline = Outliner.Of(File, "", new Dictionary<string, string?> { ["VERSION"] = "2" })!;

        Assert.Equal(("release", "is what runs"), (outline.Name, outline.Description));
        Assert.Equal(
            [("VERSION", "2", "is what is built"), ("NAME", "web-2", ""), ("EMPTY", "", "")],
            outline.Arguments.Select(argument => (argument.Name, argument.Value, argument.Description)));
        Assert.Equal([("token", true), ("other", true)], outline.Secrets.Select(item => (item.Name, item.Required)));
        Assert.Equal(["default"], outline.Agents.Select(item => item.Name));
        Assert.Equal(["/cache"], outline.Caches.Select(item => item.Name));
    }

    [Fact]
    public void What_only_other_stages_have_is_left_out()
    {
        var outline = Outliner.Of(File, "TOOLS", new Dictionary<string, string?>())!;

        Assert.Equal(["VERSION", "NAME"], outline.Arguments.Select(argument => argument.Name));
        Assert.Empty(outline.Secrets);
        Assert.Null(Outliner.Of(File, "none", new Dictionary<string, string?>()));
    }
}
