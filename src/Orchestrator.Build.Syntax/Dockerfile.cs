using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>A whole Dockerfile, read but not expanded: words are as written where a build expands them.</summary>
public sealed record Dockerfile
{
    public required ParserDirectives Directives { get; init; }

    /// <summary>The <c>ARG</c>s above the first <c>FROM</c>, which only <c>FROM</c> lines see.</summary>
    public required ImmutableArray<ArgInstruction> MetaArgs { get; init; }

    /// <summary>In order; at least one.</summary>
    public required ImmutableArray<Stage> Stages { get; init; }

    /// <summary>What the grammar itself warns of, such as an empty continuation line.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>How many steps a build of everything shows: arguments, <c>FROM</c>s and instructions.</summary>
    public int StepCount => MetaArgs.Length + Stages.Sum(stage => 1 + stage.Instructions.Length);
}
