using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Reads one instruction's arguments by its name.</summary>
internal static partial class InstructionParser
{
    public static readonly ImmutableArray<string> Names =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    /// <exception cref="DockerfileException">Docker's words, and where.</exception>
    public static Instruction Parse(InstructionText text) => text.Name switch
    {
        "FROM" => From(text),
        "ARG" => Arg(text),
        "ENV" => Env(text),
        "LABEL" => Label(text),
        "MAINTAINER" => Maintainer(text),
        "RUN" => Run(text),
        "CMD" => Cmd(text),
        "ENTRYPOINT" => Entrypoint(text),
        "COPY" => Copy(text),
        "ADD" => Add(text),
        "WORKDIR" => Workdir(text),
        "USER" => User(text),
        "EXPOSE" => Expose(text),
        "VOLUME" => Volume(text),
        "STOPSIGNAL" => StopSignal(text),
        "HEALTHCHECK" => HealthCheck(text),
        "SHELL" => Shell(text),
        "ONBUILD" => OnBuild(text),
        _ => throw text.Fault(
            $"unknown instruction: {text.Keyword.Text}" + Suggestion.InItsCase(text.Keyword.Text, Names)),
    };

    private static Token OnlyArgument(InstructionText text)
    {
        if (text.Arguments.Text.Length == 0) throw text.Fault($"{text.Name} requires exactly one argument");
        _ = new InstructionFlags(text);
        return text.Arguments;
    }

    private static void AtLeastOne(InstructionText text)
    {
        if (text.Arguments.Text.Length == 0) throw text.Fault($"{text.Name} requires at least one argument");
    }

    private static CommandLine Command(InstructionText text, Token arguments) =>
        JsonWords.Parse(text, arguments) is { } words ? new CommandLine(IsShell: false, words)
            : new CommandLine(IsShell: true, arguments.Text.Length == 0 ? [] : [arguments.Text]);
}
