using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>RUN [--mount=…] [--network=…] [--security=…] COMMAND</c></summary>
public sealed record RunInstruction : Instruction
{
    /// <summary>Heredocs are named in the line as written; <see cref="Script"/> puts them together.</summary>
    public required CommandLine Command { get; init; }

    /// <summary>The <c>--mount</c> flags as written; variables count in them.</summary>
    public ImmutableArray<string> MountTexts { get; init; } = [];

    public RunNetwork Network { get; init; }

    public RunSecurity Security { get; init; }

    /// <summary>What there is to run, heredocs and all.</summary>
    public RunScript Script => RunScript.Of(this);

    /// <param name="expand">Replaces the variables of one option's value.</param>
    /// <exception cref="DockerfileException">A mount that makes no sense, in docker's words.</exception>
    public ImmutableArray<RunMount> Mounts(Func<string, string> expand) =>
        [.. MountTexts.Select(text => RunMount.Parse(text, expand, Position))];
}
