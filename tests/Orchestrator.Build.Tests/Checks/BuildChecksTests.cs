using Orchestrator.Build.Syntax;
using Orchestrator.Build.Syntax.Checks;
using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Build.Tests.Checks;

public sealed class BuildChecksTests
{
    [Theory]
    [InlineData("FROM a AS Base", "1 StageNameCasing: Stage name 'Base' should be lowercase")]
    [InlineData("FROM a as base", "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match")]
    [InlineData("from a as base", "")]
    [InlineData("FROM a\nRUN x \\\n\n  y", "4 NoEmptyContinuation: Empty continuation line")]
    [InlineData("FROM a\nrun x\nRUN y",
        "2 ConsistentInstructionCasing: Command 'run' should match the case of the command majority (uppercase)")]
    [InlineData("FROM a\nRun x",
        "2 ConsistentInstructionCasing: Command 'Run' should match the case of the command majority (uppercase)")]
    [InlineData("FROM a AS x\nFROM b AS x", "2 DuplicateStageName: Duplicate stage name \"x\", stage names should be unique")]
    [InlineData("FROM a AS context",
        "1 ReservedStageName: Stage name should not use the same name as reserved stage \"context\"")]
    [InlineData("FROM a\nCMD run it", "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended "
        + "behavior related to OS signals")]
    [InlineData("FROM a\nSHELL [\"bash\"]\nENTRYPOINT run it", "")]
    [InlineData("FROM a AS b\nSHELL [\"bash\"]\nFROM b\nCMD run it", "")]
    [InlineData("FROM a\nCMD [\"run\"]\nCMD [\"it\"]", "2 MultipleInstructionsDisallowed: Multiple CMD instructions should "
        + "not be used in the same stage because only the last one will be used")]
    [InlineData("FROM a\nCMD [\"run\"]\nFROM b\nCMD [\"it\"]", "")]
    [InlineData("FROM a\nMAINTAINER x",
        "2 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label")]
    [InlineData("FROM a:$TAG", "1 InvalidDefaultArgInFrom: Default value for ARG a:$TAG results in empty or invalid base "
        + "image name|1 UndefinedArgInFrom: FROM argument 'TAG' is not declared")]
    [InlineData("ARG VERSION=1\nFROM a:$VERSIN", "2 InvalidDefaultArgInFrom: Default value for ARG a:$VERSIN results in "
        + "empty or invalid base image name|2 UndefinedArgInFrom: FROM argument 'VERSIN' is not declared (did you mean VERSION?)")]
    [InlineData("ARG TAG=1\nFROM a:$TAG", "")]
    [InlineData("ARG TAG\nFROM a:$TAG",
        "2 InvalidDefaultArgInFrom: Default value for ARG a:$TAG results in empty or invalid base image name")]
    [InlineData("ARG TAG\nFROM a:${TAG:-1}", "")]
    [InlineData("FROM scratch\nCOPY $foo /", "2 UndefinedVar: Usage of undefined variable '$foo'")]
    [InlineData("FROM scratch\nARG FOO\nCOPY $FO $PATH /",
        "3 UndefinedVar: Usage of undefined variable '$FO' (did you mean $FOO?)")]
    [InlineData("FROM scratch\nENV A=$A B=1\nENV C=$B", "2 UndefinedVar: Usage of undefined variable '$A'")]
    [InlineData("FROM scratch AS a\nENV A=1\nFROM a\nENV B=$A", "")]
    [InlineData("FROM unknown\nENV B=$SOME_THING", "")]
    [InlineData("FROM known\nENV B=$HAS C=$HAS_NOT", "2 UndefinedVar: Usage of undefined variable '$HAS_NOT'")]
    [InlineData("FROM scratch\nCOPY <<E <<'F' /\n$a\nE\n$b\nF", "2 UndefinedVar: Usage of undefined variable '$a'")]
    [InlineData("FROM a\nWORKDIR b\nWORKDIR c",
        "2 WorkdirRelativePath: Relative workdir \"b\" can have unexpected results if the base image changes")]
    [InlineData("FROM a\nWORKDIR /b\nWORKDIR c", "")]
    [InlineData("FROM a\nENV a b", "2 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format")]
    [InlineData("FROM a\nLABEL a b", "2 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format")]
    [InlineData("FROM a\nARG API_KEY", "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"API_KEY\")")]
    [InlineData("FROM a\nENV password=x PUBLIC_KEY=y monkey=z",
        "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ENV \"password\")")]
    [InlineData("FROM --platform=$TARGETPLATFORM a", "1 RedundantTargetPlatform: Setting platform to predefined "
        + "$TARGETPLATFORM in FROM is redundant as this is the default behavior")]
    [InlineData("FROM --platform=linux/amd64 a",
        "1 FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\"")]
    [InlineData("FROM --platform=linux/amd64 a AS build_amd64", "")]
    [InlineData("FROM --platform=$BUILDPLATFORM a", "")]
    [InlineData("FROM --platform=linux/arm64 known AS arm64", "1 InvalidBaseImagePlatform: Base image known was pulled with "
        + "platform \"linux/amd64\", expected \"linux/arm64\" for current build")]
    [InlineData("FROM a\nCOPY ignored/x other /", "2 CopyIgnoredFile: Attempting to Copy file \"ignored/x\" that is excluded by .dockerignore")]
    [InlineData("FROM a\nADD ignored https://x/ignored /", "2 CopyIgnoredFile: Attempting to Add file \"ignored\" that is excluded by .dockerignore")]
    [InlineData("FROM a\nCOPY --from=b ignored /\nCOPY . /", "")]
    [InlineData("FROM a\nEXPOSE 80/TCP", "2 ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase")]
    [InlineData("FROM a\nEXPOSE 127.0.0.1:80:80", "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address "
        + "or host-port mapping, found '127.0.0.1:80:80'")]
    [InlineData("# about\nFROM a AS b", "")]
    [InlineData("# check=experimental=all\n# about\nFROM a AS b",
        "3 InvalidDefinitionDescription: Comment for FROM should follow the format: `# b <description>`")]
    [InlineData("# check=experimental=all\n# b is that\nFROM a AS b", "")]
    [InlineData("# check=skip=MaintainerDeprecated\nFROM a\nMAINTAINER x", "")]
    [InlineData("# check=skip=all\nFROM a\nMAINTAINER x", "")]
    [InlineData("FROM a\n# check=skip=MaintainerDeprecated\nMAINTAINER x", "")]
    public void A_rule_finds_what_it_is_named_for(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Run(text).Select(f => $"{f.Position.Line} {f.Rule}: {f.Message}")));

    [Fact]
    public void Findings_are_errors_where_the_Dockerfile_says_so()
    {
        const string Text = "FROM a\nMAINTAINER x\nCMD y\n";

        Assert.Null(BuildChecks.Refusal(DockerfileParser.Parse(Text), Run(Text)));
        Assert.Equal("lint violation found for rules: JSONArgsRecommended, MaintainerDeprecated",
            BuildChecks.Refusal(DockerfileParser.Parse("# check=error=true\n" + Text), Run(Text)));
    }

    private static IReadOnlyCollection<Finding> Run(string text) => BuildChecks.Run(DockerfileParser.Parse(text), new CheckInputs
    {
        Ignored = IgnoreFile.Parse("ignored"),
        Bases = name => name == "known" ? new BaseFacts(["HAS"], "linux/amd64") : null,
    });
}
