using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>One line of a Dockerfile, with its flags parsed and its words as written.</summary>
public abstract record Instruction
{
    public required InstructionSource Source { get; init; }

    /// <summary>The instruction's name in upper case.</summary>
    public string Name => Source.Keyword.ToUpperInvariant();

    /// <inheritdoc cref="InstructionSource.Original"/>
    public string Original => Source.Original;

    /// <inheritdoc cref="InstructionSource.Position"/>
    public Position Position => Source.Position;

    /// <inheritdoc cref="InstructionSource.Heredocs"/>
    public ImmutableArray<Heredoc> Heredocs => Source.Heredocs;
}
